// expect: Integer 0x7
// The sum is also the value of the operator; a null target drops the store (ACPI 6.5, 19.6, Add).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARITHADD", 1)
{
    Method (MAIN, 0)
    {
        Local0 = 3
        Local1 = 4
        Return (Add (Local0, Local1))
    }
}

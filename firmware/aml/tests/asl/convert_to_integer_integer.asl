// expect: Integer 0x77
// ToInteger of an integer changes nothing (ACPI 6.5, 19.6, ToInteger).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTT", 1)
{
    Method (MAIN, 0)
    {
        Local0 = 0x77
        Return (ToInteger (Local0))
    }
}

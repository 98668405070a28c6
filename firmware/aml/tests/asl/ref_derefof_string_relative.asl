// expect: Integer 0x13
// The path in the string may be relative to the method's scope (ACPI 6.5, 19.6, DerefOf).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "REFDEREF", 1)
{
    Name (NUM, 0x13)

    Method (MAIN, 0)
    {
        Local0 = "NUM_"
        Return (DerefOf (Local0))
    }
}

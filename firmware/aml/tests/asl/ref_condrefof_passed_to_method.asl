// expect: Integer 0x1
// The reference that CondRefOf stores can be passed on, and stored through (ACPI 6.5, 19.6, CondRefOf).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "REFCONDR", 1)
{
    Name (NUM, 0x31)
    Method (SET, 1)
    {
        Arg0 = 1
    }

    Method (MAIN, 0)
    {
        If (CondRefOf (NUM, Local0))
        {
            SET (Local0)
        }
        Return (NUM)
    }
}

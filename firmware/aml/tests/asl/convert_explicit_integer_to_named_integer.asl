// expect: Integer 0x1F
// The result has the type that the name has (ACPI 6.5, 19.3.5.5).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TEST", 1)
{
    Name (NUM, 0)
    Method (MAIN)
    {
        Local0 = "0x1F"
        ToInteger (Local0, NUM)
        Return (NUM)
    }
}

// expect: Integer 0x7FFFFFFFFFFFFFFF
// Division is unsigned (ACPI 6.5, 19.6, Divide).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARITHDIV", 1)
{
    Method (MAIN, 0)
    {
        Local0 = Ones
        Local1 = 2
        Return (Local0 / Local1)
    }
}

// expect: Integer 0xF
// Mod works on the whole 64 bits (ACPI 6.5, 19.6, Mod).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARITHMOD", 1)
{
    Method (MAIN, 0)
    {
        Local0 = Ones
        Local1 = 0x100000000000000
        Local2 = Local0 % Local1
        Return (Local2 % 0x10)
    }
}

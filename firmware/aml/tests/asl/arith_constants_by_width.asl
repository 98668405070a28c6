// expect: Package [Integer 0x80, Integer 0x8000, Integer 0x80000000, Integer 0x8000000000000000]
// Byte, word, dword and qword constants are not sign-extended (ACPI 6.5, 20.2.3, ByteConst to QWordConst).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARITHCON", 1)
{
    Method (MAIN, 0)
    {
        Return (Package () { 0x80, 0x8000, 0x80000000, 0x8000000000000000 })
    }
}

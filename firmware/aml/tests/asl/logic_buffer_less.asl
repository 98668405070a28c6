// expect: Package [Integer 0xFFFFFFFFFFFFFFFF, Integer 0x0, Integer 0xFFFFFFFFFFFFFFFF]
// Buffers are ordered byte by byte, bytes being unsigned, then by length (ACPI 6.5, 19.6, LLess).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "LOGICBUF", 1)
{
    Method (LESS, 2)
    {
        Return (Arg0 < Arg1)
    }

    Method (MAIN, 0)
    {
        Local0 = Package (3) {}
        Local0[0] = LESS (Buffer () { 0x01, 0x7F }, Buffer () { 0x01, 0x80 })
        Local0[1] = LESS (Buffer () { 0x02 }, Buffer () { 0x01, 0xFF })
        Local0[2] = LESS (Buffer () { 0x02 }, Buffer () { 0x02, 0x00 })
        Return (Local0)
    }
}

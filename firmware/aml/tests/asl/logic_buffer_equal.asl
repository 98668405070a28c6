// expect: Package [Integer 0xFFFFFFFFFFFFFFFF, Integer 0x0, Integer 0x0]
// Buffers are equal if length and bytes are (ACPI 6.5, 19.6, LEqual).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "LOGICBUF", 1)
{
    Method (SAME, 2)
    {
        Return (Arg0 == Arg1)
    }

    Method (MAIN, 0)
    {
        Local0 = Package (3) {}
        Local0[0] = SAME (Buffer () { 1, 2 }, Buffer () { 1, 2 })
        Local0[1] = SAME (Buffer () { 1, 2 }, Buffer () { 1, 3 })
        Local0[2] = SAME (Buffer () { 1, 2 }, Buffer () { 1, 2, 0 })
        Return (Local0)
    }
}

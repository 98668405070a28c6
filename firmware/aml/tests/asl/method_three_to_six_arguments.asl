// expect: Package [Integer 0x6, Integer 0xA, Integer 0xF, Integer 0x15]
// Methods of three to six arguments (ACPI 6.5, 19.6, Method).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "METHODTH", 1)
{
    Method (SUM3, 3)
    {
        Return (Arg0 + Arg1 + Arg2)
    }
    Method (SUM4, 4)
    {
        Return (SUM3 (Arg0, Arg1, Arg2) + Arg3)
    }
    Method (SUM5, 5)
    {
        Return (SUM4 (Arg0, Arg1, Arg2, Arg3) + Arg4)
    }
    Method (SUM6, 6)
    {
        Return (SUM5 (Arg0, Arg1, Arg2, Arg3, Arg4) + Arg5)
    }

    Method (MAIN, 0)
    {
        Local0 = Package (4) {}
        Local0[0] = SUM3 (1, 2, 3)
        Local0[1] = SUM4 (1, 2, 3, 4)
        Local0[2] = SUM5 (1, 2, 3, 4, 5)
        Local0[3] = SUM6 (1, 2, 3, 4, 5, 6)
        Return (Local0)
    }
}

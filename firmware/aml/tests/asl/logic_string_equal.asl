// expect: Package [Integer 0xFFFFFFFFFFFFFFFF, Integer 0x0, Integer 0x0]
// Strings are equal if length and characters are, case included (ACPI 6.5, 19.6, LEqual).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "LOGICSTR", 1)
{
    Method (SAME, 2)
    {
        Return (Arg0 == Arg1)
    }

    Method (MAIN, 0)
    {
        Local0 = Package (3) {}
        Local0[0] = SAME ("CPU0", "CPU0")
        Local0[1] = SAME ("CPU0", "cpu0")
        Local0[2] = SAME ("CPU0", "CPU")
        Return (Local0)
    }
}

// expect: Integer 0x7D
// Local3 to Local7 and Arg3 to Arg6 as targets and operands (ACPI 6.5, 20.2.6.1 and 20.2.6.2).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "METHODHI", 1)
{
    Method (HIGH, 7)
    {
        Arg3 += 1
        Arg4 += 2
        Arg5 += 3
        Arg6 += 4
        Local3 = Arg3
        Local4 = Arg4
        Local5 = Arg5
        Local6 = Arg6
        Local7 = Local3 + Local4 + Local5 + Local6
        Return (Local7)
    }

    Method (MAIN, 0)
    {
        Return (HIGH (0, 0, 0, 0x10, 0x20, 0x30, 0x13))
    }
}

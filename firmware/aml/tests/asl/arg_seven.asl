// expect: Integer 0x7F
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARGSEVEN", 1)
{
    Method (M000, 7) { Return (Arg0 + Arg1 + Arg2 + Arg3 + Arg4 + Arg5 + Arg6) }
    Method (MAIN) { Return (M000 (1, 2, 4, 8, 16, 32, 64)) }
}

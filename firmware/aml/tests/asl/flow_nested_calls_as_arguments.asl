// expect: Integer 0xF
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FLOWNEST", 1)
{
    Method (M000, 2) { Return (Arg0 + Arg1) }
    Method (MAIN) { Return (M000 (M000 (1, 2), M000 (M000 (3, 4), 5))) }
}

// expect: Integer 0x123
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARGORDER", 1)
{
    Name (N000, 0)
    Method (NEXT) { N000++ Return (N000) }
    Method (M000, 3) { Return ((Arg0 << 8) + (Arg1 << 4) + Arg2) }
    Method (MAIN) { Return (M000 (NEXT (), NEXT (), NEXT ())) }
}

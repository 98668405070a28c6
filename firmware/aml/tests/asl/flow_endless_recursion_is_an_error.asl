// expect: Error Limit(MethodDepth)
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FLOWENDL", 1)
{
    Method (M000) { Return (M000 ()) }
    Method (MAIN) { Return (M000 ()) }
}

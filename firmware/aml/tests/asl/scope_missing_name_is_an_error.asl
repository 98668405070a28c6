// expect: Error NotFound(NONE)
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SCOPEMIS", 1)
{
    External (NONE, IntObj)
    Method (MAIN) { Return (NONE + 1) }
}

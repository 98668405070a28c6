// expect: Error NotFound(DEV0)
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SCOPEPAT", 1)
{
    Device (DEV0) { Name (N000, 2) }
    Method (MAIN) { Return (DEV0.N000) }
}

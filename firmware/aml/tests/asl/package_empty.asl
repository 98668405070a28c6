// expect: Package []
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "PACKAGEE", 1)
{
    Name (P000, Package () { })
    Method (MAIN) { Return (P000) }
}

// expect: Package [Integer 0x5, String "str"]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "PACKAGEW", 1)
{
    Name (N000, 5)
    Name (S000, "str")
    Name (P000, Package () { N000, S000 })
    Method (MAIN) { Return (P000) }
}

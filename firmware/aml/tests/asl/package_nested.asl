// expect: Package [Package [Integer 0x1, Buffer [02]], String "a"]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "PACKAGEN", 1)
{
    Name (P000, Package () { Package () { 1, Buffer () { 2 } }, "a" })
    Method (MAIN) { Return (P000) }
}

// expect: Integer 0x6
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "PACKAGEE", 1)
{
    Name (N000, 5)
    Name (P000, Package () { N000 })
    Method (MAIN) {
      N000 = 6
      Return (DerefOf (P000 [0]))
    }
}

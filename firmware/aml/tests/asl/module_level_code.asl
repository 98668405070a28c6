// expect: Integer 0xC
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "MODULELE", 1)
{
    Name (N000, 1)
    If (N000 == 1) {
      Name (N001, 5)
      N000 = 7
    }
    Method (MAIN) { Return (N000 + N001) }
}

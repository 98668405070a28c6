// expect: Integer 0x2A
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "REFCONDE", 1)
{
    Name (N000, 42)
    Method (MAIN) {
      If (CondRefOf (N000, Local0)) { Return (DerefOf (Local0)) }
      Return (0)
    }
}

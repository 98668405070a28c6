// expect: Error OperandType
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "NOTIFYIN", 1)
{
    Name (N000, 1)
    Method (MAIN) {
      Notify (N000, 1)
      Return (1)
    }
}

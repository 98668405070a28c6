// expect: Error OperandType
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STORETOD", 1)
{
    Device (DEV0) { Name (_ADR, 0) }
    Method (MAIN) {
      Store (1, DEV0)
      Return (1)
    }
}

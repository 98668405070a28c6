// expect: Integer 0x56781234
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FIELDSYS", 1)
{
    OperationRegion (REG0, SystemIO, 0x80, 4)
    Field (REG0, WordAcc, NoLock, Preserve) { F000, 16, F001, 16 }
    Method (MAIN) {
      F000 = 0x1234
      F001 = 0x5678
      Return ((F001 << 16) + F000)
    }
}

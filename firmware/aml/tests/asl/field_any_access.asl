// expect: Integer 0x1FEDCBA98
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FIELDANY", 1)
{
    OperationRegion (REG0, SystemMemory, 0x1000, 16)
    Field (REG0, AnyAcc, NoLock, Preserve) { , 3, F000, 33 }
    Method (MAIN) {
      F000 = 0x1FEDCBA98
      Return (F000)
    }
}

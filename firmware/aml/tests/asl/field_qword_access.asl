// expect: Integer 0x1122334455667788
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FIELDQWO", 1)
{
    OperationRegion (REG0, SystemMemory, 0x1000, 16)
    Field (REG0, QWordAcc, NoLock, Preserve) { , 32, F000, 64 }
    Method (MAIN) {
      F000 = 0x1122334455667788
      Return (F000)
    }
}

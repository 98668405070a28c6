// expect: Integer 0x54445344
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "DATATABL", 1)
{
    DataTableRegion (REG0, "DSDT", "", "")
    Field (REG0, ByteAcc, NoLock, Preserve) { SIG0, 32 }
    Method (MAIN) { Return (SIG0) }
}

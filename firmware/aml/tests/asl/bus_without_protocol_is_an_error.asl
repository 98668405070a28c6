// expect: Error Protocol
// SMBus needs an access attribute that names the protocol (ACPI 6.5, 5.5.2.4.2.2).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TEST", 1)
{
    OperationRegion (SMBD, SMBus, 0x4200, 0x100)
    Field (SMBD, BufferAcc, NoLock, Preserve) { FLD0, 8 }
    Method (MAIN) { Local0 = FLD0 Return (0) }
}

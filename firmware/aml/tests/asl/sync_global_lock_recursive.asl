// expect: Integer 0x0
// The global lock can be acquired twice by one owner, and a field with Lock used inside (ACPI 6.5, 5.7.1).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SYNCGLOB", 1)
{
    OperationRegion (REG0, SystemMemory, 0x00100000, 0x10)
    Field (REG0, ByteAcc, Lock, Preserve)
    {
        FLD0, 8
    }

    Method (MAIN, 0)
    {
        Local0 = Acquire (\_GL, 0xFFFF)
        Local0 += Acquire (\_GL, 0xFFFF)
        FLD0 = 1
        Release (\_GL)
        Release (\_GL)
        Return (Local0)
    }
}

// expect: Package [Integer 0x42, Integer 0x0, Integer 0x40, Integer 0x0, Integer 0x41]
// A request goes and its response comes back in one Store, in 66 bytes (ACPI 6.5, 5.5.2.4.3).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TEST", 1)
{
    OperationRegion (IPM0, IPMI, 0x3000, 0x100)
    Field (IPM0, BufferAcc, NoLock, Preserve)
    {
        Offset (1),
        POWR, 8
    }
    Method (MAIN) {
        Local0 = Buffer (66) { }
        CreateByteField (Local0, 1, LENG)
        LENG = 2
        Local1 = (POWR = Local0)
        Local2 = Package (5) { }
        Local2 [0] = SizeOf (Local1)
        Local2 [1] = DerefOf (Local1 [0])
        Local2 [2] = DerefOf (Local1 [1])
        Local2 [3] = DerefOf (Local1 [2])
        Local2 [4] = DerefOf (Local1 [65])
        Return (Local2)
    }
}

// expect: Error Limit(ObjectBytes)
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "LIMITHUG", 1)
{
    Method (MAIN)
    {
        Local1 = 0x1000000
        Name (P000, Package (Local1) { })
        Return (SizeOf (P000))
    }
}

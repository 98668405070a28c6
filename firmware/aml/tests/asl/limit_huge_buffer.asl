// expect: Error Limit(ObjectBytes)
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "LIMITHUG", 1)
{
    Method (MAIN)
    {
        Local1 = 0x7FFFFFFF
        Local0 = Buffer (Local1) { }
        Return (SizeOf (Local0))
    }
}

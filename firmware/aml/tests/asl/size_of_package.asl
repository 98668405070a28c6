// expect: Integer 0x7
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SIZEOFPA", 1)
{
    Method (MAIN)
    {
        Local0 = Package (7) { 1 }
        Return (SizeOf (Local0))
    }
}

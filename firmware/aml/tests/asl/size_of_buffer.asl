// expect: Integer 0xA
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SIZEOFBU", 1)
{
    Method (MAIN)
    {
        Local0 = Buffer (10) { 1 }
        Return (SizeOf (Local0))
    }
}

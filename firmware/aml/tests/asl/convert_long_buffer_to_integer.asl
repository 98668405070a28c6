// expect: Integer 0x807060504030201
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTL", 1)
{
    Method (MAIN)
    {
        Local0 = Buffer () { 1, 2, 3, 4, 5, 6, 7, 8, 9 }
        Return (ToInteger (Local0))
    }
}

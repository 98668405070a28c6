// expect: Integer 0x4030201
DefinitionBlock ("", "DSDT", 1, "HOTVCP", "ARITH32B", 1)
{
    Method (MAIN)
    {
        Local0 = Buffer () { 1, 2, 3, 4, 5, 6 }
        Return (ToInteger (Local0))
    }
}

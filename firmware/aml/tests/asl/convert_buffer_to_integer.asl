// expect: Integer 0x30201
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTB", 1)
{
    Method (MAIN)
    {
        Local0 = Buffer () { 1, 2, 3 }
        Return (ToInteger (Local0))
    }
}

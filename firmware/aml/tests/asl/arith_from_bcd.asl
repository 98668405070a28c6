// expect: Integer 0x462D53C8ABAC0
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARITHFRO", 1)
{
    Method (MAIN)
    {
        Local0 = 0x1234567890123456
        Return (FromBCD (Local0))
    }
}

// expect: Integer 0x6
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TYPEOFSB", 1)
{
    Method (MAIN)
    {
        Return (ObjectType (\_SB))
    }
}

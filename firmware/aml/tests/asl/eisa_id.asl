// expect: Integer 0x30AD041
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "EISAID", 1)
{
    Method (MAIN)
    {
        Return (EisaId ("PNP0A03"))
    }
}

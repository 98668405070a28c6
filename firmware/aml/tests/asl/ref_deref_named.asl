// expect: Integer 0x2A
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "REFDEREF", 1)
{
    Name (N000, 42)
    Method (MAIN) { Return (DerefOf (RefOf (N000))) }
}

// expect: Integer 0x1
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "METHODEQ", 1)
{
    Method (M000, 0, Serialized, 2) { Return (1) }
    Method (M001, 0, Serialized, 2) { Return (M000 ()) }
    Method (MAIN) { Return (M001 ()) }
}

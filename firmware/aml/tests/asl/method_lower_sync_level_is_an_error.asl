// expect: Error SyncLevel
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "METHODLO", 1)
{
    Method (M000, 0, Serialized, 1) { Return (1) }
    Method (M001, 0, Serialized, 2) { Return (M000 ()) }
    Method (MAIN) { Return (M001 ()) }
}

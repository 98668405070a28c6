// expect: Integer 0x5
// acpica differs: it stores to a copy; DerefOf as a target means what the reference leads to (19.6, DerefOf, and 20.2.5, SuperName)
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TEST", 1)
{
    Name (NUM, 1)
    Method (MAIN) { Local0 = RefOf (NUM) DerefOf (Local0) = 5 Return (NUM) }
}

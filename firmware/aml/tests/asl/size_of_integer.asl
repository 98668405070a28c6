// expect: Integer 0x8
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SIZEOFIN", 1)
{
    Name (INT0, 1)
    Method (MAIN) { Return (SizeOf (INT0)) }
}

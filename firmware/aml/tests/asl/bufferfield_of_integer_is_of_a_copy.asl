// expect: Integer 0x5
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "BUFFERFI", 1)
{
    Name (INT0, 5)
    Method (MAIN) {
      CreateByteField (INT0, 0, F000)
      Return (F000)
    }
}

// expect: Error FieldBounds
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "BUFFERFI", 1)
{
    Name (BUF0, Buffer (4) { })
    Method (MAIN) {
      CreateDWordField (BUF0, 1, F000)
      Return (F000)
    }
}

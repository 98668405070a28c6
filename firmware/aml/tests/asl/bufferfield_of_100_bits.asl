// expect: Buffer [08 10 18 20 28 30 38 40 48 50 58 60 78 00 00 00]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "BUFFERFI", 1)
{
    Name (BUF0, Buffer (16) { })
    CreateField (BUF0, 3, 100, F000)
    Method (MAIN) {
      F000 = Buffer () { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0xFF }
      Return (BUF0)
    }
}

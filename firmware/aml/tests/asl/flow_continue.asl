// expect: Integer 0x1E
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FLOWCONT", 1)
{
    Method (MAIN)
    {
        Local0 = 0
        Local1 = 0
        While (Local0 < 10) {
          Local0++
          If (Local0 & 1) { Continue }
          Local1 += Local0
        }
        Return (Local1)
    }
}

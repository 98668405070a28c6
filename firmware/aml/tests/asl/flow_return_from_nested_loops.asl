// expect: Integer 0x7
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FLOWRETU", 1)
{
    Method (MAIN)
    {
        Local0 = 0
        While (1) {
          While (1) {
            Local0++
            If (Local0 == 7) { Return (Local0) }
          }
        }
    }
}

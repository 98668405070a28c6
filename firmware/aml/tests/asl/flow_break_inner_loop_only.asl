// expect: Integer 0x3
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FLOWBREA", 1)
{
    Method (MAIN)
    {
        Local0 = 0
        Local1 = 0
        While (Local0 < 3) {
          Local0++
          While (1) {
            Local1++
            Break
          }
        }
        Return (Local1)
    }
}

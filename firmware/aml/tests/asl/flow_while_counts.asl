// expect: Integer 0x2D
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FLOWWHIL", 1)
{
    Method (MAIN)
    {
        Local0 = 0
        Local1 = 0
        While (Local0 < 10) {
          Local1 += Local0
          Local0++
        }
        Return (Local1)
    }
}

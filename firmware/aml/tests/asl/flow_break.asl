// expect: Integer 0x5
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FLOWBREA", 1)
{
    Method (MAIN)
    {
        Local0 = 0
        While (1) {
          Local0++
          If (Local0 == 5) { Break }
        }
        Return (Local0)
    }
}

// expect: Integer 0x2710
// Ten thousand turns are no endless loop.
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FLOWLARG", 1)
{
    Method (MAIN, 0)
    {
        Local0 = 0
        While (Local0 < 10000)
        {
            Local0++
        }
        Return (Local0)
    }
}

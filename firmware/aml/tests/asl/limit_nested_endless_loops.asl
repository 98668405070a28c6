// expect: Error Limit(Fuel)
// An endless loop whose inner loops end.
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "LIMITNES", 1)
{
    Method (MAIN, 0)
    {
        Local0 = 0
        While (One)
        {
            Local1 = 3
            While (Local1)
            {
                Local1--
                Local0++
            }
        }
        Return (Local0)
    }
}

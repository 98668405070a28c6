// expect: Error Limit(ObjectBytes)
// A buffer that doubles without end.
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "LIMITDOU", 1)
{
    Method (MAIN, 0)
    {
        Local0 = Buffer (1024) {}
        While (One)
        {
            Local0 = Concatenate (Local0, Local0)
        }
        Return (SizeOf (Local0))
    }
}

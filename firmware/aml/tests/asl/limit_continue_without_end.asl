// expect: Error Limit(Fuel)
// A loop that only continues.
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "LIMITCON", 1)
{
    Method (MAIN, 0)
    {
        Local0 = 1
        While (Local0)
        {
            Continue
        }
        Return (Local0)
    }
}

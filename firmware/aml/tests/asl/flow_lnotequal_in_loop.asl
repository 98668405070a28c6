// expect: Integer 0x5
// A loop that ends with LNotEqual (ACPI 6.5, 19.6, LNotEqual).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FLOWLNOT", 1)
{
    Method (MAIN, 0)
    {
        Local0 = 0
        Local1 = 5
        While (LNotEqual (Local0, Local1))
        {
            Local0++
        }
        Return (Local0)
    }
}

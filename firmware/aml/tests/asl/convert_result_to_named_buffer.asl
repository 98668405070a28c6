// expect: Buffer [07 00]
// A sum that is stored to a named buffer keeps the buffer's length (ACPI 6.5, 19.3.5, implicit result object
// conversion).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTR", 1)
{
    Name (BUF, Buffer () { 0xFF, 0xFF })

    Method (MAIN, 0)
    {
        Local0 = 3
        Add (Local0, 4, BUF)
        Return (BUF)
    }
}

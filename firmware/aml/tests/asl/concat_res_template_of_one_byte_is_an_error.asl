// expect: Error OperandValue
// A source of exactly one byte is an error (ACPI 6.5, 19.6, ConcatenateResTemplate).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONCATRE", 1)
{
    Name (RT1, ResourceTemplate () { IRQNoFlags () {2} })

    Method (MAIN, 0)
    {
        Local0 = Buffer () { 0x79 }
        ConcatenateResTemplate (RT1, Local0, Local1)
        Return (Local1)
    }
}

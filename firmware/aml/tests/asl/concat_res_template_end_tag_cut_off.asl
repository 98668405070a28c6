// expect: Error OperandValue
// An end tag is two bytes, the second a checksum (ACPI 6.5, 6.4.2.9): without it there is no end tag.
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONCATRE", 1)
{
    Method (MAIN, 0)
    {
        Local0 = Buffer () { 0x22, 4, 0, 0x79 }
        Local1 = ResourceTemplate () { IRQNoFlags () {2} }
        Return (ConcatenateResTemplate (Local0, Local1))
    }
}

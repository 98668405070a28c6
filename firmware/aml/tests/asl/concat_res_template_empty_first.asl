// expect: Buffer [22 04 00 79 00]
// An empty buffer counts as a template with only an end tag (ACPI 6.5, 19.6, ConcatenateResTemplate).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONCATRE", 1)
{
    Method (MAIN, 0)
    {
        Local0 = Buffer (0) {}
        Local1 = ResourceTemplate () { IRQNoFlags () {2} }
        Return (ConcatenateResTemplate (Local0, Local1))
    }
}

// expect: Integer 0x5
// An empty buffer counts as a template with only an end tag (ACPI 6.5, 19.6, ConcatenateResTemplate).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONCATRE", 1)
{
    Name (RT1, ResourceTemplate () { IRQNoFlags () {2} })

    Method (MAIN, 0)
    {
        Local0 = Buffer (0) {}
        ConcatenateResTemplate (RT1, Local0, Local1)
        Return (SizeOf (Local1))
    }
}

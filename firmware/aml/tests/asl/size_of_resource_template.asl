// expect: Integer 0x9
// A resource template is a buffer; its size counts the end tag (ACPI 6.5, 19.3.3).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SIZEOFRE", 1)
{
    Name (CRS, ResourceTemplate ()
    {
        IRQNoFlags () {5}
        IRQ (Level, ActiveLow, Shared) {9}
    })

    Method (MAIN, 0)
    {
        Return (SizeOf (CRS))
    }
}

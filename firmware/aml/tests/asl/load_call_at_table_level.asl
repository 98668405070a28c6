// expect: Integer 0x2A
// A method can be called while the table is loaded (ACPI 6.5, 5.4.2).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "LOADCALL", 1)
{
    Name (NUM0, 0)
    Method (SETN, 1)
    {
        NUM0 = Arg0
    }
    SETN (0x2A)

    Method (MAIN, 0)
    {
        Return (NUM0)
    }
}

// expect: String "12"
// Operands are evaluated from left to right (ACPI 6.5, 20.2.5.4).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARITHOPE", 1)
{
    Name (LOG, "")
    Method (SAY, 1)
    {
        LOG = Concatenate (LOG, Arg0)
        Return (0)
    }

    Method (MAIN, 0)
    {
        Add (SAY ("1"), SAY ("2"), Local0)
        Debug = Local0
        Return (LOG)
    }
}

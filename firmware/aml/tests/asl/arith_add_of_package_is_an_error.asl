// expect: Error OperandType
// A package has no conversion to an integer (ACPI 6.5, 19.3.5).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARITHADD", 1)
{
    Method (PLUS, 1)
    {
        Return (Arg0 + 1)
    }

    Method (MAIN, 0)
    {
        Return (PLUS (Package () { 1 }))
    }
}

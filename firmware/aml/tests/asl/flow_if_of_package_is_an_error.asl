// expect: Error OperandType
// A package is no predicate (ACPI 6.5, 19.6, If).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FLOWIFOF", 1)
{
    Name (PKG0, Package () { 1 })
    Method (TEST, 1)
    {
        If (Arg0)
        {
            Return (1)
        }
        Return (0)
    }

    Method (MAIN, 0)
    {
        Return (TEST (PKG0))
    }
}

// expect: Error OperandType
// A reference of Index is no predicate without DerefOf (ACPI 6.5, 19.6, Index and If).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "INDEXPAC", 1)
{
    Name (PKG0, Package () { 1, 5, 3 })
    Method (TEST, 1)
    {
        If (Arg0)
        {
            Return ("yes")
        }
        Return ("no")
    }

    Method (MAIN, 0)
    {
        Return (TEST (PKG0[1]))
    }
}

// expect: Error OperandType
// A package has no conversion to a named integer (ACPI 6.5, 19.3.5).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STOREPAC", 1)
{
    Name (NUM0, 1)
    Name (PKG0, Package () { 1 })
    Method (PUT, 1)
    {
        NUM0 = Arg0
    }

    Method (MAIN, 0)
    {
        PUT (PKG0)
        Return (NUM0)
    }
}

// expect: Error OperandType
// Mid takes no package (ACPI 6.5, 19.6, Mid).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "MIDOFPAC", 1)
{
    Name (PKG0, Package () { 1, 2 })
    Method (PART, 1)
    {
        Return (Mid (Arg0, 0, 1))
    }

    Method (MAIN, 0)
    {
        Return (PART (PKG0))
    }
}

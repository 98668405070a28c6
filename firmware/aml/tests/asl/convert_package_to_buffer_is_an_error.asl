// expect: Error OperandType
// ToBuffer takes no package (ACPI 6.5, 19.6, ToBuffer).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTP", 1)
{
    Name (PKG0, Package () { 1 })
    Method (CONV, 1)
    {
        Return (ToBuffer (Arg0))
    }

    Method (MAIN, 0)
    {
        Return (CONV (PKG0))
    }
}

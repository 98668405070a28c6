// expect: Error OperandType
// The operands of Match are integers, strings or buffers (ACPI 6.5, 19.6, Match).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "MATCHOPE", 1)
{
    Name (PKG0, Package () { 1, 2 })
    Method (FIND, 1)
    {
        Return (Match (PKG0, MEQ, Arg0, MTR, 0, 0))
    }

    Method (MAIN, 0)
    {
        Return (FIND (PKG0))
    }
}

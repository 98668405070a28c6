// expect: Error OperandType
// A package has no conversion to a field (ACPI 6.5, 19.3.5).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STOREPAC", 1)
{
    Name (BUF0, Buffer (4) {})
    Name (PKG0, Package () { 1 })
    CreateByteField (BUF0, 0, FLD0)
    Method (PUT, 1)
    {
        FLD0 = Arg0
    }

    Method (MAIN, 0)
    {
        PUT (PKG0)
        Return (BUF0)
    }
}

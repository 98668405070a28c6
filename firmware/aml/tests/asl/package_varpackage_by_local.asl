// expect: Integer 0x7
// A VarPackage takes its length from an expression (ACPI 6.5, 20.2.5.4, DefVarPackage).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "PACKAGEV", 1)
{
    Method (MAIN, 0)
    {
        Local0 = 5
        Local1 = Package (Local0 + 2) {}
        Return (SizeOf (Local1))
    }
}

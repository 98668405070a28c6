// expect: Integer 0x2
// Index takes the package that a method returns (ACPI 6.5, 20.2.5.4, DefIndex).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "REFINDEX", 1)
{
    Method (LIST, 0)
    {
        Return (Package () { 1, 2 })
    }

    Method (MAIN, 0)
    {
        Return (DerefOf (Index (LIST (), 1)))
    }
}

// expect: Package [Integer 0x1, String "new"]
// Index works on the object that a local holds (ACPI 6.5, 19.6, Index).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "REFINDEX", 1)
{
    Method (MAIN, 0)
    {
        Local0 = Package () { 1, 2 }
        Store ("new", Index (Local0, 1))
        Return (Local0)
    }
}

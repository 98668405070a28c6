// expect: Integer 0x2
// The order of strings decides MGT (ACPI 6.5, 19.6, Match and LGreater).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "MATCHSTR", 1)
{
    Name (PKG, Package () { "alpha", "beta", "gamma" })

    Method (MAIN, 0)
    {
        Return (Match (PKG, MGT, "beta", MTR, 0, 0))
    }
}

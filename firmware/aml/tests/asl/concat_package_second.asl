// expect: String "is [Package Object]"
// A package is replaced by the name of its type (ACPI 6.5, 19.6, Concatenate).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONCATPA", 1)
{
    Name (PKG, Package () { 1 })

    Method (MAIN, 0)
    {
        Local0 = "is "
        Return (Concatenate (Local0, PKG))
    }
}

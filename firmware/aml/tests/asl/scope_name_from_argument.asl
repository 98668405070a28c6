// expect: String "abc"
// The value of Name in a method can come from an argument or an expression (ACPI 6.5, 20.2.5.1, DefName with
// DataRefObject).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SCOPENAM", 1)
{
    Method (KEEP, 1, Serialized)
    {
        Name (TMP0, "")
        TMP0 = Arg0
        Return (TMP0)
    }

    Method (MAIN, 0)
    {
        Return (KEEP ("abc"))
    }
}

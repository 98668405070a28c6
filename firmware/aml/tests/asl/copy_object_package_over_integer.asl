// expect: Package [Integer 0x1, String "b"]
// CopyObject makes a package of a named integer (ACPI 6.5, 19.6, CopyObject).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "COPYOBJE", 1)
{
    Name (NUM, 1)

    Method (MAIN, 0)
    {
        CopyObject (Package () { 1, "b" }, NUM)
        Return (NUM)
    }
}

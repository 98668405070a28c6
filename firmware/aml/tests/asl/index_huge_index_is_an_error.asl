// expect: Error Index { index: 18446744073709551615, length: 2 }
// An index is not cut to fewer bits (ACPI 6.5, 19.6, Index).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "INDEXHUG", 1)
{
    Method (MAIN, 0)
    {
        Local0 = Package () { 1, 2 }
        Local1 = Ones
        Return (DerefOf (Index (Local0, Local1)))
    }
}

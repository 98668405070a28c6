// expect: Error Index { index: 3, length: 3 }
// The terminating zero of a string has no index (ACPI 6.5, 19.6, Index).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "INDEXSTR", 1)
{
    Method (MAIN, 0)
    {
        Local0 = "abc"
        Local1 = 3
        Return (DerefOf (Index (Local0, Local1)))
    }
}

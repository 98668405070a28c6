// expect: Integer 0x6
// CopyObject of a reference copies the reference (ACPI 6.5, 19.6, CopyObject).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "REFCOPYO", 1)
{
    Name (NUM0, 5)

    Method (MAIN, 0)
    {
        CopyObject (RefOf (NUM0), Local0)
        NUM0 = 6
        Return (DerefOf (Local0))
    }
}

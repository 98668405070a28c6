// expect: Integer 0x2
// A reference to an element stays with the element's package when a local takes another (ACPI 6.5, 19.6, Index).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "REFELEME", 1)
{
    Method (MAIN, 0)
    {
        Local0 = Package () { 1, 2 }
        Local1 = Index (Local0, 1)
        Local0 = Package () { 8, 9 }
        Return (DerefOf (Local1))
    }
}

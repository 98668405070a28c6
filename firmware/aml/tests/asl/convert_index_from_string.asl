// expect: Integer 0x63
// The index of Index is converted to an integer (ACPI 6.5, 19.6, Index and 19.3.5).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTI", 1)
{
    Method (MAIN, 0)
    {
        Local0 = Package () { 0x61, 0x62, 0x63 }
        Local1 = "2"
        Return (DerefOf (Index (Local0, Local1)))
    }
}

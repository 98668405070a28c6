// expect: Integer 0x5
// A package can hold a reference of RefOf, and DerefOf takes two steps (ACPI 6.5, 19.6, DerefOf).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "REFREFOF", 1)
{
    Name (NUM, 5)

    Method (MAIN, 0)
    {
        Local0 = Package (1) {}
        Local0[0] = RefOf (NUM)
        Return (DerefOf (DerefOf (Local0[0])))
    }
}

// expect: Integer 0x6
// A named package can hold a reference that outlives the call that stored it (ACPI 6.5, 19.6, RefOf).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "REFREFER", 1)
{
    Name (NUM0, 5)
    Name (PKG0, Package (1) {})
    Method (KEEP, 0)
    {
        PKG0[0] = RefOf (NUM0)
    }

    Method (MAIN, 0)
    {
        KEEP ()
        NUM0 = 6
        Return (DerefOf (DerefOf (PKG0[0])))
    }
}

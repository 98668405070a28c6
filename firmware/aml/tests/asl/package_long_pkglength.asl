// expect: Integer 0x29
// A package of more than 63 bytes has a package length of two bytes (ACPI 6.5, 20.2.4).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "PACKAGEL", 1)
{
    Name (PKG, Package ()
    {
        "0123456789", "0123456789", "0123456789", "0123456789",
        "0123456789", "0123456789", "0123456789", "0123456789", 0x29
    })

    Method (MAIN, 0)
    {
        Return (DerefOf (PKG[8]))
    }
}

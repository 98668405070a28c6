// expect: Package [Integer 0xFFFFFFFFFFFFFFFF, Integer 0x0]
// A name that a method declares by a full path elsewhere goes with the method as well (ACPI 6.5, 19.6, Method).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SCOPEDEC", 1)
{
    Device (DEV0)
    {
        Name (_ADR, 0)
    }
    Method (DECL, 0, Serialized)
    {
        Name (\DEV0.TMP0, 5)
        Return (CondRefOf (\DEV0.TMP0))
    }

    Method (MAIN, 0)
    {
        Local0 = Package (2) {}
        Local0[0] = DECL ()
        Local0[1] = CondRefOf (\DEV0.TMP0)
        Return (Local0)
    }
}

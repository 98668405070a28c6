// expect: Package [Integer 0x0, Integer 0x5]
// CondRefOf is false for a name without an object, and leaves its target alone (ACPI 6.5, 19.6, CondRefOf).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "REFCONDR", 1)
{
    External (NONE)

    Method (MAIN, 0)
    {
        Local0 = 5
        Local1 = Package (2) {}
        Local1[0] = CondRefOf (NONE, Local0)
        Local1[1] = Local0
        Return (Local1)
    }
}

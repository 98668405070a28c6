// expect: Integer 0x5
// A path may lead through an alias of a device (ACPI 6.5, 19.6, Alias).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SCOPEALI", 1)
{
    Device (DEV0)
    {
        Name (_ADR, 0)
        Name (NUM, 5)
    }
    Alias (DEV0, DEV1)

    Method (MAIN, 0)
    {
        Local0 = "\\DEV1.NUM"
        Return (DerefOf (Local0))
    }
}

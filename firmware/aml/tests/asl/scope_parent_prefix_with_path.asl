// expect: Integer 0x4
// A caret can be followed by a path (ACPI 6.5, 20.2.2, PrefixPath).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SCOPEPAR", 1)
{
    Device (DEV0)
    {
        Name (_ADR, 0)
        Device (DEV1)
        {
            Name (_ADR, 1)
            Name (NUM, 4)
        }
        Device (DEV2)
        {
            Name (_ADR, 2)
            Method (GETN, 0)
            {
                Return (^^DEV1.NUM)
            }
        }
    }

    Method (MAIN, 0)
    {
        Return (\DEV0.DEV2.GETN ())
    }
}

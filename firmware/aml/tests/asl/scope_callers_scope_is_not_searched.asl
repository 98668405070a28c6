// expect: Integer 0x1
// The callee sees the names around its declaration, not its caller's (ACPI 6.5, 5.3).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SCOPECAL", 1)
{
    Name (NUM, 1)
    Method (GETN, 0)
    {
        Return (NUM)
    }
    Device (DEV0)
    {
        Name (_ADR, 0)
        Name (NUM, 2)
        Method (CALL, 0)
        {
            Return (GETN ())
        }
    }

    Method (MAIN, 0)
    {
        Return (\DEV0.CALL ())
    }
}

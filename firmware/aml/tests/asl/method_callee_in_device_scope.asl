// expect: Integer 0x8
// A method's body runs in the method's own scope, wherever it is called from (ACPI 6.5, 5.3).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "METHODCA", 1)
{
    Name (NUM, 1)
    Device (DEV0)
    {
        Name (_ADR, 0)
        Name (NUM, 8)
        Method (GETN, 0)
        {
            Return (NUM)
        }
    }

    Method (MAIN, 0)
    {
        Return (\DEV0.GETN ())
    }
}

// expect: Integer 0x4D2
// Through an argument the final target is overwritten (ACPI 6.5, 19.3.5.8).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTE", 1)
{
    Name (STR, "text")

    Method (CONV, 1)
    {
        Local0 = "1234"
        ToInteger (Local0, Arg0)
    }

    Method (MAIN, 0)
    {
        CONV (RefOf (STR))
        Return (STR)
    }
}

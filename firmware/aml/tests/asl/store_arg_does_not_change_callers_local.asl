// expect: Integer 0x5
// A caller's local is passed by value (ACPI 6.5, 19.3.5, storing to ArgX).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STOREARG", 1)
{
    Method (SET, 1)
    {
        Arg0 = 9
    }

    Method (MAIN, 0)
    {
        Local0 = 5
        SET (Local0)
        Return (Local0)
    }
}

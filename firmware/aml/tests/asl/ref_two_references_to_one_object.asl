// expect: Integer 0x3
// Two references to one object see each other's stores (ACPI 6.5, 19.6, RefOf).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "REFTWORE", 1)
{
    Name (NUM, 1)
    Method (SET, 2)
    {
        Arg0 = Arg1
    }

    Method (MAIN, 0)
    {
        Local0 = RefOf (NUM)
        Local1 = RefOf (NUM)
        SET (Local0, 2)
        SET (Local1, DerefOf (Local0) + 1)
        Return (DerefOf (Local0))
    }
}

// expect: Package [Integer 0x9, Integer 0x5]
// A store to a local that holds a reference replaces the reference, not its target (ACPI 6.5, 19.3.5, storing to
// LocalX).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STORELOC", 1)
{
    Name (NUM, 5)

    Method (MAIN, 0)
    {
        Local0 = RefOf (NUM)
        Local0 = 9
        Local1 = Package (2) {}
        Local1[0] = Local0
        Local1[1] = NUM
        Return (Local1)
    }
}

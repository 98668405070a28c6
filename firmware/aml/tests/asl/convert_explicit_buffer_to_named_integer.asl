// expect: Buffer [61 00]
// ToBuffer makes a buffer of a target that was an integer: an explicit conversion's result is not converted again
// (ACPI 6.5, 19.3.5.5; ACPICA, and so what runs on it, does the same).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTE", 1)
{
    Name (NUM, 0)

    Method (MAIN, 0)
    {
        Local0 = "a"
        ToBuffer (Local0, NUM)
        Return (NUM)
    }
}

// expect: Integer 0x4D2
// ToInteger makes an integer of a target that was a string: an explicit conversion's result is not converted again
// (ACPI 6.5, 19.3.5.5; ACPICA, and so what runs on it, does the same).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTE", 1)
{
    Name (STR, "text")

    Method (MAIN, 0)
    {
        Local0 = "1234"
        ToInteger (Local0, STR)
        Return (STR)
    }
}

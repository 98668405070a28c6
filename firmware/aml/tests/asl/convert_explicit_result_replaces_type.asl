// expect: String "1000"
// An explicit conversion's result is stored without implicit conversion: the target becomes a string (ACPI 6.5,
// 19.3.5.5; ACPICA, and so what runs on it, does the same).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTE", 1)
{
    Name (NUM, 0)

    Method (MAIN, 0)
    {
        Local0 = 1000
        ToDecimalString (Local0, NUM)
        Return (NUM)
    }
}

// expect: String "0000000000000005"
// After CopyObject the new type is the one that Store converts to (ACPI 6.5, 19.6, CopyObject).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "COPYOBJE", 1)
{
    Name (NUM, 1)

    Method (MAIN, 0)
    {
        CopyObject ("text", NUM)
        NUM = 5
        Return (NUM)
    }
}

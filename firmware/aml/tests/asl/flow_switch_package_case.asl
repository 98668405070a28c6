// expect: Integer 0xB
// A Case with a package fits each of its elements; iasl makes a Match of it (ACPI 6.5, 19.6, Case).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FLOWSWIT", 1)
{
    Method (KIND, 1, Serialized)
    {
        Switch (ToInteger (Arg0))
        {
            Case (Package ()
            {
                1, 3, 5 }) { Return (0x0A)
            }
            Case (Package ()
            {
                2, 4, 6 }) { Return (0x0B)
            }
        }
        Return (0)
    }

    Method (MAIN, 0)
    {
        Return (KIND (4))
    }
}

// For the programs load_table_*.
DefinitionBlock ("", "OEM1", 2, "HOTVCP", "BODY", 1)
{
    Name (MYD, "unset")
    Method (GET) { Return (MYD) }
}

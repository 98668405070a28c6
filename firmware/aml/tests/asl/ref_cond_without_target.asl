// expect: Integer 0xFFFFFFFFFFFFFFFF
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "REFCONDW", 1)
{
    Name (N000, 42)
    Method (MAIN) { Return (CondRefOf (N000)) }
}

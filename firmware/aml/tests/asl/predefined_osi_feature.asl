// expect: Integer 0xFFFFFFFFFFFFFFFF
// acpica differs: acpiexec claims no feature of 5.7.2; the test's host claims those that the specification defines
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "PREDEFIN", 1)
{
    Method (MAIN)
    {
        Return (\_OSI ("Processor Device"))
    }
}

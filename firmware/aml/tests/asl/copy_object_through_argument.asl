// expect: Integer 0x7
// Through an argument that refers to an object, CopyObject overwrites that object (ACPI 6.5, 19.3.5.8).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "COPYOBJE", 1)
{
    Name (STR, "text")

    Method (COPY, 1)
    {
        CopyObject (7, Arg0)
    }

    Method (MAIN, 0)
    {
        COPY (RefOf (STR))
        Return (STR)
    }
}

// expect: Package [Integer 0x1, Integer 0x2, Integer 0x3, Integer 0x4]
// ObjectType of an argument is the type of what it holds (ACPI 6.5, 19.6, ObjectType).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TYPEOFAR", 1)
{
    Method (KIND, 1)
    {
        Return (ObjectType (Arg0))
    }

    Method (MAIN, 0)
    {
        Local0 = Package (4) {}
        Local0[0] = KIND (1)
        Local0[1] = KIND ("s")
        Local0[2] = KIND (Buffer () { 1 })
        Local0[3] = KIND (Package () { 1 })
        Return (Local0)
    }
}

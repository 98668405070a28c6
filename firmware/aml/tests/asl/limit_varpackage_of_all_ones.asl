// expect: Error Limit(ObjectBytes)
// The largest integer as the length of a package.
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "LIMITVAR", 1)
{
    Method (MAIN, 0)
    {
        Local0 = Ones
        Local1 = Package (Local0) {}
        Return (SizeOf (Local1))
    }
}

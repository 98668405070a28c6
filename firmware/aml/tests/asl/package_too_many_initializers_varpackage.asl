// expect: Package [Integer 0x1, Integer 0x2]
// Initial values beyond the length of a VarPackage are dropped, as every operating system's interpreter does.
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "PACKAGET", 1)
{
    Method (MAIN, 0)
    {
        Local0 = 2
        Return (Package (Local0) { 1, 2, 3, 4 })
    }
}

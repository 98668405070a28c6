// expect: Error Uninitialized
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "INDEXUNI", 1)
{
    Method (MAIN)
    {
        Local0 = Package (2) { 1 }
        Return (DerefOf (Local0 [1]))
    }
}

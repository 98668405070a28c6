// expect: String "two"
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "INDEXPAC", 1)
{
    Method (MAIN)
    {
        Local0 = Package () { 1, "two", 3 }
        Return (DerefOf (Local0 [1]))
    }
}

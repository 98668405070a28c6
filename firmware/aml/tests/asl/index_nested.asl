// expect: Integer 0x2A
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "INDEXNES", 1)
{
    Method (MAIN)
    {
        Local0 = Package () { Package () { 1, Package () { 2, 42 } } }
        Return (DerefOf (DerefOf (DerefOf (Local0 [0]) [1]) [1]))
    }
}

// expect: String "abc"
// A huge Length of ToString costs nothing.
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "LIMITHUG", 1)
{
    Method (MAIN, 0)
    {
        Local0 = Buffer () { "abc" }
        Local1 = 0x7FFFFFFFFFFFFFFF
        Return (ToString (Local0, Local1))
    }
}

// expect: String "hello"
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTB", 1)
{
    Method (MAIN)
    {
        Local0 = Buffer () { "hello" }
        Return (ToString (Local0))
    }
}

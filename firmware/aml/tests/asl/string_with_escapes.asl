// expect: String "a\tb\"c\\d"
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STRINGWI", 1)
{
    Method (MAIN)
    {
        Return ("a\tb\"c\\d")
    }
}

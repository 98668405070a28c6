// expect: String "Microsoft Windows NT"
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "PREDEFIN", 1)
{
    Method (MAIN)
    {
        Return (\_OS)
    }
}

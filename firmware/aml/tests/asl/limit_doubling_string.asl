// expect: Error Limit(ObjectBytes)
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "LIMITDOU", 1)
{
    Method (MAIN)
    {
        Local0 = "0123456789abcdef"
        While (1) {
          Local0 = Concatenate (Local0, Local0)
        }
        Return (Local0)
    }
}

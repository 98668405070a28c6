// expect: String "0123456789"
// A string that grows in a loop.
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STRINGBU", 1)
{
    Method (MAIN, 0)
    {
        Local0 = ""
        Local1 = 0
        While (Local1 < 10)
        {
            Local0 = Concatenate (Local0, ToDecimalString (Local1))
            Local1++
        }
        Return (Local0)
    }
}

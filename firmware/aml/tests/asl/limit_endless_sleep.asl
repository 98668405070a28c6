// expect: Error Limit(SleepTime)
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "LIMITEND", 1)
{
    Method (MAIN)
    {
        While (1) { Sleep (1000) }
        Return (0)
    }
}

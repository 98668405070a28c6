// expect: Error Limit(MethodDepth)
// Two methods that call each other without end.
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "LIMITMUT", 1)
{
    Method (PING, 1)
    {
        Return (PONG (Arg0))
    }
    Method (PONG, 1)
    {
        Return (PNGA (Arg0))
    }
    Alias (PING, PNGA)

    Method (MAIN, 0)
    {
        Return (PING (1))
    }
}

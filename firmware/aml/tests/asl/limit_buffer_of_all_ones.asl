// expect: Error Limit(ObjectBytes)
// The largest integer as the length of a buffer.
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "LIMITBUF", 1)
{
    Method (MAKE, 1, Serialized)
    {
        Return (Buffer (Arg0) {})
    }

    Method (MAIN, 0)
    {
        Return (SizeOf (MAKE (Ones)))
    }
}

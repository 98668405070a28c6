// expect: Buffer [09 08]
// An empty named buffer has no length to keep and takes the source's (as every operating system's interpreter does).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STOREBUF", 1)
{
    Name (BUF, Buffer (0) {})

    Method (MAIN, 0)
    {
        Store (Buffer () { 9, 8 }, BUF)
        Return (BUF)
    }
}

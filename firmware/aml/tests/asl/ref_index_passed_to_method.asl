// expect: Integer 0x3
// A reference of Index can be passed to a method, which reads the element as it is then (ACPI 6.5, 19.6, Index).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "REFINDEX", 1)
{
    Name (BUF, Buffer () { 1, 2, 3 })
    Method (GET, 1)
    {
        BUF[1] = 3
        Return (DerefOf (Arg0))
    }

    Method (MAIN, 0)
    {
        Return (GET (Index (BUF, 1)))
    }
}

// expect: Integer 0x123
// Store's value is its source, not what the target keeps of it (ACPI 6.5, 19.6, Store).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STOREVAL", 1)
{
    Name (BUF, Buffer () { 0, 0 })
    CreateByteField (BUF, 0, FLD)

    Method (MAIN, 0)
    {
        Local0 = Store (0x123, FLD)
        Return (Local0)
    }
}

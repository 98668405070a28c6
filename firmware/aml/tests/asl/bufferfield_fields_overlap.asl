// expect: Buffer [34 FF 00 00]
// Two fields may share bytes (ACPI 6.5, 19.6, CreateField).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "BUFFERFI", 1)
{
    Name (BUF, Buffer (4) {})
    CreateWordField (BUF, 0, WRD0)
    CreateByteField (BUF, 1, BYT1)

    Method (MAIN, 0)
    {
        WRD0 = 0x1234
        BYT1 = 0xFF
        Return (BUF)
    }
}

// expect: Package [Integer 0x4D2, Integer 0x1234]
// FromBCD and ToBCD are explicit conversions too: the targets become integers (ACPI 6.5, 19.3.5.2 and 19.3.5.5).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "BCDCONVE", 1)
{
    Name (STR, "text")
    Name (BUF, Buffer (4) {})

    Method (MAIN, 0)
    {
        Local0 = 0x1234
        FromBCD (Local0, STR)
        Local1 = 1234
        ToBCD (Local1, BUF)
        Return (Package () { STR, BUF })
    }
}

// expect: Integer 0x1
// Elements that are buffers are compared as buffers (ACPI 6.5, 19.6, Match).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "MATCHBUF", 1)
{
    Name (PKG, Package () { Buffer () { 1 }, Buffer () { 1, 2 } })

    Method (MAIN, 0)
    {
        Local0 = Buffer () { 1, 2 }
        Return (Match (PKG, MEQ, Local0, MTR, 0, 0))
    }
}

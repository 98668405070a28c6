// expect: Package [Integer 0x41, String "41", Buffer [34 31]]
// One source, three named targets, three conversions (ACPI 6.5, 19.3.5, implicit result object conversion).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STORELOC", 1)
{
    Name (NUM, 0)
    Name (STR, "")
    Name (BUF, Buffer () { 0, 0 })

    Method (MAIN, 0)
    {
        Local0 = "41"
        NUM = Local0
        STR = Local0
        BUF = Local0
        Local1 = Package (3) {}
        Local1[0] = NUM
        Local1[1] = STR
        Local1[2] = BUF
        Return (Local1)
    }
}

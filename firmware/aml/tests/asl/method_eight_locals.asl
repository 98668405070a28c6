// expect: Package [Integer 0x1, Integer 0x2, Integer 0x3, Integer 0x4, Integer 0x5, Integer 0x6, Integer 0x7, Integer 0x8]
// A method has eight locals (ACPI 6.5, 19.6, Localx).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "METHODEI", 1)
{
    Method (MAIN, 0)
    {
        Local0 = 1
        Local1 = 2
        Local2 = 3
        Local3 = 4
        Local4 = 5
        Local5 = 6
        Local6 = 7
        Local7 = Package (8) {}
        Local7[0] = Local0
        Local7[1] = Local1
        Local7[2] = Local2
        Local7[3] = Local3
        Local7[4] = Local4
        Local7[5] = Local5
        Local7[6] = Local6
        Local7[7] = 8
        Return (Local7)
    }
}

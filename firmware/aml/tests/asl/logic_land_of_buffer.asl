// expect: Integer 0xFFFFFFFFFFFFFFFF
// A buffer is true if its value as an integer is not zero (ACPI 6.5, 19.3.5, Buffer to Integer).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "LOGICLAN", 1)
{
    Method (MAIN, 0)
    {
        Local0 = Buffer () { 0x00, 0x01 }
        Local1 = "1"
        Return (Local0 && Local1)
    }
}

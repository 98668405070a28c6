// expect: Integer 0xFFFFFFFFFFFFFFFF
// Timer counts in steps of 100 ns and rises with Sleep (ACPI 6.5, 19.6, Timer).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SYNCTIME", 1)
{
    Method (MAIN, 0)
    {
        Local0 = Timer
        Sleep (2)
        Local1 = Timer
        Return ((Local1 - Local0) >= 20000)
    }
}

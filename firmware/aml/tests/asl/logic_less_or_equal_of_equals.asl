// expect: Integer 0xFFFFFFFFFFFFFFFF
// LLessEqual and LGreaterEqual are both true for equal operands (ACPI 6.5, 19.6, LLessEqual).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "LOGICLES", 1)
{
    Method (MAIN, 0)
    {
        Local0 = 9
        Local1 = 9
        Return ((Local0 <= Local1) && (Local0 >= Local1))
    }
}

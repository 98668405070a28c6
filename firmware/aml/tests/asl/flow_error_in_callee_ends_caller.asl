// expect: Error DivideByZero
// An error in a called method ends the whole evaluation (ACPI 6.5, 19.6, Divide).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FLOWERRO", 1)
{
    Method (FAIL, 1)
    {
        Return (1 / Arg0)
    }
    Method (CALL, 1)
    {
        Return (FAIL (Arg0) + 5)
    }

    Method (MAIN, 0)
    {
        CALL (0)
        Return (7)
    }
}

// expect: Integer 0x3
// Types of arguments in the declaration leave no trace in AML (ACPI 6.5, 19.6, Method).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "METHODPA", 1)
{
    Method (SUMT, 2, NotSerialized, 0, IntObj, {IntObj, IntObj})
    {
        Return (Arg0 + Arg1)
    }

    Method (MAIN, 0)
    {
        Return (SUMT (1, 2))
    }
}

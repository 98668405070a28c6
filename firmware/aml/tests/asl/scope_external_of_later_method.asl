// expect: Integer 0x9
// External tells how many arguments a method takes that comes later (ACPI 6.5, 19.6, External; 20.2.5, DefExternal).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SCOPEEXT", 1)
{
    External (\LATE, MethodObj, IntObj, {IntObj, IntObj})
    If (CondRefOf (\LATE))
    {
        Name (BAD0, 1)
    }
    Method (CALL, 0)
    {
        Return (\LATE (4, 5))
    }
    Scope (\)
    {
        Method (LATE, 2)
        {
            Return (Arg0 + Arg1)
        }
    }

    Method (MAIN, 0)
    {
        Return (CALL ())
    }
}

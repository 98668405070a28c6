// expect: Package [Integer 0x1, Integer 0x0]
// A declaration inside of an If of the table exists only if the If was taken (ACPI 6.5, 20.2.5.3, DefIfElse).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FLOWCOND", 1)
{
    External (ABSE)
    Name (NUM, 3)
    If (NUM == 3)
    {
        Name (PRES, 1)
    }
    Else
    {
        Name (ABSN, 2)
    }

    Method (MAIN, 0)
    {
        Local0 = Package (2) {}
        Local0[0] = PRES
        Local0[1] = CondRefOf (ABSE)
        Return (Local0)
    }
}

// expect: Integer 0x6
// An argument that was passed can serve as a local (ACPI 6.5, 19.6, Argx).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "METHODAR", 1)
{
    Method (USE, 2)
    {
        Arg1 = 0
        While (Arg0)
        {
            Arg1 += Arg0
            Arg0--
        }
        Return (Arg1)
    }

    Method (MAIN, 0)
    {
        Return (USE (3, 99))
    }
}

// expect: Error OperandType
// A method is no target of Store (ACPI 6.5, 19.3.5, rules for storing and copying objects).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "STORETOM", 1)
{
    Method (METH, 0)
    {
        Return (1)
    }
    Method (PUT, 1)
    {
        Store (5, DerefOf (Arg0))
        Return (1)
    }

    Method (MAIN, 0)
    {
        Return (PUT (RefOf (METH)))
    }
}

// expect: Error OperandType
// acpica differs: it turns the method into an integer; CopyObject is for locals, arguments, fields and named data objects (19.3.5.8)
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TEST", 1)
{
    Method (OLD0) { Return (1) }
    Method (MAIN)
    {
        CopyObject (5, OLD0)
        Return (0)
    }
}

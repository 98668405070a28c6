// expect: Error OperandType
// acpica differs: it turns the device into an integer; CopyObject is for locals, arguments, fields and named data objects (19.3.5.8)
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TEST", 1)
{
    Device (OLD0) { }
    Method (MAIN)
    {
        CopyObject (5, OLD0)
        Return (0)
    }
}

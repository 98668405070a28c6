// expect: String "42"
// An explicit conversion's result is not converted again: the name takes its type (ACPI 6.5, 19.3.5.5).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TEST", 1)
{
    Name (BUF0, Buffer (2) { 1, 2 })
    Method (MAIN)
    {
        Local0 = 42
        ToDecimalString (Local0, BUF0)
        Return (BUF0)
    }
}

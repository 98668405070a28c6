// expect: String "no"
// A buffer of zeros is false as a predicate (ACPI 6.5, 19.6, If and 19.3.5).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTC", 1)
{
    Method (MAIN, 0)
    {
        Local0 = Buffer () { 0x00, 0x00 }
        If (Local0)
        {
            Return ("yes")
        }
        Return ("no")
    }
}

// expect: Integer 0x0
// Empty strings, buffers and packages have size 0 (ACPI 6.5, 19.6, SizeOf).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SIZEOFEM", 1)
{
    Method (MAIN, 0)
    {
        Local0 = ""
        Local1 = Buffer (0) {}
        Local2 = Package (0) {}
        Return (SizeOf (Local0) + SizeOf (Local1) + SizeOf (Local2))
    }
}

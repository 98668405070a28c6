// expect: Package [Buffer [01 02], Integer 0x2]
// A named buffer in a package built by a method keeps its value when the name changes later (ACPI 6.5, 19.6,
// Package).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "PACKAGEE", 1)
{
    Name (BUF, Buffer () { 1, 2 })

    Method (MAIN, 0)
    {
        Local0 = Package (2) {}
        Local0[0] = BUF
        Local0[1] = 2
        BUF[0] = 9
        Return (Local0)
    }
}

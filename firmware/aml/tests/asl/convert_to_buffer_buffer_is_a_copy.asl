// expect: Package [Buffer [01 02], Buffer [09 02]]
// ToBuffer of a buffer gives a buffer of its own (ACPI 6.5, 19.6, ToBuffer).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONVERTT", 1)
{
    Method (MAIN, 0)
    {
        Local0 = Buffer () { 1, 2 }
        ToBuffer (Local0, Local1)
        Local1[0] = 9
        Local2 = Package (2) {}
        Local2[0] = Local0
        Local2[1] = Local1
        Return (Local2)
    }
}

// expect: Package [Integer 0x1, Integer 0x2, Integer 0x3, Integer 0x4, Integer 0x0]
// ObjectType of an element is the type of its content (ACPI 6.5, 19.6, ObjectType).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "PACKAGEE", 1)
{
    Name (PKG, Package (5) { 1, "s", Buffer () { 1, 2 }, Package () { 2 } })

    Method (MAIN, 0)
    {
        Local0 = Package (5) {}
        Local1 = 0
        While (Local1 < 5)
        {
            Local0[Local1] = ObjectType (PKG[Local1])
            Local1++
        }
        Return (Local0)
    }
}

// expect: Error Limit(PackageDepth)
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "LIMITNES", 1)
{
    Method (MAIN)
    {
        Local0 = Package () { 1 }
        Local1 = 0
        While (Local1 < 1000) {
          Local2 = Package (1) { }
          Local2 [0] = Local0
          Local0 = Local2
          Local1++
        }
        Return (1)
    }
}

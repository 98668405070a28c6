// expect: String "three"
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FLOWSWIT", 1)
{
    Method (MAIN)
    {
        Local0 = 3
        Switch (ToInteger (Local0)) {
          Case (1) { Return ("one") }
          Case (3) { Return ("three") }
          Default { Return ("other") }
        }
        Return ("none")
    }
}

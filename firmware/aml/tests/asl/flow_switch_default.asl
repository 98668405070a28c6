// expect: String "fewother"
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FLOWSWIT", 1)
{
    Method (M000, 1, Serialized) {
      Switch (ToInteger (Arg0)) {
        Case (1) { Return ("one") }
        Case (Package () { 2, 3 }) { Return ("few") }
        Default { Return ("other") }
      }
      Return ("none")
    }
    Method (MAIN) { Return (Concatenate (M000 (3), M000 (9))) }
}

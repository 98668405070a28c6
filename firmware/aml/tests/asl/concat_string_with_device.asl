// expect: String "It is [Device Object]"
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONCATST", 1)
{
    Device (DEV0) { Name (_ADR, 0) }
    Method (MAIN) {
      Return (Concatenate ("It is ", DEV0))
    }
}

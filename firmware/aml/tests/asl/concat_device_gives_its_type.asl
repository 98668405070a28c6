// expect: String "[Device Object] is one"
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONCATDE", 1)
{
    Device (DEV0) { Name (_ADR, 0) }
    Method (MAIN) {
      Return (Concatenate (DEV0, " is one"))
    }
}

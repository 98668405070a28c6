// expect: Integer 0x0
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "REFCONDM", 1)
{
    External (NONE)
    Method (MAIN) {
      Return (CondRefOf (NONE, Local0))
    }
}

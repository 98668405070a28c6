// expect: Integer 0x5
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "PACKAGEV", 1)
{
    Method (M000, 1) {
      Name (P000, Package (Arg0) { 1, 2 })
      Return (P000)
    }
    Method (MAIN) { Return (SizeOf (M000 (5))) }
}

// expect: Package [Integer 0xFFFFFFFFFFFFFFFF, Integer 0x0, Integer 0xFFFFFFFFFFFFFFFF]
// A Scope of a name that does not exist is left out; the specification does not say what becomes of the table
// (19.6, Scope), every operating system goes on.
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TEST", 1)
{
    Scope (\_SB) { Name (AAA, 1) Scope (NONE) { Name (BBB, 1) } Name (CCC, 1) }
    Method (MAIN) {
        Local0 = Package (3) { }
        Local0 [0] = CondRefOf (\_SB.AAA)
        Local0 [1] = CondRefOf (\_SB.NONE.BBB)
        Local0 [2] = CondRefOf (\_SB.CCC)
        Return (Local0)
    }
}

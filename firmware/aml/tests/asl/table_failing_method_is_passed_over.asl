// expect: Package [Integer 0xFFFFFFFFFFFFFFFF, Integer 0xFFFFFFFFFFFFFFFF]
// acpica differs: it ends the table when a method that the table calls fails, though it goes on after the same failure without a method; one bad statement costs itself only (19.6 does not say)
// A method that fails costs the statement that called it.
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TEST", 1)
{
    Name (NULL, 0)
    Name (AAA, 1)
    Method (MAIN) {
        Local0 = Package (2) { }
        Local0 [0] = CondRefOf (AAA)
        Local0 [1] = CondRefOf (BBB)
        Return (Local0)
    }
    Method (FAIL) { Return (1 / NULL) }
    NULL = FAIL ()
    Name (BBB, 1)
}

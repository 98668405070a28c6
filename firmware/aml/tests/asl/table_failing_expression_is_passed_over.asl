// expect: Package [Integer 0xFFFFFFFFFFFFFFFF, Integer 0xFFFFFFFFFFFFFFFF]
// A division by zero fails (19.6, Divide); the rest of the If and of the table does not.
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TEST", 1)
{
    Name (NULL, 0)
    If (NULL == 0) { NULL = (1 / NULL) Name (AAA, 1) }
    Name (BBB, 1)
    Method (MAIN) {
        Local0 = Package (2) { }
        Local0 [0] = CondRefOf (\AAA)
        Local0 [1] = CondRefOf (\BBB)
        Return (Local0)
    }
}

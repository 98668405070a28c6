// expect: Package [Integer 0x0, Integer 0xFFFFFFFFFFFFFFFF, Integer 0xFFFFFFFFFFFFFFFF]
// A field beyond its buffer fails (19.6, CreateField); what follows it in the table does not.
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TEST", 1)
{
    Name (BUF0, Buffer (4) { 1, 2, 3, 4 })
    Device (DEV0) { CreateByteField (BUF0, 9, AAA) Name (BBB, 1) }
    Name (CCC, 1)
    Method (MAIN) {
        Local0 = Package (3) { }
        Local0 [0] = 0
        Local0 [1] = CondRefOf (\DEV0.BBB)
        Local0 [2] = CondRefOf (\CCC)
        Return (Local0)
    }
}

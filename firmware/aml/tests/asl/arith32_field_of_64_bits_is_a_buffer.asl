// expect: Buffer [01 02 03 04 05 06 07 08]
DefinitionBlock ("", "DSDT", 1, "HOTVCP", "ARITH32F", 1)
{
    Name (BUFF, Buffer () { 1, 2, 3, 4, 5, 6, 7, 8 })
    CreateQWordField (BUFF, 0, QFLD)
    Method (MAIN) { Return (QFLD) }
}

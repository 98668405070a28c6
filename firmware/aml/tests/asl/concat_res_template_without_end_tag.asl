// expect: Error OperandValue
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONCATRE", 1)
{
    Name (RT0, Buffer () { 1, 2, 3 })
    Method (MAIN) {
      Return (ConcatenateResTemplate (RT0, RT0))
    }
}

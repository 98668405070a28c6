// expect: Buffer [47 01 10 00 10 00 01 02 22 20 00 79 00]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "CONCATRE", 1)
{
    Name (RT0, ResourceTemplate () { IO (Decode16, 0x10, 0x10, 1, 2) })
    Name (RT1, ResourceTemplate () { IRQNoFlags () { 5 } })
    Method (MAIN) {
      Return (ConcatenateResTemplate (RT0, RT1))
    }
}

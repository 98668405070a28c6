// expect: Buffer [87 17 00 00 0C 03 00 00 00 00 00 20 00 00 FF 1F 00 00 00 00 00 00 00 10 00 00 79 00]
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "BUFFERFI", 1)
{
    Name (RT0, ResourceTemplate () {
      DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, Cacheable, ReadWrite, 0, 0x1000, 0x1FFF, 0, 0x1000,,, MEM0)
    })
    CreateDWordField (RT0, MEM0._MIN, MIN0)
    Method (MAIN) {
      MIN0 = 0x2000
      Return (RT0)
    }
}

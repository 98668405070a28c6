// expect: Integer 0x1
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "NOTIFYDE", 1)
{
    Device (DEV0) { }
    Method (MAIN) {
      Notify (DEV0, 0x80)
      Return (1)
    }
}

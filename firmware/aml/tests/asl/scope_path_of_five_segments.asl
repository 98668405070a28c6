// expect: Integer 0x2A
// A path of more than two segments has a MultiNamePrefix (ACPI 6.5, 20.2.2, MultiNamePath).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SCOPEPAT", 1)
{
    Scope (\_SB)
    {
        Device (AAAA)
        {
            Name (_ADR, 0)
            Device (BBBB)
            {
                Name (_ADR, 0)
                Device (CCCC)
                {
                    Name (_ADR, 0)
                    Name (NUM, 0x2A)
                }
            }
        }
    }

    Method (MAIN, 0)
    {
        Return (\_SB.AAAA.BBBB.CCCC.NUM)
    }
}

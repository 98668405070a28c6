// expect: Integer 0x83
// The value of Notify is an expression (ACPI 6.5, 20.2.5.3, DefNotify).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "NOTIFYVA", 1)
{
    Device (DEV0)
    {
        Name (_ADR, 0)
    }

    Method (MAIN, 0)
    {
        Local0 = 0x80
        Notify (DEV0, Add (Local0, 3, Local1))
        Return (Local1)
    }
}

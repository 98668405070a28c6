// expect: Integer 0x2
// Neither LAnd nor LOr skips its second operand (ACPI 6.5, 20.2.5.4: both are evaluated operands).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "LOGICLAN", 1)
{
    Name (CNT, 0)
    Method (TICK, 0)
    {
        CNT++
        Return (1)
    }

    Method (MAIN, 0)
    {
        Local0 = Zero
        If (Local0 && TICK ())
        {
            Return (0xBAD)
        }
        If (1 || TICK ())
        {
            Return (CNT)
        }
        Return (0xBAD)
    }
}

// expect: Integer 0xF
// The scopes that exist from the beginning (ACPI 6.5, 5.3.1).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SCOPESCO", 1)
{
    Scope (\_GPE)
    {
        Name (NUM, 1)
    }
    Scope (\_SB)
    {
        Name (NUM, 2)
    }
    Scope (\_SI)
    {
        Name (NUM, 4)
    }
    Scope (\_TZ)
    {
        Name (NUM, 8)
    }

    Method (MAIN, 0)
    {
        Return (\_GPE.NUM | \_SB.NUM | \_SI.NUM | \_TZ.NUM)
    }
}

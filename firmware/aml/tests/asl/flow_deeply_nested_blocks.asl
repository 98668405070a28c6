// expect: Integer 0x8
// Eight blocks in one another (ACPI 6.5, 20.2.4: package lengths in package lengths).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FLOWDEEP", 1)
{
    Method (MAIN, 0)
    {
        Local0 = 0
        If (Local0 == 0)
        {
            Local0++
            If (Local0 == 1)
            {
                Local0++
                If (Local0 == 2)
                {
                    Local0++
                    If (Local0 == 3)
                    {
                        Local0++
                        If (Local0 == 4)
                        {
                            Local0++
                            If (Local0 == 5)
                            {
                                Local0++
                                If (Local0 == 6)
                                {
                                    Local0++
                                    If (Local0 == 7)
                                    {
                                        Local0++
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
        Return (Local0)
    }
}

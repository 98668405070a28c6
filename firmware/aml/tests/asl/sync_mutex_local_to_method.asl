// expect: Integer 0x0
// A mutex that a method declares is new for each call (ACPI 6.5, 19.6, Mutex).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SYNCMUTE", 1)
{
    Method (LCK0, 0, Serialized)
    {
        Mutex (MTXL, 2)
        Local0 = Acquire (MTXL, 0x0010)
        Release (MTXL)
        Return (Local0)
    }

    Method (MAIN, 0)
    {
        LCK0 ()
        Return (LCK0 ())
    }
}

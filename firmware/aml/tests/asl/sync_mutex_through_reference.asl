// expect: Integer 0x0
// acpica differs: acpiexec takes only the name itself; ACPI 6.5 (20.2.5.4, MutexObject) takes any SuperName, and 19.6 (Acquire) a reference to a mutex
// Acquire and Release take a reference in an argument (ACPI 6.5, 20.2.5.4, MutexObject is a SuperName).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "SYNCMUTE", 1)
{
    Mutex (MTX0, 0)
    Method (LCK0, 1)
    {
        Local0 = Acquire (Arg0, 0xFFFF)
        Release (Arg0)
        Return (Local0)
    }

    Method (MAIN, 0)
    {
        Return (LCK0 (RefOf (MTX0)))
    }
}

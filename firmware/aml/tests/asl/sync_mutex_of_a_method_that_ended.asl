// expect: Integer 0x0
// A mutex that goes with its method is no longer held, and keeps nobody from a lower level (ACPI 6.5, 5.5.2.3).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "TEST", 1)
{
    Mutex (LOW, 1)
    Method (HOLD, 0, Serialized) { Mutex (HIGH, 5) Acquire (HIGH, 0xFFFF) }
    Method (KEEP) { Mutex (HIGH, 5) Acquire (HIGH, 0xFFFF) }
    Method (MAIN)
    {
        HOLD ()
        KEEP ()
        Return (Acquire (LOW, 0))
    }
}

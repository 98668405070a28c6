// expect: Integer 0x1
// acpica differs: BreakPoint starts acpiexec's debugger; ACPI 6.5 (19.6, BreakPoint) makes it a no-op in production
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "FLOWNOOP", 1)
{
    Method (MAIN)
    {
        Noop
        BreakPoint
        Return (1)
    }
}

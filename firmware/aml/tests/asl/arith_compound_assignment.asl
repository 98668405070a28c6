// expect: Integer 0x31
// The operators with assignment name their left side as operand and as target (ACPI 6.5, 19.1).
DefinitionBlock ("", "DSDT", 2, "HOTVCP", "ARITHCOM", 1)
{
    Method (MAIN, 0)
    {
        Local0 = 10
        Local0 += 5
        Local0 *= 4
        Local0 -= 1
        Local0 |= 0x40
        Local0 &= 0x7D
        Local0 ^= 0x48
        Local0 <<= 2
        Local0 >>= 2
        Return (Local0)
    }
}

//! Kernels of a few instructions, for what no guest of ours does.

/// Where the code of an [`arm64_image`] begins.
pub const CODE: usize = 64;

/// `movz x4, 0x900, lsl 16`: x4 holds the console's address from here on.
pub const CONSOLE: u32 = 0xD2A1_2004;

/// `b .`
pub const HANG: u32 = 0x1400_0000;

/// `mov w0, SYSTEM_OFF`, in two instructions; a call follows.
pub const POWER_OFF: [u32; 2] = [0x5280_0100, 0x72B0_8000];

/// `hvc 0`: how PSCI is called below which there is no EL2.
pub const HVC: u32 = 0xD400_0002;

/// `smc 0`: how it is called otherwise.
pub const SMC: u32 = 0xD400_0003;

/// An arm64 Image of a page with these instructions at these places, the first at [`CODE`].
pub fn arm64_image(pieces: &[(usize, &[u32])]) -> Vec<u8> {
    let mut image = vec![0; 0x1000];
    let mut put = |at: usize, words: &[u32]| {
        for (place, word) in image[at..].chunks_exact_mut(4).zip(words) {
            place.copy_from_slice(&word.to_le_bytes());
        }
    };
    // The header of Linux's boot protocol: a branch over itself; loaded at offset 0, 0x1000 bytes; magic.
    put(0, &[0x1400_0010, 0, 0, 0, 0x1000, 0, 0xA]);
    put(56, &[u32::from_le_bytes(*b"ARM\x64")]);
    for (at, words) in pieces {
        put(*at, words);
    }
    image
}

/// Prints the bytes at x1, x2 of them.
pub const PRINT: [u32; 5] = [
    0xB400_00A2, // cbz x2, past the loop
    0x3840_1423, // ldrb w3, [x1], 1
    0xB900_0083, // str w3, [x4]
    0xD100_0442, // sub x2, x2, 1
    0x17FF_FFFC, // b to its beginning
];

/// Calls CPU_ON for the CPU with this MPIDR, by SMC, and prints the answer without its sign, as one digit.
pub fn cpu_on(mpidr: u16, entry: u16) -> [u32; 9] {
    [
        0x5280_0060,                         // mov w0, 3
        0x72B8_8000,                         // movk w0, 0xC400, lsl 16
        0xD280_0001 | u32::from(mpidr) << 5, // mov x1, MPIDR
        0xD280_0002 | u32::from(entry) << 5, // mov x2, ENTRY
        0xD280_0003,                         // mov x3, 0
        SMC,
        0xCB00_03E0, // neg x0, x0
        0x1100_C003, // add w3, w0, '0'
        0xB900_0083, // str w3, [x4]
    ]
}

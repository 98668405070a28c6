//! What an exception says about itself, and how a trapped access is carried out on the guest's registers.
//!
//! Arm DDI 0487, D24.2.37 (ESR_EL2) and the ISS encodings there.

/// Exception classes (ESR_EL2.EC) that reach the monitor.
pub mod class {
    /// HVC from AArch64.
    pub const HVC: u64 = 0x16;
    /// SMC from AArch64.
    pub const SMC: u64 = 0x17;
    /// MSR, MRS or system instruction.
    pub const SYSTEM_REGISTER: u64 = 0x18;
    /// Instruction abort from a lower level.
    pub const INSTRUCTION_ABORT: u64 = 0x20;
    /// Data abort from a lower level.
    pub const DATA_ABORT: u64 = 0x24;
}

/// ESR_EL2.EC.
pub fn exception_class(syndrome: u64) -> u64 {
    syndrome >> 26 & 0x3F
}

/// A load or store that the monitor has to carry out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// How many bytes: 1, 2, 4 or 8.
    pub bytes: u8,
    /// The general-purpose register; 31 is the zero register.
    pub register: usize,
    /// Whether it writes memory.
    pub write: bool,
    sign_extend: bool,
    wide_register: bool,
}

impl Access {
    /// Reads a data abort's syndrome. `None` if it does not describe one load or store of a general-purpose
    /// register (pairs, atomics, cache maintenance, accesses of the stage 1 walk), or if it is not a translation
    /// fault.
    pub fn decode(syndrome: u64) -> Option<Self> {
        let bit = |position: u32| syndrome >> position & 1 != 0;
        let translation_fault = syndrome & 0x3C == 0x04;
        let (valid, walk, maintenance) = (bit(24), bit(7), bit(8));
        if !valid || walk || maintenance || !translation_fault {
            return None;
        }
        Some(Self {
            bytes: 1 << (syndrome >> 22 & 3),
            register: (syndrome >> 16 & 0x1F) as usize,
            write: bit(6),
            sign_extend: bit(21),
            wide_register: bit(15),
        })
    }

    /// The bits of a value that the access moves.
    pub fn mask(&self) -> u64 {
        u64::MAX >> (64 - 8 * u32::from(self.bytes))
    }

    /// What a load of `value` leaves in the register.
    pub fn loaded(&self, value: u64) -> u64 {
        let value = value & self.mask();
        let unused = 64 - 8 * u32::from(self.bytes);
        let extended = if self.sign_extend {
            ((value << unused) as i64 >> unused) as u64
        } else {
            value
        };
        if self.wide_register {
            extended
        } else {
            extended & u64::from(u32::MAX)
        }
    }
}

/// A trapped write to a system register, and from which register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SystemWrite {
    /// ICC_SGI1R_EL1: the guest's inter-processor interrupts.
    Sgi1(usize),
    /// ICC_ASGI1R_EL1 or ICC_SGI0R_EL1: of the other group. The guest has no other group, so nothing happens.
    SgiOfOtherGroup,
}

impl SystemWrite {
    /// Reads the syndrome of class [`class::SYSTEM_REGISTER`]; `None` for anything else than these.
    pub fn decode(syndrome: u64) -> Option<Self> {
        // Op0 20..22, Op2 17..20, Op1 14..17, CRn 10..14, CRm 1..5, direction 0.
        const REGISTER: u64 = 0x003F_FC1F;
        const fn encoding(op2: u64) -> u64 {
            3 << 20 | op2 << 17 | 12 << 10 | 11 << 1
        }
        let source = (syndrome >> 5 & 0x1F) as usize;
        match syndrome & REGISTER {
            sgi1r if sgi1r == encoding(5) => Some(Self::Sgi1(source)),
            other if other == encoding(6) || other == encoding(7) => Some(Self::SgiOfOtherGroup),
            _ => None,
        }
    }
}

/// What EL1 has to find when an exception is given to it (the state is then EL1 with SP_EL1, all interrupts masked).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Injection {
    /// Offset from VBAR_EL1.
    pub vector: u64,
    /// ESR_EL1.
    pub syndrome: u64,
}

impl Injection {
    /// A synchronous external abort in answer to an abort with this syndrome, taken from a guest whose SPSR_EL2 is
    /// `state`.
    pub fn external_abort(syndrome: u64, state: u64) -> Self {
        const SYNCHRONOUS_EXTERNAL: u64 = 0x10;
        let from_el0 = state & 0xF == 0;
        let same_level = u64::from(!from_el0);
        let class = match exception_class(syndrome) {
            class::INSTRUCTION_ABORT => 0x20 + same_level,
            _ => 0x24 + same_level,
        };
        let write = syndrome & 1 << 6;
        let long = syndrome & 1 << 25;
        Self {
            vector: synchronous_vector(state),
            syndrome: class << 26 | long | write | SYNCHRONOUS_EXTERNAL,
        }
    }

    /// An undefined instruction.
    pub fn undefined(state: u64) -> Self {
        Self {
            vector: synchronous_vector(state),
            syndrome: 1 << 25,
        }
    }
}

/// The vector of a synchronous exception, by where it comes from: EL1 with SP_EL0 or SP_EL1, EL0 in AArch64 or 32.
fn synchronous_vector(state: u64) -> u64 {
    match state & 0x1F {
        0b0_0100 => 0x000,
        0b0_0101 => 0x200,
        0b0_0000 => 0x400,
        _ => 0x600,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRANSLATION: u64 = 0x24 << 26 | 1 << 25 | 1 << 24 | 0x06;

    fn access(size: u64, register: u64, rest: u64) -> Access {
        let syndrome = TRANSLATION | size << 22 | register << 16 | rest;
        Access::decode(syndrome).expect("one load or store")
    }

    #[test]
    fn loads_extend_as_the_instruction_says() {
        let (signed, wide) = (1 << 21, 1 << 15);
        assert_eq!(access(0, 3, 0).loaded(0x1FF), 0xFF, "ldrb w");
        assert_eq!(access(0, 3, signed).loaded(0x80), 0xFFFF_FF80, "ldrsb w");
        assert_eq!(
            access(1, 3, signed | wide).loaded(0x8000),
            0xFFFF_FFFF_FFFF_8000,
            "ldrsh x"
        );
        assert_eq!(
            access(2, 3, signed | wide).loaded(0x8000_0000),
            0xFFFF_FFFF_8000_0000,
            "ldrsw"
        );
        assert_eq!(access(3, 3, wide).loaded(u64::MAX), u64::MAX, "ldr x");
    }

    #[test]
    fn a_store_names_its_register() {
        let store = access(2, 31, 1 << 6);
        assert!(store.write);
        assert_eq!(
            (store.register, store.bytes, store.mask()),
            (31, 4, 0xFFFF_FFFF)
        );
    }

    #[test]
    fn what_is_no_simple_access_is_not_carried_out() {
        assert_eq!(Access::decode(TRANSLATION & !(1 << 24)), None, "a pair");
        assert_eq!(Access::decode(TRANSLATION | 1 << 7), None, "a stage 1 walk");
        assert_eq!(
            Access::decode(TRANSLATION | 1 << 8),
            None,
            "cache maintenance"
        );
        assert_eq!(
            Access::decode(TRANSLATION | 0x0C),
            None,
            "a permission fault"
        );
    }

    #[test]
    fn writes_that_send_interrupts_are_known() {
        // msr ICC_SGI1R_EL1, x7: S3_0_C12_C11_5.
        let syndrome = 0x18 << 26 | 1 << 25 | 3 << 20 | 5 << 17 | 12 << 10 | 7 << 5 | 11 << 1;
        assert_eq!(SystemWrite::decode(syndrome), Some(SystemWrite::Sgi1(7)));
        let other = syndrome + (2 << 17);
        assert_eq!(
            SystemWrite::decode(other),
            Some(SystemWrite::SgiOfOtherGroup)
        );
        assert_eq!(SystemWrite::decode(syndrome | 1), None, "a read");
        assert_eq!(
            SystemWrite::decode(syndrome ^ 1 << 14),
            None,
            "another register"
        );
    }

    #[test]
    fn an_abort_goes_back_as_the_level_it_came_from() {
        let write_abort = TRANSLATION | 1 << 6;
        let from_el1 = Injection::external_abort(write_abort, 0x3C5);
        assert_eq!((from_el1.vector, from_el1.syndrome), (0x200, 0x9600_0050));
        let from_el0 = Injection::external_abort(0x20 << 26 | 1 << 25 | 6, 0);
        assert_eq!((from_el0.vector, from_el0.syndrome), (0x400, 0x8200_0010));
    }
}

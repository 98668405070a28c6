//! Kernels of both formats, and files that are none.

use hotvcpu_boot::kernel_image::{KernelError, LoadPlan, Segment};

const RAM: std::ops::Range<u64> = 0x4020_0000..0x4400_0000;

/// A program header's fields.
#[derive(Clone, Copy)]
struct Header {
    kind: u32,
    flags: u32,
    offset: u64,
    address: u64,
    file_size: u64,
    memory_size: u64,
}

const TEXT: Header = Header {
    kind: 1,
    flags: 5,
    offset: 0x1000,
    address: 0x4020_0000,
    file_size: 0x800,
    memory_size: 0x800,
};

const DATA: Header = Header {
    kind: 1,
    flags: 6,
    offset: 0x1800,
    address: 0x4030_0000,
    file_size: 0x100,
    memory_size: 0x5000,
};

const LENGTH: u32 = 0x1900;

fn elf(headers: &[Header]) -> Vec<u8> {
    let mut bytes = b"\x7FELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
    bytes.extend([2, 0, 183, 0, 1, 0, 0, 0]);
    bytes.extend(0x4020_0040u64.to_le_bytes()); // entry
    bytes.extend(64u64.to_le_bytes()); // program headers
    bytes.extend([0; 12]);
    bytes.extend([64, 0, 56, 0, headers.len() as u8, 0, 0, 0, 0, 0, 0, 0]);
    for header in headers {
        bytes.extend(header.kind.to_le_bytes());
        bytes.extend(header.flags.to_le_bytes());
        let (address, size) = (header.address, header.file_size);
        let numbers = [
            header.offset,
            address,
            address,
            size,
            header.memory_size,
            0x1000,
        ];
        bytes.extend(numbers.map(u64::to_le_bytes).concat());
    }
    bytes
}

fn plan(head: &[u8]) -> Result<LoadPlan, KernelError> {
    LoadPlan::new(head, LENGTH, &[RAM])
}

fn refusal(header: Header) -> KernelError {
    plan(&elf(&[TEXT, header])).expect_err("the header is wrong")
}

#[test]
fn an_elf_file_goes_where_its_segments_say() {
    let note = Header {
        kind: 4,
        address: 0,
        ..TEXT
    };
    let plan = plan(&elf(&[note, TEXT, DATA])).expect("a proper kernel");
    assert_eq!(plan.entry, 0x4020_0040);
    assert_eq!(plan.range, 0x4020_0000..0x4030_5000);
    let text = Segment {
        file: 0x1000..0x1800,
        address: 0x4020_0000,
        zeros: 0,
        length: 0x800,
    };
    let data = Segment {
        file: 0x1800..0x1900,
        address: 0x4030_0000,
        zeros: 0x4F00,
        length: 0x5000,
    };
    assert_eq!(plan.segments, [text, data]);
}

#[test]
fn elf_files_of_other_kinds_are_refused() {
    let with = |offset: usize, byte: u8| {
        let mut bytes = elf(&[TEXT]);
        bytes[offset] = byte;
        plan(&bytes).err()
    };
    assert_eq!(with(4, 1), Some(KernelError::Class), "32 bits");
    assert_eq!(with(5, 2), Some(KernelError::Class), "big-endian");
    assert_eq!(with(18, 62), Some(KernelError::Machine(62)), "x86");
    assert_eq!(with(16, 3), Some(KernelError::Type(3)), "relocatable");
    assert_eq!(with(56, 0), Some(KernelError::Empty), "no segments");
    assert_eq!(
        with(54, 32),
        Some(KernelError::Segment(0)),
        "headers of another size"
    );
    assert_eq!(with(24, 0xFF), None, "another entry in the segment");
    assert_eq!(
        with(25, 8),
        Some(KernelError::Entry(0x4020_0840)),
        "an entry outside"
    );
    assert_eq!(
        with(33, 0x10),
        Some(KernelError::Headers(0x1078)),
        "headers not in the head"
    );
    let truncated = KernelError::Truncated {
        length: LENGTH,
        needed: 0x2078,
    };
    assert_eq!(with(33, 0x20), Some(truncated), "headers out of the file");
    let truncated = KernelError::Truncated {
        length: LENGTH,
        needed: 64,
    };
    assert_eq!(plan(&elf(&[TEXT])[..63]), Err(truncated));
}

#[test]
fn segments_that_do_not_fit_are_refused() {
    let long = Header {
        file_size: 0x101,
        ..DATA
    };
    let truncated = KernelError::Truncated {
        length: LENGTH,
        needed: 0x1901,
    };
    assert_eq!(refusal(long), truncated);
    let endless = Header {
        offset: u64::MAX,
        ..DATA
    };
    let truncated = KernelError::Truncated {
        length: LENGTH,
        needed: u64::MAX,
    };
    assert_eq!(refusal(endless), truncated);
    let shrinking = Header {
        memory_size: 0xFF,
        ..DATA
    };
    assert_eq!(refusal(shrinking), KernelError::Segment(1));
    let overlap = Header {
        address: 0x4020_07FF,
        ..DATA
    };
    assert_eq!(refusal(overlap), KernelError::Overlap(0x4020_07FF));
    for address in [0, 0x401F_FFFF, 0x43FF_B001, u64::MAX - 1] {
        let outside = Header { address, ..DATA };
        let refused = KernelError::OutOfMemory {
            start: address,
            length: 0x5000,
        };
        assert_eq!(refusal(outside), refused);
    }
    let huge = Header {
        memory_size: u64::MAX,
        ..DATA
    };
    let refused = KernelError::OutOfMemory {
        start: DATA.address,
        length: u64::MAX,
    };
    assert_eq!(refusal(huge), refused);
    let data_only = Header { flags: 6, ..TEXT };
    let entry = plan(&elf(&[data_only])).err();
    assert_eq!(entry, Some(KernelError::Entry(0x4020_0040)));
}

fn image(text_offset: u64, size: u64, flags: u64) -> Vec<u8> {
    let mut bytes = vec![0; 8];
    bytes.extend(
        [text_offset, size, flags, 0, 0, 0]
            .map(u64::to_le_bytes)
            .concat(),
    );
    bytes.extend(b"ARM\x64\0\0\0\0");
    bytes
}

#[test]
fn an_image_goes_to_the_lowest_place_that_fits() {
    let plan = |image: &[u8], allowed: &[_]| LoadPlan::new(image, 0x3000, allowed);
    let placed = plan(&image(0, 0x8000, 0xA), &[RAM]).expect("a proper kernel");
    assert_eq!(
        (placed.entry, placed.range),
        (0x4020_0000, 0x4020_0000..0x4020_8000)
    );
    let segment = Segment {
        file: 0..0x3000,
        address: 0x4020_0000,
        zeros: 0,
        length: 0x8000,
    };
    assert_eq!(placed.segments, [segment]);
    let holes = [
        0x4000_1000..0x4000_9000,
        0x4001_0000..0x4021_0000,
        0x5000_0000..0x5100_0000,
    ];
    let placed = plan(&image(0, 0x8000, 0xA), &holes).expect("it fits at a multiple of 2 MiB");
    assert_eq!(placed.entry, 0x4020_0000);
    let placed = plan(&image(0x8_0000, 0x8000, 0xA), &[RAM]).expect("it fits at its offset");
    assert_eq!(placed.entry, 0x4028_0000);
    let old = plan(&image(0, 0, 0), &[RAM]).expect("an old kernel has an offset of its own");
    assert_eq!((old.entry, old.range.end), (0x4028_0000, 0x4028_3000));
}

#[test]
fn images_that_cannot_be_loaded_are_refused() {
    let refusal = |bytes: &[u8]| plan(bytes).expect_err("it cannot be loaded");
    let size = RAM.end - RAM.start + 1;
    assert_eq!(refusal(&image(0, size, 0)), KernelError::TooBig(size));
    assert_eq!(
        refusal(&image(0, u64::MAX, 0)),
        KernelError::TooBig(u64::MAX)
    );
    assert_eq!(
        refusal(&image(u64::MAX, 1, 0)),
        KernelError::TooBig(LENGTH.into())
    );
    assert_eq!(refusal(&image(0, 0x1000, 1)), KernelError::BigEndian);
    assert_eq!(
        refusal(b"\x1F\x8B\x08\0rest"),
        KernelError::Format([0x1F, 0x8B, 8, 0])
    );
    assert_eq!(refusal(b""), KernelError::Format([0; 4]));
    let nothing = LoadPlan::new(&image(0, 0, 0), 0, &[RAM]);
    assert_eq!(nothing, Err(KernelError::Format([0; 4])), "an empty file");
}

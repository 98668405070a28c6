//! What the ROM writes is what the kernel reads.

use hotvcpu_boot::device_tree::Conduit;
use hotvcpu_boot::handover::{
    Area, Handover, HandoverError, LENGTH, MAX_RANGES, RANGE_LENGTH, Range, RangeKind,
};

fn example() -> Handover {
    Handover {
        rsdp: Some(0x43FF_F000),
        cmdline: Area {
            address: 0x43FD_E100,
            length: 11,
        },
        initrd: Area::default(),
        ranges: 0x43FD_E058,
        range_count: 2,
        device_tree: Some(0x4000_0000),
        entry_counter: Some(77),
        console: Some(0x0900_0000),
        rtc: Some(0x0901_0000),
        psci: Some(Conduit::Smc),
    }
}

#[test]
fn the_structure_survives_its_encoding() {
    let bytes = example().encode();
    assert_eq!(&bytes[..8], b"HOTVCPU1");
    assert_eq!(bytes[8..16], [3, 0, 0, 0, LENGTH as u8, 0, 0, 0]);
    assert_eq!(Handover::parse(&bytes), Ok(example()));
    let nothing = Handover::default();
    assert_eq!(Handover::parse(&nothing.encode()), Ok(nothing));
}

#[test]
fn fields_stand_where_the_protocol_says() {
    let bytes = example().encode();
    let field = |offset: usize| {
        let field = bytes[offset..offset + 8].try_into().expect("eight bytes");
        u64::from_le_bytes(field)
    };
    let values = [16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 96, 104].map(field);
    let wanted = [
        0x43FF_F000,
        0x43FD_E100,
        11,
        0,
        0,
        0x43FD_E058,
        2,
        0x4000_0000,
        77,
        0x0900_0000,
        0x0901_0000,
        2,
    ];
    assert_eq!(values, wanted);
}

#[test]
fn other_structures_and_versions_are_refused() {
    let tree = [0xD0, 0x0D, 0xFE, 0xED, 0, 0, 0, 0];
    assert_eq!(Handover::parse(&tree), Err(HandoverError::Magic));
    assert_eq!(Handover::parse(&[]), Err(HandoverError::Magic));
    let good = example().encode();
    let short = Handover::parse(&good[..LENGTH - 1]);
    assert_eq!(short, Err(HandoverError::Truncated(LENGTH - 1)));
    let mut newer = good;
    newer[8] = 4;
    assert_eq!(Handover::parse(&newer), Err(HandoverError::Version(4)));
    let mut longer = good;
    longer[12] = 120;
    assert_eq!(Handover::parse(&longer), Err(HandoverError::Size(120)));
    let mut strange = good;
    strange[104] = 3;
    assert_eq!(Handover::parse(&strange), Err(HandoverError::Conduit(3)));
    let many = Handover {
        range_count: MAX_RANGES + 1,
        ..example()
    };
    let refused = Err(HandoverError::TooManyRanges(MAX_RANGES + 1));
    assert_eq!(Handover::parse(&many.encode()), refused);
}

#[test]
fn ranges_are_read_and_checked() {
    let usable = Range {
        start: 0x4010_0000,
        end: 0x4400_0000,
        kind: RangeKind::Usable,
    };
    let reserved = Range {
        start: 0x4000_0000,
        end: 0x4010_0000,
        kind: RangeKind::Reserved,
    };
    let bytes = [reserved.encode(), usable.encode()].concat();
    let ranges: Vec<_> = example().ranges(&bytes).expect("enough bytes").collect();
    assert_eq!(ranges, [Ok(reserved), Ok(usable)]);

    let wanted = 2 * RANGE_LENGTH;
    let short = example().ranges(&bytes[1..]).err();
    assert_eq!(
        short,
        Some(HandoverError::RangesTruncated {
            got: wanted - 1,
            wanted
        })
    );

    let mut strange = bytes.clone();
    strange[16] = 9;
    strange[RANGE_LENGTH + 8..RANGE_LENGTH + 16].fill(0);
    let ranges: Vec<_> = example().ranges(&strange).expect("enough bytes").collect();
    let kind = HandoverError::RangeKind { index: 0, kind: 9 };
    let order = HandoverError::RangeOrder {
        index: 1,
        start: 0x4010_0000,
        end: 0,
    };
    assert_eq!(ranges, [Err(kind), Err(order)]);
}

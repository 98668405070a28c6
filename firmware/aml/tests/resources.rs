//! Resource descriptors: each kind from bytes that `iasl` makes, and any bytes at all.

mod support;

use hotvcpu_aml::RegionSpace;
use hotvcpu_aml::resources::{AddressKind, Polarity, Resource, ResourceError, Trigger, decode};
use support::acpica::compile_body;
use support::machine::Machine;

/// The resources of a template in ASL.
fn template(name: &str, descriptors: &str) -> Vec<Resource> {
    let body = format!("Name (CRS0, ResourceTemplate () {{ {descriptors} }})");
    let mut host = Machine::default();
    let mut interpreter = hotvcpu_aml::Interpreter::new(hotvcpu_aml::Limits::default());
    interpreter
        .load_table(&compile_body(name, "DSDT", &body), &mut host)
        .expect("a table");
    let value = interpreter.evaluate_path("\\CRS0", &[], &mut host);
    let value = value.expect("a buffer");
    decode(value.as_buffer().expect("a buffer"))
        .collect::<Result<Vec<_>, _>>()
        .expect("well-formed")
}

#[test]
fn interrupts() {
    let resources = template(
        "res_interrupts",
        "IRQ (Level, ActiveLow, Shared) { 3, 9 }
         IRQNoFlags () { 5 }
         Interrupt (ResourceConsumer, Edge, ActiveHigh, Exclusive) { 41, 0x10000 }",
    );
    let [
        Resource::Irq(irq),
        Resource::Irq(plain),
        Resource::ExtendedInterrupt(extended),
    ] = resources.as_slice()
    else {
        panic!("{resources:?}");
    };
    assert_eq!(irq.mask, 1 << 3 | 1 << 9);
    assert_eq!((irq.trigger, irq.polarity), (Trigger::Level, Polarity::Low));
    assert!(irq.shared && !irq.wake);
    assert_eq!(plain.mask, 1 << 5);
    assert_eq!(
        (plain.trigger, plain.polarity),
        (Trigger::Edge, Polarity::High)
    );
    assert_eq!(extended.gsis, [41, 0x10000]);
    assert!(extended.consumer && !extended.shared);
    assert_eq!(extended.trigger, Trigger::Edge);
    assert_eq!(extended.polarity, Polarity::High);
}

#[test]
fn ports_and_memory() {
    let resources = template(
        "res_ports",
        "IO (Decode16, 0xCD8, 0xCE0, 0x08, 0x0C)
         FixedIO (0x60, 0x05)
         Memory24 (ReadOnly, 0x0010, 0x0020, 0x0004, 0x0002)
         Memory32 (ReadWrite, 0x1000, 0x2000, 0x10, 0x100)
         Memory32Fixed (ReadWrite, 0x090C0000, 0x0C)",
    );
    let [
        Resource::Io(io),
        Resource::FixedIo(fixed_io),
        Resource::Memory24(memory24),
        Resource::Memory32(memory32),
        Resource::Memory32Fixed(fixed),
    ] = resources.as_slice()
    else {
        panic!("{resources:?}");
    };
    assert!(io.decode16);
    assert_eq!(
        (io.min, io.max, io.alignment, io.length),
        (0xCD8, 0xCE0, 8, 12)
    );
    assert_eq!(
        (fixed_io.min, fixed_io.max, fixed_io.length),
        (0x60, 0x60, 5)
    );
    assert_eq!(
        (memory24.min, memory24.max, memory24.length),
        (0x1000, 0x2000, 0x200)
    );
    assert!(!memory24.writable);
    assert_eq!((memory32.min, memory32.max), (0x1000, 0x2000));
    assert_eq!((memory32.alignment, memory32.length), (0x10, 0x100));
    assert_eq!(
        (fixed.min, fixed.max, fixed.length),
        (0x090C_0000, 0x090C_0000, 12)
    );
}

#[test]
fn address_spaces() {
    let resources = template(
        "res_address",
        r#"WordBusNumber (ResourceProducer, MinFixed, MaxFixed, PosDecode, 0, 0, 0xFF, 0, 0x100)
           DWordMemory (ResourceConsumer, SubDecode, MinFixed, MaxFixed, Cacheable, ReadWrite,
               0, 0x80000000, 0x8FFFFFFF, 0x1000, 0x10000000, 3, "\\_SB.PCI0")
           QWordIO (ResourceProducer, MinFixed, MaxNotFixed, PosDecode, EntireRange,
               0, 0x100000000, 0x1FFFFFFFF, 0, 0x100000000)
           ExtendedMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed, Cacheable, ReadWrite,
               0, 0x1000, 0x1FFF, 0, 0x1000, 0x8)"#,
    );
    let spaces: Vec<_> = resources
        .iter()
        .map(|resource| match resource {
            Resource::AddressSpace(space) => space,
            other => panic!("{other:?}"),
        })
        .collect();
    let kinds = spaces.iter().map(|space| space.kind).collect::<Vec<_>>();
    assert_eq!(
        kinds,
        [
            AddressKind::BusNumber,
            AddressKind::Memory,
            AddressKind::Io,
            AddressKind::Memory
        ]
    );
    assert_eq!((spaces[0].range.max, spaces[0].range.length), (0xFF, 0x100));
    assert!(!spaces[0].consumer && spaces[1].consumer && spaces[1].subtractive);
    assert_eq!(spaces[1].source, Some((3, "\\_SB.PCI0".into())));
    assert_eq!(spaces[1].range.translation, 0x1000);
    assert_eq!(spaces[2].range.min, 0x1_0000_0000);
    assert!(spaces[2].min_fixed && !spaces[2].max_fixed);
    assert_eq!(spaces[3].attributes, 8);
}

#[test]
fn registers_dma_vendor_data_and_dependent_functions() {
    let resources = template(
        "res_others",
        "StartDependentFn (0, 2) { DMA (TypeF, BusMaster, Transfer16) { 4 } }
         StartDependentFnNoPri () { IRQNoFlags () { 5 } }
         EndDependentFn ()
         FixedDMA (7, 2, Width64bit)
         Register (SystemMemory, 32, 0, 0xFED00000, 3)
         VendorShort () { 1, 2 }
         VendorLong () { 1, 2, 3, 4, 5, 6, 7, 8 }",
    );
    let [
        Resource::StartDependent { priority: 0b1000 },
        Resource::Dma { mask: 0x10, .. },
        Resource::StartDependent { priority: 0b0101 },
        Resource::Irq(_),
        Resource::EndDependent,
        Resource::FixedDma {
            request: 7,
            channel: 2,
            width: 3,
        },
        Resource::Register {
            space,
            bit_width: 32,
            bit_offset: 0,
            access_size: 3,
            address,
        },
        Resource::Vendor(short),
        Resource::Vendor(long),
    ] = resources.as_slice()
    else {
        panic!("{resources:?}");
    };
    assert_eq!((*space, *address), (RegionSpace::SystemMemory, 0xFED0_0000));
    assert_eq!(short.as_slice(), [1, 2]);
    assert_eq!(long.as_slice(), [1, 2, 3, 4, 5, 6, 7, 8]);
}

#[test]
fn connections() {
    let resources = template(
        "res_connections",
        r#"GpioInt (Edge, ActiveBoth, Exclusive, PullUp, 100, "\\_SB.GPI0", 0,,,
               RawDataBuffer (1) { 0xAA }) { 12 }
           GpioIo (Exclusive, PullDefault, 0, 0, IoRestrictionOutputOnly, "\\_SB.GPI1") { 1, 300 }
           I2cSerialBus (0x1D, ControllerInitiated, 400000, AddressingMode7Bit, "\\_SB.I2C0")"#,
    );
    let [
        Resource::Gpio(interrupt),
        Resource::Gpio(output),
        Resource::SerialBus(i2c),
    ] = resources.as_slice()
    else {
        panic!("{resources:?}");
    };
    assert!(interrupt.interrupt && !output.interrupt);
    assert_eq!(interrupt.pins, [12]);
    assert_eq!(interrupt.debounce, 100);
    assert_eq!(interrupt.pin_config, 1);
    assert_eq!(interrupt.source, "\\_SB.GPI0");
    assert_eq!(interrupt.vendor, [0xAA]);
    assert_eq!(output.pins, [1, 300]);
    assert_eq!((i2c.bus, i2c.source.as_str()), (1, "\\_SB.I2C0"));
    assert_eq!(i2c.type_data[..4], 400_000u32.to_le_bytes());
}

#[test]
fn what_is_cut_off_or_reserved_is_an_error_and_ends_the_template() {
    let results = |bytes: &[u8]| decode(bytes).collect::<Vec<_>>();
    assert_eq!(results(&[]), [Err(ResourceError::NoEndTag)]);
    assert_eq!(results(&[0x79, 0]), []);
    assert_eq!(
        results(&[0x22, 1]),
        [Err(ResourceError::Truncated { tag: 0x22 })]
    );
    assert_eq!(
        results(&[0x86, 2, 0, 1, 2, 0x79, 0]),
        [Err(ResourceError::Truncated { tag: 0x86 })]
    );
    assert_eq!(
        results(&[0x08, 0x79]),
        [Err(ResourceError::Reserved { tag: 0x08 })]
    );
    assert_eq!(
        results(&[0x80, 0, 0]),
        [Err(ResourceError::Reserved { tag: 0x80 })]
    );
}

proptest::proptest! {
    #[test]
    fn any_bytes_end_with_the_end_tag_or_one_error(bytes: Vec<u8>) {
        let results: Vec<_> = decode(&bytes).collect();
        proptest::prop_assert!(results.len() <= bytes.len() + 1);
        let errors = results.iter().filter(|result| result.is_err()).count();
        proptest::prop_assert!(errors <= 1 && results.iter().rev().skip(1).all(Result::is_ok));
    }

    #[test]
    fn a_damaged_large_descriptor_is_an_error_at_worst(
        tag in 0x80u8..=0x95,
        body in proptest::collection::vec(proptest::num::u8::ANY, 0..64),
    ) {
        let mut bytes = vec![tag, body.len() as u8, 0];
        bytes.extend(body);
        bytes.extend([0x79, 0]);
        proptest::prop_assert!(decode(&bytes).count() <= 1);
    }
}

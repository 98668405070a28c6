//! Fields behind buses and pins, as the host sees their transfers. What AML sees of them is in `tests/asl/bus_*`.

mod support;

use hotvcpu_aml::{Direction, ErrorKind, Limits, Protocol, RegionError, RegionSpace, resources};
use support::machine::Machine;
use support::{call, failure, int, with_body};

#[test]
fn a_field_of_a_bus_says_command_protocol_and_connection() {
    let body = r#"
        Device (BUS0) { Name (_HID, "TEST0001") }
        Name (RES0, ResourceTemplate () {
            I2cSerialBusV2 (0x50, ControllerInitiated, 400000, AddressingMode7Bit, "\\BUS0")
        })
        OperationRegion (GSBD, GenericSerialBus, 0x30, 0x100)
        Field (GSBD, BufferAcc, NoLock, Preserve) {
            Connection (RES0), AccessAs (BufferAcc, AttribByte), Offset (4), FLD0, 8,
            Connection (I2cSerialBusV2 (0x51, ControllerInitiated, 400000, AddressingMode7Bit, "\\BUS0")),
            AccessAs (BufferAcc, AttribRawBytes (6)), FLD1, 8
        }
        Method (MAIN) { Local0 = Buffer (3) { 0, 1, 0x55 } FLD0 = Local0 Return (FLD1) }
    "#;
    let (mut interpreter, mut host) = with_body("bus", body, Limits::default());
    call(&mut interpreter, &mut host, "\\MAIN").expect("two transfers");
    let [write, read] = host.transfers.as_slice() else {
        panic!("{:?}", host.transfers);
    };
    let named = call(&mut interpreter, &mut Machine::default(), "\\RES0").expect("RES0");
    assert_eq!(write.connection.as_deref(), named.as_buffer());
    let write = (
        write.direction,
        write.address,
        write.command,
        write.protocol,
        &write.sent,
    );
    let sent = vec![0, 1, 0x55];
    assert_eq!(write, (Direction::Write, 0x30, 4, Protocol::Byte, &sent));
    assert_eq!(read.direction, Direction::Read);
    assert_eq!((read.command, read.protocol), (5, Protocol::RawBytes(6)));
    let template = read.connection.as_deref().expect("a connection");
    let decoded: Vec<_> = resources::decode(template).collect();
    let [Ok(resources::Resource::SerialBus(bus)), ..] = decoded.as_slice() else {
        panic!("{decoded:?}");
    };
    // The last two bytes of an I2C descriptor's own data are the slave address.
    assert_eq!(bus.type_data.get(4..6), Some(&[0x51, 0][..]));
}

#[test]
fn pins_are_counted_from_their_connection_and_leave_others_alone() {
    let body = r#"
        Device (GPI0) {
            Name (_HID, "TEST0002")
            OperationRegion (GPO0, GeneralPurposeIo, 0, 2)
            Field (GPO0, ByteAcc, NoLock, Preserve) {
                Connection (GpioIo (Exclusive, PullDefault, 0, 0, IoRestrictionNone, "\\GPI0") { 1, 2 }),
                ONE0, 1,
                Connection (GpioIo (Exclusive, PullDefault, 0, 0, IoRestrictionNone, "\\GPI0") { 3, 4, 5, 6 }),
                TWO0, 1, TWO1, 3
            }
        }
        Method (MAIN) { \GPI0.TWO1 = 0x1D Return (\GPI0.TWO1) }
        Method (FRST) { Return (\GPI0.TWO0) }
    "#;
    let (mut interpreter, mut host) = with_body("pins", body, Limits::default());
    host.pins = 1;
    assert_eq!(call(&mut interpreter, &mut host, "\\MAIN"), Ok(int(5)));
    assert_eq!(host.pins, 0b1011, "three pins behind the first one");
    assert_eq!(call(&mut interpreter, &mut host, "\\FRST"), Ok(int(1)));
    let [write, read, first] = host.transfers.as_slice() else {
        panic!("{:?}", host.transfers);
    };
    assert_eq!((write.direction, write.command), (Direction::Write, 1));
    assert_eq!(write.protocol, Protocol::Pins(3));
    assert_eq!((read.direction, read.command), (Direction::Read, 1));
    assert_eq!((first.command, first.protocol), (0, Protocol::Pins(1)));
}

#[test]
fn a_bus_that_the_host_does_not_serve_is_an_error_with_its_reason() {
    let body = r#"
        OperationRegion (SMBD, SMBus, 0x4200, 0x100)
        Field (SMBD, BufferAcc, NoLock, Preserve) { AccessAs (BufferAcc, AttribByte), Offset (2), FLD0, 8 }
        Method (MAIN) { Return (FLD0) }
    "#;
    let (mut interpreter, mut host) = with_body("bus_refused", body, Limits::default());
    host.fail_access_in = Some(0);
    let kind = failure(&mut interpreter, &mut host, "\\MAIN");
    let space = RegionSpace::SmBus;
    let expected = ErrorKind::Region {
        space,
        address: 0x4202,
        reason: RegionError::Failed,
    };
    assert_eq!(kind, expected);
}

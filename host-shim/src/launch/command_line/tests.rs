//! The command line of every machine.

use super::*;
use crate::machine::Machine;

fn spec(machine: Machine) -> LaunchSpec {
    LaunchSpec {
        name: "a,b".to_owned(),
        profile: machine.profile().expect("a valid profile"),
        machine_type: None,
        backend: BackendKind::Native,
        firmware: None,
        accel: Accel::TcgMulti,
        kernel: PathBuf::from("/proc/self/exe"),
        cmdline: "workload=paced".to_owned(),
        cpus: 2,
        max_cpus: 8,
        topology: Some("sockets=2".to_owned()),
        memory_mib: 48,
        cpu_model: None,
        console: Console::Captured,
        agent: true,
        extra_args: vec!["-no-reboot".into()],
    }
}

fn line(machine: Machine) -> String {
    text(&spec(machine))
}

fn text(spec: &LaunchSpec) -> String {
    let (events, console) = (Path::new("/r/ev,1"), Path::new("/r/con"));
    let arguments = spec.arguments(events, console, Path::new("/r/control"));
    arguments.join(" ".as_ref()).into_string().expect("text")
}

#[test]
fn the_line_says_what_was_asked() {
    let line = line(Machine::Q35);
    for part in [
        "-name guest=a,,b",
        "-machine q35",
        "-accel tcg,thread=multi",
        "-smp 2,maxcpus=8,sockets=2",
        "-m 48M",
        "-chardev file,id=events,append=on,path=/r/ev,,1",
        "-device isa-debugcon,iobase=0xe9,chardev=events",
        "-append events=debugcon:0xe9 debug_exit=0xf4 workload=paced -no-reboot",
    ] {
        assert!(line.contains(part), "{part} is not in {line}");
    }
    assert!(!line.contains("-cpu "), "{line}");
}

#[test]
fn a_native_aarch64_host_gets_the_machine_that_libvirt_would_start() {
    let mut native = spec(Machine::Virt);
    native.firmware = Some(PathBuf::from("/rom.bin"));
    let line = text(&native);
    for part in [
        "-machine virt,gic-version=3 -accel",
        "-cpu cortex-a57",
        "-smp 2,maxcpus=8,",
        "-global virtio-mmio.force-legacy=false",
        "-device virtconsole,bus=events-bus.0,chardev=events",
        "-bios /rom.bin -kernel /proc/self/exe",
        "-append events=virtio-mmio:0xa000000 workload=paced",
    ] {
        assert!(line.contains(part), "{part} is not in {line}");
    }
    assert!(!line.contains("id=control"), "{line}");
}

#[test]
fn a_monitor_gets_all_cpus_its_channel_and_its_orders() {
    let mut monitored = spec(Machine::Virt);
    monitored.backend = BackendKind::Monitor(Generation::Old);
    monitored.machine_type = Some("virt-8.2".to_owned());
    monitored.cpu_model = Some("max".to_owned());
    let line = text(&monitored);
    for part in [
        "-machine virt-8.2,gic-version=3,virtualization=on",
        "-cpu max",
        "-smp 8,maxcpus=8,",
        "-chardev pipe,id=control,path=/r/control ",
        "-device virtconsole,bus=control-bus.0,chardev=control",
        "-fw_cfg name=opt/hotvcpu/monitor,string=generation=old vcpus=2 control=0xa003e00",
    ] {
        assert!(line.contains(part), "{part} is not in {line}");
    }
}

#[test]
fn every_machine_starts_stopped_and_with_its_events() {
    for machine in Machine::ALL {
        let line = line(machine);
        assert!(
            line.contains(" -S ") && line.contains("chardev=events"),
            "{line}"
        );
    }
}

#[test]
fn every_machine_has_an_agent_port_unless_it_is_to_have_none() {
    for machine in Machine::ALL {
        let mut spec = spec(machine);
        let line = text(&spec);
        for part in [
            "-chardev socket,id=agent,fd=6,server=on,wait=off",
            ",id=agent-bus",
            "-device virtserialport,bus=agent-bus.0,chardev=agent,name=org.qemu.guest_agent.0",
        ] {
            assert!(line.contains(part), "{part} is not in {line}");
        }
        spec.agent = false;
        assert!(!text(&spec).contains("agent"));
    }
}

#[test]
fn a_32_bit_cpu_runs_neither_our_guest_nor_our_rom() {
    let version = Version::new(10, 0, 2);
    let mut spec = spec(Machine::Virt);
    for (model, fits) in [
        ("cortex-a7", false),
        ("cortex-a15,pmu=off", false),
        ("cortex-a72", true),
        ("cortex-a57", true),
        ("max", true),
    ] {
        spec.cpu_model = Some(model.to_owned());
        assert_eq!(spec.check(version, true).is_ok(), fits, "{model}");
        assert!(spec.check(version, false).is_ok(), "a kernel of others");
    }
    spec.firmware = Some(PathBuf::from("/proc/self/exe"));
    spec.cpu_model = Some("cortex-a15".to_owned());
    let text = spec.check(version, false).expect_err("the ROM");
    assert!(text.to_string().contains("64-bit"), "{text}");
}

#[test]
fn nonsense_is_refused_before_qemu_sees_it() {
    let version = Version::new(7, 2, 22);
    assert!(spec(Machine::Q35).check(version, true).is_ok());
    let mut none = spec(Machine::Q35);
    none.cpus = 0;
    assert!(matches!(
        none.check(version, true),
        Err(LaunchError::Impossible(_))
    ));
    let mut many = spec(Machine::Q35);
    many.max_cpus = 256;
    let text = many.check(version, true).expect_err("too many").to_string();
    assert!(text.contains("255"), "{text}");
    many.kernel = PathBuf::from("/nonexistent/kernel");
    let later = Version::new(10, 0, 2);
    assert!(matches!(
        many.check(later, true),
        Err(LaunchError::NoKernel { .. })
    ));
}

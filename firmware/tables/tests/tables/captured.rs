//! Every captured table is read, and says what is known of its machine.

use crate::common::{file, machines, table};
use hotvcpu_tables::{
    AddressSpace, Fadt, Gtdt, HardwareId, Hpet, Madt, MadtEntry, Polarity, RootTable, Rsdp, Srat,
    SratEntry, Table, Trigger,
};

fn madt(bytes: &[u8]) -> Madt<'_> {
    Madt::parse(Table::parse(bytes).expect("a valid table")).expect("a valid MADT")
}

fn fadt(machine: &str) -> Fadt {
    let bytes = table(machine, "FACP");
    Fadt::parse(Table::parse(&bytes).expect("a valid table")).expect("a valid FADT")
}

#[test]
fn every_table_of_every_machine_is_well_formed() {
    for machine in machines() {
        for name in [
            "DSDT", "FACP", "APIC", "MCFG", "SRAT", "HPET", "WAET", "PPTT", "DBG2",
        ] {
            let Some(bytes) = file(&machine, &format!("{name}.aml")) else {
                continue;
            };
            let table = Table::parse(&bytes).unwrap_or_else(|e| panic!("{machine}/{name}: {e}"));
            assert_eq!(table.signature().to_string(), name, "{machine}");
            assert_eq!(table.bytes().len(), bytes.len(), "{machine}/{name}");
        }
        let apic = table(&machine, "APIC");
        assert!(
            madt(&apic).entries().all(|entry| entry.is_ok()),
            "{machine}"
        );
        assert_eq!(fadt(&machine).gpe1, None, "{machine}");
    }
}

#[test]
fn the_root_tables_list_what_was_captured() {
    for (machine, name, tables) in [
        ("x86_64-q35-10.0-1of8", "RSDT", 5),
        ("x86_64-pc-7.2-1of8", "RSDT", 4),
        ("x86_64-microvm-10.0", "XSDT", 2),
        ("aarch64-new-numa", "XSDT", 10),
        ("loongarch64-virt-10.0-1of4", "RSDT", 6),
    ] {
        let bytes = table(machine, name);
        let root = RootTable::new(Table::parse(&bytes).expect("a valid table")).expect("a root");
        assert_eq!(root.len(), tables, "{machine}");
        assert_eq!(root.addresses().count(), tables, "{machine}");
        assert!(root.addresses().all(|address| address != 0), "{machine}");
    }
}

#[test]
fn root_pointers_of_both_revisions_are_read() {
    let q35 = file("x86_64-q35-10.0-1of8", "RSDP.bin").expect("it was captured");
    let q35 = Rsdp::parse(&q35).expect("a valid root pointer");
    assert_eq!((q35.revision, q35.rsdt, q35.xsdt), (0, 0x07FE_2570, 0));
    for machine in ["x86_64-microvm-10.0", "aarch64-virt-10.0-ged-memory"] {
        let bytes = file(machine, "RSDP.bin").expect("it was captured");
        let rsdp = Rsdp::parse(&bytes).expect("a valid root pointer");
        assert_eq!((rsdp.revision, rsdp.rsdt), (2, 0), "{machine}");
        assert_ne!(rsdp.xsdt, 0, "{machine}");
    }
    let short = file("loongarch64-virt-10.0-1of4", "RSDP.bin").expect("it was captured");
    assert_eq!(short.len(), Rsdp::MIN_LENGTH);
    assert_eq!(
        Rsdp::parse(&short)
            .expect("20 bytes are enough for revision 0")
            .revision,
        0
    );
}

#[test]
fn the_fixed_hardware_of_q35_and_pc() {
    for (machine, gpe0, length) in [
        ("x86_64-q35-7.2-1of8", 0x620, 16),
        ("x86_64-q35-10.0-1of288", 0x620, 16),
        ("x86_64-pc-7.2-1of8", 0xAFE0, 4),
        ("x86_64-pc-10.0-1of8", 0xAFE0, 4),
    ] {
        let fadt = fadt(machine);
        assert!(!fadt.flags.hardware_reduced(), "{machine}");
        assert!(!fadt.flags.control_method_power_button(), "{machine}");
        assert_eq!(fadt.sci_interrupt, 9, "{machine}");
        let smi = if machine.contains("288") { 0 } else { 0xB2 };
        assert_eq!(
            fadt.smi_command, smi,
            "{machine}: none with a split irqchip"
        );
        let block = fadt.gpe0.expect("a GPE block");
        assert_eq!(block.address.space, AddressSpace::SystemIo, "{machine}");
        assert_eq!(
            (block.address.address, block.length),
            (gpe0, length),
            "{machine}"
        );
        let pm1 = fadt.pm1a_event.expect("a PM1 block");
        let control = fadt.pm1a_control.expect("a PM1 control register");
        assert_eq!(
            control.address.address,
            pm1.address.address + 4,
            "{machine}"
        );
        assert_eq!((pm1.length, control.length), (4, 2), "{machine}");
        assert_eq!(fadt.pm1b_event, None, "{machine}");
        assert_eq!(fadt.pm_timer.expect("a timer").length, 4, "{machine}");
        assert_eq!(fadt.dsdt, 0x07FE_0040, "{machine}");
    }
    let reset = fadt("x86_64-q35-10.0-1of8")
        .reset
        .expect("q35 has a reset register");
    assert_eq!((reset.register.address, reset.value), (0xCF9, 0x0F));
    assert_eq!(fadt("x86_64-pc-10.0-1of8").reset, None, "ACPI 1.0 has none");
}

#[test]
fn hardware_reduced_machines() {
    for machine in machines() {
        let reduced = !machine.contains("q35") && !machine.contains("pc-");
        let fadt = fadt(&machine);
        assert_eq!(fadt.flags.hardware_reduced(), reduced, "{machine}");
        assert_eq!(fadt.gpe0.is_none(), reduced, "{machine}");
        let arm = machine.starts_with("aarch64");
        assert_eq!(fadt.arm_boot_flags.psci_compliant(), arm, "{machine}");
        assert_eq!(fadt.arm_boot_flags.psci_uses_hvc(), arm, "{machine}");
    }
    let microvm = fadt("x86_64-microvm-10.0");
    assert_eq!(
        microvm
            .sleep_control
            .expect("a sleep control register")
            .address,
        0xFEA0_0200
    );
    assert_eq!(microvm.reset.expect("a reset register").value, 0x42);
}

#[test]
fn x86_cpus_are_named_by_apic_entries() {
    for (machine, slots) in [
        ("x86_64-q35-7.2-1of8", 8),
        ("x86_64-pc-10.0-1of8", 8),
        ("x86_64-q35-10.0-1of288", 288),
    ] {
        let bytes = table(machine, "APIC");
        let cpus: Vec<_> = madt(&bytes).cpus().collect();
        assert_eq!(cpus.len(), slots, "{machine}");
        for (index, cpu) in (0..).zip(&cpus) {
            assert_eq!(
                (cpu.uid, cpu.id),
                (index, HardwareId::Apic(index)),
                "{machine}"
            );
            assert_eq!(
                cpu.flags.enabled(),
                index == 0,
                "{machine}: only the boot CPU is there"
            );
            assert!(!cpu.flags.online_capable(), "{machine}: QEMU never says so");
        }
    }
    let bytes = table("x86_64-q35-10.0-1of288", "APIC");
    let x2apic = madt(&bytes)
        .entries()
        .filter(|e| matches!(e, Ok(MadtEntry::LocalX2Apic(_))))
        .count();
    assert_eq!(x2apic, 33);
}

#[test]
fn x86_interrupts_are_wired_as_the_madt_says() {
    let bytes = table("x86_64-q35-10.0-1of8", "APIC");
    let madt = madt(&bytes);
    assert!(madt.has_8259);
    assert_eq!(madt.local_apic_address(), 0xFEE0_0000);
    let timer = madt.interrupt_override(0).expect("the timer is rewired");
    assert_eq!(
        (timer.gsi, timer.flags.trigger(), timer.flags.polarity()),
        (2, None, None)
    );
    let sci = madt.interrupt_override(9).expect("the SCI is described");
    assert_eq!(sci.gsi, 9);
    assert_eq!(sci.flags.trigger(), Some(Trigger::Level));
    assert_eq!(sci.flags.polarity(), Some(Polarity::High));
    assert_eq!(madt.interrupt_override(1), None);
    let io_apic = madt.entries().find_map(|entry| match entry {
        Ok(MadtEntry::IoApic(io_apic)) => Some(io_apic),
        _ => None,
    });
    assert_eq!(
        io_apic.map(|io_apic| (io_apic.address, io_apic.gsi_base)),
        Some((0xFEC0_0000, 0))
    );
    let nmi = madt.entries().find_map(|entry| match entry {
        Ok(MadtEntry::LocalApicNmi(nmi)) => Some(nmi),
        _ => None,
    });
    assert_eq!(nmi.map(|nmi| (nmi.uid, nmi.lint)), Some((None, 1)));
}

#[test]
fn the_generations_of_aarch64_differ_in_the_gicc_flags() {
    for (machine, flags) in [
        ("aarch64-old-2of8", [1, 1, 0, 0, 0, 0, 0, 0]),
        ("aarch64-new-2of8", [1, 1, 8, 8, 8, 8, 8, 8]),
        ("aarch64-rfc5-2of8", [1, 8, 8, 8, 8, 8, 8, 8]),
    ] {
        let bytes = table(machine, "APIC");
        let cpus: Vec<_> = madt(&bytes).cpus().collect();
        assert_eq!(
            cpus.iter().map(|cpu| cpu.flags.0).collect::<Vec<_>>(),
            flags,
            "{machine}"
        );
        for (index, cpu) in (0..).zip(&cpus) {
            assert_eq!(
                cpu.id,
                HardwareId::Mpidr(index),
                "{machine}: 16 CPUs to an Aff1"
            );
            assert_eq!(
                cpu.flags.gicc_online_capable(),
                cpu.flags.0 == 8,
                "{machine}"
            );
        }
    }
    let bytes = table("aarch64-new-hotplug-off", "APIC");
    assert_eq!(
        madt(&bytes).cpus().count(),
        2,
        "only the CPUs that are there"
    );
}

#[test]
fn aarch64_interrupt_controllers() {
    let bytes = table("aarch64-new-2of8", "APIC");
    let entries: Vec<_> = madt(&bytes)
        .entries()
        .map(|entry| entry.expect("well-formed"))
        .collect();
    let gicd = entries.iter().find_map(|entry| match entry {
        MadtEntry::Gicd(gicd) => Some(*gicd),
        _ => None,
    });
    assert_eq!(
        gicd.map(|gicd| (gicd.address, gicd.version)),
        Some((0x0800_0000, 3))
    );
    let gicr = entries.iter().find_map(|entry| match entry {
        MadtEntry::Gicr(gicr) => Some(*gicr),
        _ => None,
    });
    assert_eq!(gicr.map(|gicr| gicr.address), Some(0x080A_0000));
}

#[test]
fn loongarch_cpus_have_core_ids() {
    let bytes = table("loongarch64-virt-10.0-1of4", "APIC");
    let cpus: Vec<_> = madt(&bytes).cpus().collect();
    let ids: Vec<_> = cpus
        .iter()
        .map(|cpu| (cpu.uid, cpu.id, cpu.flags.enabled()))
        .collect();
    let expected: Vec<_> = (0..4).map(|i| (i, HardwareId::Core(i), i == 0)).collect();
    assert_eq!(ids, expected);
}

#[test]
fn the_srat_gives_every_cpu_a_node() {
    for machine in ["aarch64-old-numa", "aarch64-new-numa"] {
        let (apic, srat) = (table(machine, "APIC"), table(machine, "SRAT"));
        let srat = Srat::parse(Table::parse(&srat).expect("a valid table")).expect("a valid SRAT");
        let nodes: Vec<_> = madt(&apic).cpus().map(|cpu| srat.node_of(&cpu)).collect();
        let expected: Vec<_> = (0..8).map(|cpu| Some(cpu / 4)).collect();
        assert_eq!(
            nodes, expected,
            "{machine}: two sockets of four, one node each"
        );
        let memory = srat
            .entries()
            .filter(|entry| matches!(entry, Ok(SratEntry::Memory(_))))
            .count();
        assert_eq!(memory, 2, "{machine}");
    }
}

#[test]
fn the_virtual_timer_has_its_ppi() {
    let aarch64 = machines()
        .into_iter()
        .filter(|name| name.starts_with("aarch64"));
    for machine in aarch64 {
        let bytes = table(&machine, "GTDT");
        let gtdt = Gtdt::parse(Table::parse(&bytes).expect("a valid table")).expect("a valid GTDT");
        let timer = gtdt.virtual_timer.expect("a virtual timer");
        let signals = (timer.gsiv, timer.trigger, timer.polarity);
        assert_eq!(signals, (27, Trigger::Level, Polarity::High), "{machine}");
    }
}

#[test]
fn the_hpet_is_found() {
    let bytes = table("x86_64-q35-10.0-1of8", "HPET");
    let hpet = Hpet::parse(Table::parse(&bytes).expect("a valid table")).expect("a valid HPET");
    assert_eq!(
        (hpet.base.address, hpet.base.space),
        (0xFED0_0000, AddressSpace::SystemMemory)
    );
}

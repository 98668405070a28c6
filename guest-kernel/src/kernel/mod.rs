//! The kernel's boot, read as one list; its loop is in `event_loop`.

mod acpi;
mod agent;
mod crew;
mod event_loop;
mod generation;
mod machine;
mod records;
mod shutdown;
mod time_of_day;
mod workers;

use alloc::format;

use hotvcpu_cpu_hotplug::{Deadlines, Env, Hotplug, Misbehaviour, OnlinePolicy, Policy};
use hotvcpu_guest::config::{Added, Config, Events, Fault, debug_exit_port};
use hotvcpu_platform::boot::BootInfo;
use hotvcpu_platform::{channel, clock, console, cpu, interrupts, memory, power, provoke};
use hotvcpu_tables::Tables;
use hotvcpu_wire::Phase;

use acpi::Acpi;
use crew::Crew;
use event_loop::Kernel;
use records::{Details, error, record, record_at};

pub use records::last_words;

/// Runs the guest; the platform has set up memory, this CPU's stack, and exceptions.
pub fn main(boot: &'static BootInfo) -> ! {
    let config = Config::parse(boot.cmdline());
    let can_end = open_channels(&config);
    let tables = boot
        .rsdp
        .map(|rsdp| Tables::discover(rsdp, &memory::Physical));
    let found = tables.as_ref().and_then(|tables| tables.as_ref().ok());
    let controllers = interrupts::enable(found);
    let calibration = clock::init(found.map(|tables| &tables.fadt), boot.entry_counter);
    record_at(0, Phase::Boot, Details::value(hotvcpu_wire::VERSION));
    console::print(format_args!(
        "hotvcpu guest, {}; clock from {}\n",
        interrupts::controller_name(),
        calibration.reference
    ));
    if let Some(complaint) = boot.complaint {
        error(&complaint);
    }
    if !can_end {
        error(&"debug_exit means nothing on this machine, which has no I/O ports");
    }
    for word in &config.unknown {
        error(&format_args!(
            "the command line has `{word}`, which means nothing here"
        ));
    }
    for problem in &config.problems {
        error(problem);
    }
    let tables = match tables {
        Some(Ok(tables)) => tables,
        Some(Err(problem)) => without_acpi(&format!("the ACPI tables cannot be used: {problem}")),
        None => without_acpi("the loader passed no RSDP: is ACPI switched off?"),
    };
    if let Err(problem) = controllers {
        error(&problem);
    }
    with_acpi(boot, config, &tables)
}

/// Says that memory does not suffice, and ends the machine; there is no heap here.
pub fn no_memory(boot: &'static BootInfo, problem: memory::MemoryError) -> ! {
    console::print(format_args!(
        "hotvcpu: cannot start: {problem}; give the machine more memory\n"
    ));
    if let Some(port) = debug_exit_port(boot.cmdline()) {
        power::set_debug_exit(port);
    }
    power::end(power::VERDICT_FAULT);
    power::halt()
}

/// Opens what the command line names. False: it names a debug-exit device, and there can be none.
fn open_channels(config: &Config) -> bool {
    let can_end = config.debug_exit_port.is_none_or(power::set_debug_exit);
    let place = config.events.map(|events| match events {
        Events::Debugcon(port) => channel::Place::Debugcon(port),
        Events::VirtioMmio(address) => channel::Place::VirtioMmio(address),
    });
    if let Some(Err(problem)) = place.map(channel::open) {
        console::print(format_args!("{problem}: no event records\n"));
    }
    can_end
}

/// Without tables there are no doorbells and no further CPUs; the guest says so, and stays.
fn without_acpi(problem: &str) -> ! {
    error(&format_args!("{problem}; CPUs can neither come nor go"));
    records::flush();
    power::halt()
}

fn with_acpi(boot: &BootInfo, config: Config, tables: &Tables<'_>) -> ! {
    let named = tables
        .madt
        .as_ref()
        .map_or(0, |madt| madt.cpus().count() as u64);
    record(Phase::Tables, Details::value(named));
    for problem in &tables.problems {
        error(&format_args!(
            "ACPI table at {:#x}: {}",
            problem.address, problem.error
        ));
    }
    let mut acpi = Acpi::load(tables);
    let forced = generation::settle(&config.generation, tables.madt.as_ref(), &acpi.aml);
    if let Err(problem) = cpu::init(workers::run, &tables.fadt) {
        error(&format_args!("no further CPU can be started: {problem}"));
    }
    workers::set_pace(config.pace);
    let mut crew = Crew::new(&config.faults);
    let mut env = Env {
        aml: &mut acpi.aml,
        host: &mut acpi.host,
        guest: &mut crew,
    };
    let mut hotplug = Hotplug::new(
        policy(&config),
        tables.madt.as_ref(),
        tables.srat.as_ref(),
        &mut env,
    );
    if let Some(family) = forced {
        hotplug.act_as(family);
    }
    acpi.arm();
    let mut kernel = Kernel::new(config, acpi, hotplug, crew);
    kernel.boot_cpus();
    // Before others are told that the guest is ready: they may ask the agent at once.
    kernel.open_agent(boot);
    ready(&mut kernel);
    kernel.run();
    shutdown::end(&mut kernel)
}

fn policy(config: &Config) -> Policy {
    const MS: u64 = 1_000_000;
    let misbehave = config.misbehave.parse().unwrap_or_else(|problem| {
        error(&problem);
        Misbehaviour::default()
    });
    let default = Deadlines::default();
    Policy {
        boot: cpu::boot_id(),
        max_cpus: config.max_cpus.unwrap_or(cpu::MAX).min(cpu::MAX),
        online: match config.online {
            Added::Online => OnlinePolicy::Auto,
            Added::Wait => OnlinePolicy::Manual,
        },
        deadlines: Deadlines {
            hello_ns: config.hello_deadline_ms * MS,
            drain_ns: config.drain_deadline_ms * MS,
            stop_ns: config.stop_deadline_ms * MS,
            second_signal_ns: default.second_signal_ns.filter(|_| cpu::SECOND_SIGNAL),
            ..default
        },
        misbehave,
    }
}

/// From here on a hotplug request is answered.
fn ready(kernel: &mut Kernel) {
    let online = kernel.hotplug.online();
    workers::begin_offer(&kernel.config);
    record(Phase::Ready, Details::value(online as u64));
    kernel.record_memory();
    let millis = clock::now_ns() / 1_000_000;
    let slots = kernel.hotplug.slot_count();
    console::print(format_args!(
        "ready after {millis} ms: {online} of {slots} CPUs online\n"
    ));
    records::flush();
    if kernel.config.exit_when_ready {
        power::end(shutdown::VERDICT_GOOD);
    }
    for fault in &kernel.config.faults {
        match fault {
            Fault::Region(accesses) => kernel.acpi.host.machine.fail_after(*accesses),
            Fault::Read(address) => {
                if !provoke::read(*address) {
                    error(&format_args!(
                        "fault=read:{address:#x}: the guest's own memory, or not a multiple of 4"
                    ));
                }
            }
            Fault::StackOverflow => provoke::stack_overflow(),
            Fault::InvalidOpcode => provoke::invalid_opcode(),
            Fault::WriteText => provoke::write_to_text(),
            Fault::NoStart(_) => {}
        }
    }
}

/// Says what the kernel panicked about, and ends the machine.
pub fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
    console::print_emergency(format_args!("\nhotvcpu: {info}\n"));
    last_words(format_args!("{info}"));
    power::end(power::VERDICT_FAULT);
    power::halt()
}

//! The entry: a stack, initialised memory, and into Rust.

use core::arch::global_asm;

use crate::level::Level;
use crate::{boot, console, exceptions, power};

global_asm!(include_str!("entry.s"), main = sym main);

/// The first Rust: on the stack, the MMU off. `entry_counter` is the physical counter at the first instruction.
extern "C" fn main(entry_counter: u64) -> ! {
    exceptions::install();
    if Level::current() == Level::El3 {
        console::print(format_args!(
            "hotvcpu-rom: the machine starts at EL3 (secure=on), where there is no PSCI to start or stop CPUs: \
             start it with secure=off\n"
        ));
        power::stop()
    }
    match boot::run(entry_counter) {
        Ok(never) => match never {},
        Err(error) => {
            console::print(format_args!("hotvcpu-rom: {error}\n"));
            power::off()
        }
    }
}

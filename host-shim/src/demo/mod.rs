//! The demonstration: CPUs come and go, and a person sees it.
//!
//! The guest runs a workload in which every CPU does a fixed amount a second, so that its rate follows the number of
//! CPUs even where the host has fewer, and checks its results, so that a CPU that leaves in the middle of its share
//! would show. `hotvcpu demo` and `cargo xtask demo` are this module; they differ in where guest and QEMU come from.

mod play;
mod report;
mod script;
mod view;

use std::io::Write;
use std::process::ExitStatus;

pub use report::{Action, Report, Step};
pub use script::{Act, Script};

use crate::accel::{self, Accel, Choice};
use crate::error::Result;
use crate::guest::GuestConfig;
use crate::images::GuestImages;
use crate::qemu_binary::QemuBinary;

/// CPUs that there are places for. More than are ever added: QEMU 10 aborts on the `maxcpus`-th CPU of its life.
const MAX_CPUS: u32 = 16;

/// A demonstration did not go as it should.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DemoError {
    /// Some operations failed; each was told when it did.
    #[error("{failed} of {of} operations did not go as they should")]
    Steps {
        /// How many.
        failed: usize,
        /// Of how many.
        of: usize,
    },
    /// QEMU's end was no good one.
    #[error("QEMU ended with {0} after the guest's shutdown")]
    Exit(ExitStatus),
    /// Whoever asked for it does not want to see the rest.
    #[error("interrupted")]
    Interrupted,
}

/// A script, and what it is performed with.
#[derive(Clone, Debug)]
pub struct Stage {
    /// What happens.
    pub script: Script,
    /// On which QEMU.
    pub qemu: QemuBinary,
    /// In which guest.
    pub images: GuestImages,
    /// How QEMU executes it.
    pub accel: Choice,
}

impl Stage {
    /// Chooses the accelerator; `auto` may try for some seconds whether the guest lives on KVM, which `out` is told.
    ///
    /// # Errors
    /// As [`accel::resolve`], or nobody takes what is written.
    pub fn new(
        script: Script,
        qemu: QemuBinary,
        images: GuestImages,
        accel: Accel,
        out: &mut dyn Write,
    ) -> Result<Self> {
        if accel::will_probe(accel, &qemu, script.machine, &images.kernel) {
            let what =
                "Trying, once, whether this guest lives on KVM here; that takes some seconds";
            view::line(out, what)?;
        }
        let accel = accel::resolve(accel, &qemu, script.machine, &images.kernel)?;
        Ok(Self {
            script,
            qemu,
            images,
            accel,
        })
    }

    /// Performs it; what a person sees of it goes to `out`. Between two acts `interrupted` is asked whether to stop.
    ///
    /// The report says what happened in either case.
    ///
    /// # Errors
    /// It could not be carried out to its end, or an operation failed.
    pub fn perform(
        &self,
        out: &mut dyn Write,
        interrupted: &dyn Fn() -> bool,
    ) -> (Report, Result<()>) {
        let mut report = Report::new(self.script, &self.qemu.version.to_string());
        let mut outcome = play::perform(self, &mut report, out, interrupted);
        if interrupted() {
            // QEMU has been interrupted as well, and what became of it is not the reason.
            outcome = Err(DemoError::Interrupted.into());
        }
        report.ok = outcome.is_ok();
        report.error = outcome.as_ref().err().map(ToString::to_string);
        (report, outcome)
    }

    fn config(&self) -> GuestConfig {
        let config = GuestConfig::new(self.script.machine, &self.images.kernel)
            .qemu(&self.qemu.path)
            .accel(self.accel.accel)
            .cpus(1, MAX_CPUS)
            .cmdline("workload=paced");
        let config = match &self.images.firmware {
            Some(rom) => config.firmware(rom),
            None => config,
        };
        match self.script.generation {
            Some(generation) => config.generation(generation),
            None => config,
        }
    }
}

//! `demo`: see it work.

use std::io::{self, ErrorKind as IoErrorKind, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use hotvcpu::demo::{Report, Script, Stage};
use hotvcpu::{Error, images, qemu_binary};

use super::arguments::Demo;
use super::output::{Finish, Output, Stop};

/// Set by Ctrl-C: the machine is ended and its files are removed in the ordinary way.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

pub fn show(arguments: &Demo, output: &mut Output) -> Finish {
    let arch = arguments.arch.as_deref();
    let scripts = Script::chosen(arch, arguments.machine, arguments.generation)?;
    if scripts.len() > 1 && arguments.qemu.is_some() {
        let text = "--qemu names the QEMU of one architecture; say which, with --arch";
        return Err(Error::Usage(text.to_owned()).into());
    }
    // All that it needs is looked for before the first machine is started.
    let stages: Vec<_> = scripts
        .into_iter()
        .map(|script| stage(script, arguments, output))
        .collect::<Result<_, _>>()?;
    ctrlc::set_handler(|| INTERRUPTED.store(true, Ordering::Relaxed))
        .map_err(|error| Error::io("cannot listen to signals")(io::Error::other(error)))?;
    let interrupted = || INTERRUPTED.load(Ordering::Relaxed);
    let mut reports = Vec::new();
    let outcome = stages.iter().try_for_each(|stage| {
        let (report, outcome) = stage.perform(&mut *writer(output), &interrupted);
        reports.push(report);
        outcome
    });
    if let Some(report) = Report::of_all(reports) {
        output.object(&report)?;
    }
    match outcome {
        Ok(()) => Ok(()),
        Err(error) if is_reader_gone(&error) => Err(Stop::ReaderGone),
        // In JSON the report has it.
        Err(error) if output.is_json() => Err(Stop::Told(error.kind())),
        Err(error) => Err(error.into()),
    }
}

fn stage(script: Script, arguments: &Demo, output: &Output) -> Result<Stage, Error> {
    let images = images::find(script.arch())?;
    let qemu = qemu_binary::find(arguments.qemu.as_deref(), script.arch())?;
    Stage::new(script, qemu, images, arguments.accel, &mut *writer(output))
}

/// Where people read it.
fn writer(output: &Output) -> Box<dyn Write> {
    match output.is_json() {
        true => Box::new(io::sink()),
        false => Box::new(io::stdout()),
    }
}

fn is_reader_gone(error: &Error) -> bool {
    matches!(error, Error::Io { source, .. } if source.kind() == IoErrorKind::BrokenPipe)
}

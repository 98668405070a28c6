//! `suspend`, `resume`, `reset`, `reboot`, `shutdown`, `destroy`, `console`.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use hotvcpu::Error;
use hotvcpu::domain::DomainFolder;
use hotvcpu::power::{self, ShutdownBy};
use serde_json::json;

use super::arguments::{Restart, Shutdown};
use super::output::{Finish, Output, Stop};
use super::target::{Live, Target};

/// How long an ended QEMU may take to be gone.
const QUIT_DEADLINE: Duration = Duration::from_secs(10);

pub fn suspend(target: &Target, output: &mut Output) -> Finish {
    let mut live = target.connect("suspend", output)?;
    power::suspend(live.session())?;
    let how = format!("is paused; {}", to_resume(target));
    done(&live, &how, output)
}

pub fn resume(target: &Target, output: &mut Output) -> Finish {
    let mut live = target.connect("resume", output)?;
    power::resume(live.session())?;
    done(&live, "runs", output)
}

pub fn reset(target: &Target, how: &Restart, output: &mut Output) -> Finish {
    let mut live = target.connect("reset", output)?;
    power::reset(live.session(), how.force)?;
    if live.session().run_state()? != "running" {
        let how = format!(
            "has been reset, and its vCPUs are stopped as they were; {}",
            to_resume(target)
        );
        return done(&live, &how, output);
    }
    came_up(&mut live, "has been reset", how.timeout, output)
}

/// How a paused one is made to run.
fn to_resume(target: &Target) -> String {
    match target.domain() {
        Some(name) => format!("let it run with `hotvcpu resume {name}`"),
        None => "let it run with `resume`".to_owned(),
    }
}

pub fn reboot(target: &Target, how: &Restart, output: &mut Output) -> Finish {
    let timeout = how.timeout;
    let mut live = target.connect("reboot", output)?;
    let deadline = Instant::now() + timeout;
    let default = live.at_power_off();
    let progress = output.progress(format!(
        "waiting for the guest to power off ({timeout:?} at most)"
    ));
    if live.speaks() {
        // A guest that is still booting does not see the button.
        live.session().await_ready(timeout)?;
    }
    power::reboot(live.session(), timeout, default, how.force)?;
    drop(progress);
    let left = deadline.saturating_duration_since(Instant::now());
    came_up(&mut live, "has been rebooted", left, output)
}

/// After a new boot, what was plugged before has to be found again by the guest.
fn came_up(live: &mut Live, how: &str, wait: Duration, output: &mut Output) -> Finish {
    if !live.speaks() || live.session().run_state()? != "running" {
        return done(live, how, output);
    }
    let progress = output.progress(format!(
        "waiting for the guest to be up again ({wait:?} at most)"
    ));
    live.session().await_ready(wait)?;
    drop(progress);
    let slots = match live.session().slots() {
        Err(Error::Guard(_)) => Vec::new(),
        slots => slots?,
    };
    let view = live.session().guest_view();
    let (online, offline) = (view.online().clone(), view.offline().clone());
    let present = slots
        .iter()
        .filter(|slot| slot.present() && !offline.contains(&slot.index));
    let (found, missing): (Vec<u32>, Vec<u32>) = present
        .map(|slot| slot.index)
        .partition(|slot| online.contains(slot));
    output.object(&json!({
        "ok": true, "name": live.name(), "vcpus_online": online.len(), "missing": missing,
    }))?;
    output.line(&format!("{} {how}", live.label()))?;
    output.line(&format!(
        "the guest is ready and uses {} vCPUs again",
        found.len().max(online.len())
    ))?;
    match missing.is_empty() {
        true => Ok(()),
        false => output.line(&format!(
            "warning: it does not use vcpu {missing:?}; see `hotvcpu console` for why"
        )),
    }
}

pub fn shutdown(target: &Target, how: &Shutdown, output: &mut Output) -> Finish {
    let timeout = how.timeout;
    let _progress = output.progress(format!(
        "waiting for the guest to power off ({timeout:?} at most)"
    ));
    match target {
        Target::Domain(folder) => {
            folder.shutdown(how.mode.into(), timeout)?;
            over(folder, "has shut down", output)
        }
        Target::External { .. } => {
            let mut live = target.connect("shutdown", output)?;
            match how.mode.into() {
                ShutdownBy::Button => power::shutdown(live.session(), timeout)?,
                ShutdownBy::Agent => {
                    power::ask_agent(live.agent(timeout)?)?;
                    live.session().await_exit(timeout)?;
                }
            }
            done(&live, "has shut down", output)
        }
    }
}

pub fn destroy(target: &Target, output: &mut Output) -> Finish {
    match target {
        Target::Domain(folder) => {
            folder.destroy()?;
            over(folder, "is destroyed", output)
        }
        Target::External { .. } => {
            let mut live = target.connect("destroy", output)?;
            power::quit(live.session(), QUIT_DEADLINE)?;
            done(&live, "is destroyed", output)
        }
    }
}

fn done(live: &Live, how: &str, output: &mut Output) -> Finish {
    output.object(&json!({"ok": true, "name": live.name()}))?;
    output.line(&format!("{} {how}", live.label()))
}

fn over(folder: &DomainFolder, how: &str, output: &mut Output) -> Finish {
    let name = folder.name();
    output.object(&json!({"ok": true, "name": name}))?;
    output.line(&format!("Domain '{name}' {how}"))
}

/// The guest's text goes out as it is: it is made for a terminal.
pub fn console(name: &str, follow: bool) -> Finish {
    let mut failed = None;
    let mut stdout = io::stdout().lock();
    DomainFolder::of(name)?.console(follow, |text| {
        let written = stdout.write_all(text).and_then(|()| stdout.flush());
        failed = written.err();
        failed.is_none()
    })?;
    match failed {
        None => Ok(()),
        Some(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(Stop::ReaderGone),
        Some(error) => Err(Error::io("cannot write to standard output")(error).into()),
    }
}

//! Child processes: nothing that xtask starts, or that they start, outlives it.
//!
//! A QEMU is started three processes down (xtask, cargo, a test), and whoever sits in between may crash or be killed;
//! then it is nobody's child any more. So nested calls carry a mark in their environment ([`MARK`]), which every
//! process below inherits, and which `/proc` shows. (Becoming the parent that orphans fall to, PR_SET_CHILD_SUBREAPER,
//! would find them as well, but it changes what the tests see: somebody would have to reap those orphans.)
//!
//! SIGINT, SIGTERM and SIGHUP end the descendants and set a flag; the main thread then fails in the ordinary way and
//! cleans up behind itself. Should it not come to that soon, the handler's thread ends the process.

use std::collections::HashMap;
use std::fs;
use std::process::{Command, ExitStatus, exit, id};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

/// What a shell reports for a command that SIGINT ended.
pub const EXIT_INTERRUPTED: u8 = 130;

/// The variable that marks what xtask started.
const MARK: &str = "HOTVCPU_XTASK";

/// The mark of this run: a process id comes again, together with a time it does not.
static RUN: LazyLock<String> = LazyLock::new(|| {
    let since_epoch = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    format!("{}-{}", id(), since_epoch.as_nanos())
});

/// How long the main thread has to come back after an interruption.
const UNWIND_DEADLINE: Duration = Duration::from_secs(5);

/// How long a descendant has to obey SIGTERM before SIGKILL follows, and that to be seen.
const TERM_DEADLINE: Duration = Duration::from_millis(1500);

/// How long a QEMU may take to be gone after whoever used it is.
const STRAY_DEADLINE: Duration = Duration::from_secs(1);

const POLL: Duration = Duration::from_millis(50);

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Installs the signal handler. To be called once.
pub fn guard_descendants() -> Result<()> {
    ctrlc::set_handler(|| {
        INTERRUPTED.store(true, Ordering::SeqCst);
        end_descendants();
        thread::sleep(UNWIND_DEADLINE);
        end_descendants();
        exit(EXIT_INTERRUPTED.into());
    })
    .context("installing the signal handler failed")
}

/// Marks what `command` starts as ours.
pub fn mark(command: &mut Command) {
    command.env(MARK, RUN.as_str());
}

/// Whether xtask was told to stop.
pub fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

/// An error once xtask was told to stop: to be called wherever going on would start something new.
pub fn check_interrupted() -> Result<()> {
    if interrupted() {
        bail!("interrupted")
    } else {
        Ok(())
    }
}

/// Runs `command` to its end, which must be a good one.
///
/// # Errors
/// If it cannot be started or fails, or xtask was told to stop meanwhile.
pub fn run(command: &mut Command) -> Result<()> {
    check_interrupted()?;
    let status = command.status();
    check_interrupted()?;
    let status = status.with_context(|| format!("cannot start `{}`", shown(command)))?;
    verdict(command, status, "")
}

/// Runs `command` and returns what it wrote to its standard output.
///
/// # Errors
/// As [`run`]; the error carries what it wrote to its standard error.
pub fn output(command: &mut Command) -> Result<String> {
    check_interrupted()?;
    let output = command.output();
    check_interrupted()?;
    let output = output.with_context(|| format!("cannot start `{}`", shown(command)))?;
    verdict(
        command,
        output.status,
        &String::from_utf8_lossy(&output.stderr),
    )?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn verdict(command: &Command, status: ExitStatus, said: &str) -> Result<()> {
    if !status.success() {
        let colon = if said.trim().is_empty() { "" } else { ": " };
        bail!(
            "`{}` failed ({status}){colon}{}",
            shown(command),
            said.trim()
        );
    }
    Ok(())
}

/// `command` as one would type it (without quoting).
pub fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

/// A process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    /// Its process id.
    pub pid: u32,
    /// The first 15 characters of its program's name, as the kernel keeps them.
    pub name: String,
    parent: u32,
}

/// Ends every process below xtask: SIGTERM, and SIGKILL for those that stay.
pub fn end_descendants() {
    let start = Instant::now();
    while start.elapsed() < 2 * TERM_DEADLINE {
        let descendants = descendants();
        if descendants.is_empty() {
            return;
        }
        let signal = if start.elapsed() < TERM_DEADLINE {
            Signal::TERM
        } else {
            Signal::KILL
        };
        descendants.iter().for_each(|it| send(it, signal));
        thread::sleep(POLL);
    }
}

/// Ends the QEMUs and libvirt daemons that still run below xtask, and returns them: what a finished step should not have left.
pub fn end_strays() -> Vec<Process> {
    let start = Instant::now();
    loop {
        let strays: Vec<_> = descendants()
            .into_iter()
            .filter(|it| it.name.starts_with("qemu") || it.name == "libvirtd")
            .collect();
        if strays.is_empty() {
            return strays;
        }
        if start.elapsed() > STRAY_DEADLINE {
            strays.iter().for_each(|it| send(it, Signal::KILL));
            return strays;
        }
        thread::sleep(POLL);
    }
}

fn send(process: &Process, signal: Signal) {
    if let Some(pid) = i32::try_from(process.pid).ok().and_then(Pid::from_raw) {
        // It may have ended since it was listed, which is what was wanted.
        let _ = kill_process(pid, signal);
    }
}

/// The living processes below xtask: its children and theirs, and whatever carries its mark.
fn descendants() -> Vec<Process> {
    let mut children: HashMap<u32, Vec<Process>> = HashMap::new();
    let mut found = Vec::new();
    for process in processes() {
        if is_marked(process.pid) {
            found.push(process);
        } else {
            children.entry(process.parent).or_default().push(process);
        }
    }
    found.extend(children.remove(&id()).unwrap_or_default());
    let mut next = 0;
    while let Some(pid) = found.get(next).map(|it| it.pid) {
        found.extend(children.remove(&pid).unwrap_or_default());
        next += 1;
    }
    found
}

fn processes() -> impl Iterator<Item = Process> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| parse_stat(&fs::read_to_string(entry.path().join("stat")).ok()?))
}

fn is_marked(pid: u32) -> bool {
    let variable = format!("{MARK}={}", *RUN);
    // Processes of other users do not show theirs, and are not ours.
    fs::read(format!("/proc/{pid}/environ")).is_ok_and(|environment| {
        environment
            .split(|&byte| byte == 0)
            .any(|it| it == variable.as_bytes())
    })
}

/// The process that a line of `/proc/PID/stat` describes (proc(5)); `None` for one that has already ended.
fn parse_stat(stat: &str) -> Option<Process> {
    // The name is in parentheses and may itself contain them.
    let (pid, rest) = stat.split_once(" (")?;
    let (name, rest) = rest.rsplit_once(") ")?;
    let mut fields = rest.split(' ');
    let state = fields.next()?;
    let parent = fields.next()?.parse().ok()?;
    let process = Process {
        pid: pid.parse().ok()?,
        name: name.to_owned(),
        parent,
    };
    (!matches!(state, "Z" | "X")).then_some(process)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_contain_parentheses() {
        let process = parse_stat("42 (a) (b) S 7 42 42 0").expect("a living process");
        assert_eq!(
            process,
            Process {
                pid: 42,
                name: "a) (b".to_owned(),
                parent: 7
            }
        );
    }

    #[test]
    fn the_dead_are_not_counted() {
        assert_eq!(parse_stat("42 (sh) Z 7 42"), None);
    }

    #[test]
    fn what_is_no_process_is_skipped() {
        assert_eq!(parse_stat(""), None);
        assert_eq!(parse_stat("x (y) S z"), None);
    }

    #[test]
    fn an_orphan_is_still_found() {
        let mut shell = Command::new("sh");
        mark(shell.args(["-c", "sleep 600 > /dev/null 2>&1 & echo $!"]));
        let orphan: u32 = output(&mut shell)
            .expect("sh runs")
            .trim()
            .parse()
            .expect("a process id");
        let found = descendants()
            .into_iter()
            .find(|it| it.pid == orphan)
            .expect("it is marked");
        assert_ne!(found.parent, id(), "its parent has ended");
        send(&found, Signal::KILL);
    }

    #[test]
    fn an_error_shows_the_command_and_what_it_said() {
        let error = output(Command::new("sh").args(["-c", "echo no luck >&2; exit 3"]))
            .expect_err("exit code 3");
        let text = error.to_string();
        assert!(text.contains("no luck") && text.contains("sh -c"), "{text}");
    }
}

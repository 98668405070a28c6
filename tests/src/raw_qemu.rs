//! A QEMU without the library: for machines that never get as far as a guest, where only the console tells.

use std::ffi::OsStr;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Instant;

use crate::PATIENCE;

/// A running QEMU whose machine writes its console here; killed when dropped.
pub struct RawQemu {
    child: Child,
    output: Receiver<Vec<u8>>,
    console: Vec<u8>,
}

impl RawQemu {
    /// Starts `qemu` with these arguments, the console aside.
    pub fn start(qemu: &Path, arguments: &[&OsStr]) -> Self {
        let mut child = Command::new(qemu)
            .args(["-nodefaults", "-no-user-config", "-display", "none"])
            .args(["-accel", "tcg", "-serial", "stdio"])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("QEMU runs");
        let mut stdout = child.stdout.take().expect("its output is a pipe");
        let (sender, output) = channel();
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(length @ 1..) = stdout.read(&mut bytes) {
                if sender.send(bytes[..length].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self {
            child,
            output,
            console: Vec::new(),
        }
    }

    /// What the machine wrote so far.
    pub fn console(&self) -> String {
        String::from_utf8_lossy(&self.console).into_owned()
    }

    /// Waits until the machine has written `text`.
    pub fn await_text(&mut self, text: &str) {
        let deadline = Instant::now() + PATIENCE;
        while !self.console().contains(text) {
            let more = deadline.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(more) {
                Ok(bytes) => self.console.extend(bytes),
                Err(_) => panic!("the console never says `{text}`:\n{}", self.console()),
            }
        }
    }

    /// Waits until the machine has powered off, and QEMU has ended.
    pub fn await_end(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let more = deadline.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(more) {
                Ok(bytes) => self.console.extend(bytes),
                // Its output closes when it ends.
                Err(_) if Instant::now() < deadline => break,
                Err(_) => panic!("QEMU does not end; the console:\n{}", self.console()),
            }
        }
        self.child.wait().expect("QEMU is a child")
    }
}

impl Drop for RawQemu {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

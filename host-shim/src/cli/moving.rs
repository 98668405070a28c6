//! `save`, `restore`, `migrate`.

use hotvcpu::domain::{DomainFolder, Manifest};
use serde_json::json;

use super::arguments::{Migrate, Restore, Save};
use super::output::{Finish, Output};
use super::target::Target;

pub fn save(what: &Save, output: &mut Output) -> Finish {
    Target::of(Some(&what.name), None)?.settle(output)?;
    let progress = output.progress(format!("saving its memory ({:?} at most)", what.timeout));
    let manifest = DomainFolder::of(&what.name)?.save(&what.file, what.timeout, what.force)?;
    drop(progress);
    let (name, count) = (&what.name, manifest.cpus.count());
    output.object(&json!({"ok": true, "name": name, "vcpus": count}))?;
    let file = what.file.display();
    output.line(&format!(
        "Domain '{name}' with {count} vCPUs is saved to {file}; go on with `hotvcpu restore {file}`"
    ))
}

pub fn restore(what: &Restore, output: &mut Output) -> Finish {
    let manifest = Manifest::read(&what.file)?;
    let name = what.name.as_ref().unwrap_or(&manifest.name);
    let folder = DomainFolder::of(name)?;
    let progress = output.progress(format!("reading its memory ({:?} at most)", what.timeout));
    let starting = folder.restore(&what.file, what.paused, what.timeout)?;
    drop(progress);
    let runs = manifest.running && !what.paused;
    output.object(&json!({"ok": true, "domain": starting.started, "running": runs}))?;
    let state = if runs { "runs" } else { "is paused" };
    let count = manifest.cpus.count();
    output.line(&format!(
        "Domain '{name}' {state} again, with {count} vCPUs"
    ))
}

pub fn migrate(what: &Migrate, output: &mut Output) -> Finish {
    Target::of(Some(&what.name), None)?.settle(output)?;
    let (from, to) = (DomainFolder::of(&what.name)?, DomainFolder::of(&what.to)?);
    let progress = output.progress(format!("moving its memory ({:?} at most)", what.timeout));
    let starting = from.migrate(&to, what.timeout, what.force)?;
    drop(progress);
    output.object(&json!({"ok": true, "domain": starting.started}))?;
    let vcpus = starting.started.vcpus;
    output.line(&format!(
        "Domain '{}' is now '{}', in another QEMU, with {vcpus} vCPUs",
        what.name, what.to
    ))
}

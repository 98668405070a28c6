//! `save`, `restore`, `migrate`.

use std::fs::{self, File};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::json;

use super::cpus::SavedCpus;
use super::{Manifest, MovingError, transfer};
use crate::domain::{BackendName, Connected, DomainFolder, Starting};
use crate::error::{Error, Result};
use crate::guard::Refusal;
use crate::history::replace_file;
use crate::monitor::{ControlBase, Model};
use crate::power;
use crate::session::Session;

/// How long QEMU may take to end once its state is elsewhere.
const QUIT_DEADLINE: Duration = Duration::from_secs(10);

impl DomainFolder {
    /// Saves the domain to `file` and ends its QEMU; what has to be known beside its state is in
    /// `file` with `.json` at the end.
    ///
    /// # Errors
    /// It is not running or paused, this QEMU is known not to manage it (unless `force`), or the
    /// file cannot be written; then it goes on.
    pub fn save(&self, file: &Path, within: Duration, force: bool) -> Result<Manifest> {
        let mut connected = self.connect("save")?;
        let mut manifest = self.manifest(&mut connected, "save", force)?;
        let file = std::path::absolute(file).map_err(Error::io("cannot find the file"))?;
        make_private(&file)?;
        let session = &mut connected.session;
        session.execute("stop", json!({}))?;
        let uri = transfer::to_file(&file, session.version());
        let saved = transfer::announce(session)
            .and_then(|()| session.execute("migrate", json!({"uri": uri})))
            .and_then(|_| transfer::await_end(session, "saving", within));
        if let Err(error) = saved {
            // As it was; the first error is the one to tell.
            let _ = fs::remove_file(&file);
            if manifest.running {
                let _ = session.execute("cont", json!({}));
            }
            return Err(error);
        }
        // Its last records are read with its end.
        power::quit(session, QUIT_DEADLINE)?;
        manifest.learn_last(session);
        manifest.write(&file)?;
        self.remove()?;
        Ok(manifest)
    }

    /// Starts the domain with the state in `file`. It runs if it ran, and is not to be paused.
    ///
    /// # Errors
    /// There is no such state, its CPUs are others than the machine's, or QEMU does not take it;
    /// then nothing is left running.
    pub fn restore(&self, file: &Path, paused: bool, within: Duration) -> Result<Starting> {
        let manifest = Manifest::read(file)?;
        let file = std::path::absolute(file).map_err(Error::io("cannot find the file"))?;
        let mut starting = self.start_incoming(&manifest)?;
        let session = &mut starting.launched.session;
        let uri = transfer::from_file(&file, session.version());
        let taken = transfer::announce(session)
            .and_then(|()| session.execute("migrate-incoming", json!({"uri": uri})))
            .and_then(|_| transfer::await_end(session, "restoring", within))
            .and_then(|()| self.go_on(&mut starting, &manifest, paused));
        match taken {
            Ok(()) => Ok(starting),
            Err(error) => Err(self.give_up(starting, error)),
        }
    }

    /// Moves the domain into a new QEMU, which becomes the domain `to`.
    ///
    /// # Errors
    /// As [`DomainFolder::restore`]; the domain goes on where it was.
    pub fn migrate(&self, to: &Self, within: Duration, force: bool) -> Result<Starting> {
        let mut connected = self.connect("migrate")?;
        let mut manifest = self.manifest(&mut connected, "migrate", force)?;
        let mut starting = to.start_incoming(&manifest)?;
        let uri = format!("unix:{}", to.path().join("migrate.sock").display());
        let moved = carry(&mut connected.session, &mut starting, &uri, within);
        if let Err(error) = moved {
            // A source that has not finished must not be paused by a target that is gone.
            let _ = connected.session.execute("migrate_cancel", json!({}));
            return Err(to.give_up(starting, error));
        }
        power::quit(&mut connected.session, QUIT_DEADLINE)?;
        manifest.learn_last(&connected.session);
        to.go_on(&mut starting, &manifest, false)?;
        self.remove()?;
        Ok(starting)
    }

    fn manifest(
        &self,
        connected: &mut Connected,
        verb: &'static str,
        force: bool,
    ) -> Result<Manifest> {
        let session = &mut connected.session;
        if !force {
            session.check_move()?;
        }
        let running = transfer::check(session, verb)?;
        let slots = match session.slots() {
            Err(Error::Guard(Refusal::NoHotplug(_))) => Vec::new(),
            slots => slots?,
        };
        let monitor = match connected.meta.hotplug.backend {
            BackendName::Monitor => Some(state_of_monitor(session)?),
            BackendName::Native => None,
        };
        let mut config = self.recipe()?;
        // The accelerator that was taken, and the very QEMU: others may not take its state.
        config.accel = connected.meta.accel;
        config.qemu = Some(connected.meta.qemu.clone());
        Ok(Manifest {
            name: self.name().to_owned(),
            config,
            version: session.version(),
            cpus: SavedCpus::of(&slots),
            view: session.guest_view().clone(),
            running,
            monitor,
        })
    }

    /// A QEMU with the manifest's CPUs that waits for a state.
    fn start_incoming(&self, manifest: &Manifest) -> Result<Starting> {
        let mut config = manifest.config.clone();
        config.paused = true;
        if manifest.monitor.is_none() {
            config.extra_args.extend(manifest.cpus.arguments());
        }
        config
            .extra_args
            .extend(["-incoming".into(), "defer".into()]);
        let mut starting = self.start(config)?;
        if let Some(model) = &manifest.monitor {
            starting.launched.session.adopt(model.clone());
        }
        let checked = self
            .keep_recipe(&manifest.config)
            .and_then(|()| compare(&mut starting.launched.session, manifest));
        match checked {
            Ok(()) => Ok(starting),
            Err(error) => Err(self.give_up(starting, error)),
        }
    }

    /// The new QEMU's reports begin with what comes next; what they add to is noted for this command and later ones.
    fn adopt_monitor(&self, starting: &mut Starting, manifest: &Manifest) -> Result<()> {
        let Some(model) = &manifest.monitor else {
            return Ok(());
        };
        starting.launched.session.adopt(model.clone());
        self.note_reports_base(&ControlBase::at_beginning(model.clone()))
    }

    fn give_up(&self, starting: Starting, error: Error) -> Error {
        starting.launched.process.kill();
        // The first error is the one to tell.
        let _ = self.remove();
        error
    }

    /// The state is here: what the guest has said before belongs to it.
    fn go_on(&self, starting: &mut Starting, manifest: &Manifest, paused: bool) -> Result<()> {
        self.note_view(&manifest.view)?;
        self.adopt_monitor(starting, manifest)?;
        let session = &mut starting.launched.session;
        session.begin_with(manifest.view.clone(), None);
        if manifest.monitor.is_none() {
            session.count_earlier(crate::guard::Direction::Add, manifest.cpus.added())?;
        }
        starting.started.vcpus += manifest.cpus.added();
        match manifest.running && !paused {
            true => starting.launched.resume(),
            false => Ok(()),
        }
    }
}

/// What has to be known of a monitor beside QEMU's state.
fn state_of_monitor(session: &Session) -> Result<Model> {
    let plugged = session.monitor_state().ok_or(MovingError::NotStarted)?;
    if plugged.unheard {
        return Err(MovingError::Unheard.into());
    }
    Ok(plugged.model.clone())
}

fn compare(session: &mut Session, manifest: &Manifest) -> Result<()> {
    let slots = match session.slots() {
        Err(Error::Guard(Refusal::NoHotplug(_))) => Vec::new(),
        slots => slots?,
    };
    let same = manifest.cpus.compare(&slots);
    Ok(same.map_err(MovingError::OtherCpus)?)
}

fn carry(source: &mut Session, to: &mut Starting, uri: &str, within: Duration) -> Result<()> {
    let target = &mut to.launched.session;
    transfer::announce(target)?;
    transfer::announce(source)?;
    target.execute("migrate-incoming", json!({"uri": uri}))?;
    source.execute("migrate", json!({"uri": uri}))?;
    transfer::await_end(source, "the migration", within)?;
    transfer::await_end(target, "the migration", within)
}

/// The guest's memory is in it.
fn make_private(file: &Path) -> Result<()> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true).mode(0o600);
    let what = format!("cannot write {}", file.display());
    options.open(file).map(drop).map_err(Error::io(what))
}

impl Manifest {
    /// Takes in what has happened up to the end of the machine's life in its QEMU.
    fn learn_last(&mut self, session: &Session) {
        self.view = session.guest_view().clone();
        if let (Some(monitor), Some(last)) = (&mut self.monitor, session.monitor_state()) {
            monitor.clone_from(last.model);
        }
    }

    fn path(file: &Path) -> PathBuf {
        let mut path = file.as_os_str().to_owned();
        path.push(".json");
        path.into()
    }

    fn write(&self, file: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        replace_file(&Self::path(file), text.as_bytes())
    }

    /// Reads what lies beside the state `file`.
    ///
    /// # Errors
    /// There is none, or it is damaged.
    pub fn read(file: &Path) -> Result<Self> {
        let path = Self::path(file);
        let wrong = |reason: String| MovingError::NoManifest {
            path: path.clone(),
            reason,
        };
        let text = fs::read_to_string(&path).map_err(|error| wrong(error.to_string()))?;
        let manifest = serde_json::from_str(&text);
        Ok(manifest.map_err(|error| wrong(error.to_string()))?)
    }
}

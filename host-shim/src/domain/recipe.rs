//! What a domain was started with, kept beside it: a saved or moved domain is started with the same.

use std::fs;

use super::{DomainError, DomainFolder, StartConfig};
use crate::error::{Error, Result};
use crate::history::replace_file;

const FILE: &str = "start.json";

/// The word by which our guest's command line limits its vCPUs.
const GUEST_MAXIMUM: &str = "max_cpus=";

impl DomainFolder {
    /// What the domain was started with.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn recipe(&self) -> Result<StartConfig> {
        let path = self.path().join(FILE);
        let what = format!("cannot read {}", path.display());
        let text = fs::read_to_string(&path).map_err(Error::io(what))?;
        serde_json::from_str(&text).map_err(|error| {
            let reason = error.to_string();
            DomainError::Damaged { path, reason }.into()
        })
    }

    pub(super) fn keep_recipe(&self, config: &StartConfig) -> Result<()> {
        let text = serde_json::to_string(config).unwrap_or_default();
        replace_file(&self.path().join(FILE), text.as_bytes())
    }
}

impl StartConfig {
    /// The most vCPUs that the guest takes, if its command line limits them.
    pub fn guest_maximum(&self) -> Option<u32> {
        let words = self.cmdline.split_whitespace();
        let mut limits = words.filter_map(|word| word.strip_prefix(GUEST_MAXIMUM));
        limits.next_back()?.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accel::Accel;
    use crate::machine::Machine;

    #[test]
    fn it_is_read_as_it_was_kept() {
        let root = tempfile::tempdir().expect("a folder");
        let folder = DomainFolder::under(root.path(), "demo").expect("a name");
        fs::create_dir(folder.path()).expect("made");
        let config = StartConfig {
            machine: Machine::Q35,
            machine_type: None,
            firmware: None,
            generation: None,
            kernel: "/k".into(),
            vcpus: 1,
            max_vcpus: 4,
            topology: None,
            memory_mib: 64,
            accel: Accel::TcgMulti,
            qemu: None,
            cmdline: "workload=paced max_cpus=3".to_owned(),
            paused: false,
            foreign_kernel: false,
            cpu_model: None,
            agent: true,
            extra_args: vec!["-device".into(), "x".into()],
        };
        folder.keep_recipe(&config).expect("written");
        let read = folder.recipe().expect("readable");
        assert_eq!(read.extra_args, config.extra_args);
        assert_eq!(read.guest_maximum(), Some(3));
        fs::write(folder.path().join(FILE), "{").expect("written");
        assert!(folder.recipe().is_err());
    }
}

//! Definitions: domains that exist without running.
//!
//! A definition is one TOML file in the user's configuration folder, written as a whole or not at
//! all. `model` is what it says, `check` whether that can be, `vcpus` what it means for each
//! vCPU and how that is changed, `store` where it lies, `launch` what QEMU is told. All but
//! `store` are pure.

mod check;
mod cpu_list;
mod launch;
mod model;
mod problem;
mod store;
mod vcpus;

use std::path::PathBuf;

pub use cpu_list::CpuList;
pub use launch::NodeMismatch;
pub use model::{Definition, Memory, Node, Topology, Vcpu, Vcpus};
pub use problem::Problem;
pub use store::{DefinitionLock, DefinitionStore};
pub use vcpus::{ConfigError, VcpuConfig};

/// What is wrong with a definition, or with the place where it should be.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DefinitionError {
    /// There is none of this name.
    #[error(
        "domain '{0}' has no definition; write one and `hotvcpu define FILE`, or see `hotvcpu list --all`"
    )]
    Undefined(String),
    /// Not a definition at all.
    #[error(
        "{source_name} is not a definition: {reason}; `hotvcpu define --help` shows an example"
    )]
    Unreadable {
        /// The file, or what else it was read from.
        source_name: String,
        /// The parser's words, with the line.
        reason: String,
    },
    /// A definition of something that cannot be.
    #[error("the definition of '{name}' cannot be used:{}", listed(.problems))]
    Invalid {
        /// The domain.
        name: String,
        /// Everything that is wrong with it.
        problems: Vec<Problem>,
    },
    /// The name may not change in an edit.
    #[error(
        "the name cannot be edited: '{old}' became '{new}'; define the new one with `hotvcpu define FILE` and remove the old one with `hotvcpu undefine {old}`"
    )]
    Renamed {
        /// As it was.
        old: String,
        /// As it was edited.
        new: String,
    },
    /// Saved at a place that others can write.
    #[error(
        "{0} is not safe to use: the folder must belong to you and be closed to writing by others; correct its mode (`chmod go-w`), or set XDG_CONFIG_HOME"
    )]
    UnsafeFolder(PathBuf),
    /// There is no home.
    #[error("there is no place for definitions: set HOME or XDG_CONFIG_HOME")]
    NoHome,
    /// The change of the definition is impossible.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A started machine is not what was defined.
    #[error(transparent)]
    Nodes(#[from] NodeMismatch),
}

fn listed(problems: &[Problem]) -> String {
    problems
        .iter()
        .map(|problem| format!("\n  - {problem}"))
        .collect()
}

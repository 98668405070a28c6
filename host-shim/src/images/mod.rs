//! Our guest as files: named in the environment, or inside this program.
//!
//! Each image is looked for by itself. A variable that is set decides, and a file that it names and that cannot be read
//! is an error; else the image is taken from this program, if it was built with images inside (`cargo xtask dist`), and
//! put into the cache folder for QEMU to read.

mod embedded;

use std::env;
use std::fs::File;
use std::path::{Path, PathBuf};

/// What a machine of ours is started with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuestImages {
    /// The kernel.
    pub kernel: PathBuf,
    /// The ROM, where the machine's own firmware does not start the kernel.
    pub firmware: Option<PathBuf>,
}

/// An image could not be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImageError {
    /// Nobody has it.
    #[error(
        "there is no {what}: this hotvcpu was built without guest images inside; name one in {variable} (`cargo xtask build` makes it), or take the hotvcpu that `cargo xtask dist` makes, which has them"
    )]
    Missing {
        /// What it is.
        what: &'static str,
        /// The variable that names one.
        variable: &'static str,
    },
    /// A variable names a file that cannot be read.
    #[error(
        "{variable} names {path}, which cannot be read: {reason}; name another file, or unset it"
    )]
    Unreadable {
        /// The variable.
        variable: &'static str,
        /// The file.
        path: String,
        /// The system's error.
        reason: String,
    },
    /// No such architecture.
    #[error("there is a guest for x86_64 and one for aarch64, and none for {0}")]
    UnknownArch(String),
    /// The user has no home.
    #[error(
        "there is no place for the guest's images: set XDG_CACHE_HOME (or HOME) to an absolute path"
    )]
    NoCache,
    /// The file cannot be made.
    #[error(
        "cannot put the guest's image into {path} ({reason}); set XDG_CACHE_HOME to a folder that can be written"
    )]
    Unwritable {
        /// Its path.
        path: String,
        /// The reason.
        reason: String,
    },
}

/// An image: who may name it, and what it is called inside.
struct Image {
    what: &'static str,
    variable: &'static str,
    name: &'static str,
}

const GUEST_X86_64: Image = Image {
    what: "guest for x86_64",
    variable: "HOTVCPU_GUEST_X86_64",
    name: "hotvcpu-guest-x86_64",
};

const GUEST_AARCH64: Image = Image {
    what: "guest for aarch64",
    variable: "HOTVCPU_GUEST_AARCH64",
    name: "hotvcpu-guest-aarch64",
};

const ROM_AARCH64: Image = Image {
    what: "ROM for aarch64",
    variable: "HOTVCPU_ROM_AARCH64",
    name: "hotvcpu-rom-aarch64",
};

/// Finds our guest for `arch` (`x86_64` or `aarch64`), and on aarch64 the ROM that starts it.
///
/// # Errors
/// There is none, or its file cannot be read or made.
pub fn find(arch: &str) -> Result<GuestImages, ImageError> {
    let (kernel, firmware) = match arch {
        "x86_64" => (GUEST_X86_64, None),
        "aarch64" => (GUEST_AARCH64, Some(ROM_AARCH64)),
        other => return Err(ImageError::UnknownArch(other.to_owned())),
    };
    Ok(GuestImages {
        kernel: kernel.file(env::var_os(kernel.variable).map(PathBuf::from))?,
        firmware: firmware
            .map(|it| it.file(env::var_os(it.variable).map(PathBuf::from)))
            .transpose()?,
    })
}

/// Whether this program has guest images inside.
pub fn are_embedded() -> bool {
    !embedded::ALL.is_empty()
}

/// Makes sure of a file that [`find`] gave earlier, perhaps to another process: a cache may have been cleared since. Any
/// other file is left alone.
pub(crate) fn keep(path: &Path) -> Result<(), ImageError> {
    let Some(folder) = folder() else {
        return Ok(());
    };
    match embedded::of_file(embedded::ALL, path, &folder) {
        Some(image) => image.place(&folder).map(drop),
        None => Ok(()),
    }
}

/// Where images become files.
fn folder() -> Option<PathBuf> {
    Some(crate::xdg::cache_home()?.join("hotvcpu/images"))
}

impl Image {
    /// Its file: the one that was named, else the one from this program.
    fn file(&self, named: Option<PathBuf>) -> Result<PathBuf, ImageError> {
        if let Some(path) = named.filter(|it| !it.as_os_str().is_empty()) {
            return match File::open(&path) {
                Ok(_) => Ok(path),
                Err(error) => Err(ImageError::Unreadable {
                    variable: self.variable,
                    path: path.display().to_string(),
                    reason: error.to_string(),
                }),
            };
        }
        let inside = embedded::ALL.iter().find(|it| it.name == self.name);
        let inside = inside.ok_or(ImageError::Missing {
            what: self.what,
            variable: self.variable,
        })?;
        inside.place(&folder().ok_or(ImageError::NoCache)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_named_file_is_taken_or_told() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let named = |path: &Path| GUEST_X86_64.file(Some(path.to_owned()));
        assert_eq!(named(file.path()).as_deref(), Ok(file.path()));
        let error = named(Path::new("/nonexistent/guest")).expect_err("no such file");
        let text = error.to_string();
        assert!(text.contains("HOTVCPU_GUEST_X86_64"), "{text}");
        assert!(text.contains("/nonexistent/guest"), "{text}");
    }

    #[test]
    fn a_program_without_images_says_what_to_do() {
        if are_embedded() {
            return;
        }
        for named in [None, Some(PathBuf::new())] {
            let text = ROM_AARCH64.file(named).expect_err("none").to_string();
            for word in ["HOTVCPU_ROM_AARCH64", "cargo xtask dist"] {
                assert!(text.contains(word), "{word} is not in: {text}");
            }
        }
        assert!(matches!(find("riscv64"), Err(ImageError::UnknownArch(_))));
    }

    #[test]
    fn other_files_are_left_alone() {
        assert_eq!(keep(Path::new("/nonexistent/guest")), Ok(()));
    }
}

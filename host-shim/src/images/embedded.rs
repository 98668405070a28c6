//! Images inside this program, and how one becomes a file: QEMU takes its kernel and firmware as files.
//!
//! Nothing is written over: an image's file is named by its content, appears whole (written aside and renamed), and is
//! compared with what is inside before each use. So many programs of any versions share the folder, and a file that
//! was cut short or changed is replaced, not believed.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use rustix::process::geteuid;

use super::ImageError;
use crate::history::replace_file;

/// The digits of the hash that a file's name has. The content is compared, so this only keeps versions apart.
const NAMED_DIGITS: usize = 16;

/// Our files are for their owner alone.
const MODE: u32 = 0o600;

/// An image inside this program.
#[derive(Clone, Copy)]
pub(super) struct Embedded {
    /// What it is called.
    pub name: &'static str,
    /// Its hash, in hexadecimal digits.
    pub sha256: &'static str,
    /// The image.
    pub bytes: &'static [u8],
}

/// All of them: three, or none. `build.rs` writes the list.
pub(super) static ALL: &[Embedded] = include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

impl Embedded {
    /// The name of its file.
    fn file_name(&self) -> String {
        let digits = self.sha256.get(..NAMED_DIGITS).unwrap_or(self.sha256);
        format!("{}-{digits}", self.name)
    }

    /// Its file in `folder`, written if it is not there, or not as it should be.
    pub fn place(&self, folder: &Path) -> Result<PathBuf, ImageError> {
        let path = folder.join(self.file_name());
        if !self.is_whole(&path) {
            let failed = |reason: String| ImageError::Unwritable {
                path: path.display().to_string(),
                reason,
            };
            let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
            made.map_err(|error| failed(error.to_string()))?;
            // A temporary file of ours has the mode that is wanted.
            replace_file(&path, self.bytes).map_err(|error| failed(error.to_string()))?;
        }
        Ok(path)
    }

    /// Whether that file is this image, and nobody else's to change.
    fn is_whole(&self, path: &Path) -> bool {
        self.compare(path).unwrap_or(false)
    }

    fn compare(&self, path: &Path) -> io::Result<bool> {
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
        let flags = i32::try_from(flags.bits()).map_err(io::Error::other)?;
        let file = OpenOptions::new()
            .read(true)
            .custom_flags(flags)
            .open(path)?;
        let found = file.metadata()?;
        let length = self.bytes.len() as u64;
        let ours = found.uid() == geteuid().as_raw() && found.mode() & 0o777 == MODE;
        if !(found.is_file() && ours && found.len() == length) {
            return Ok(false);
        }
        let mut bytes = Vec::with_capacity(self.bytes.len());
        file.take(length + 1).read_to_end(&mut bytes)?;
        Ok(bytes == self.bytes)
    }
}

/// The one of `images` whose file in `folder` would be `path`.
pub(super) fn of_file<'i>(
    images: &'i [Embedded],
    path: &Path,
    folder: &Path,
) -> Option<&'i Embedded> {
    let mut images = images.iter();
    images.find(|it| folder.join(it.file_name()) == path)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    const IMAGE: Embedded = Embedded {
        name: "hotvcpu-guest-test",
        sha256: "0123456789abcdef0123",
        bytes: b"\x7FELF and more",
    };

    #[test]
    fn a_file_is_written_once_and_for_its_owner() {
        let root = tempfile::tempdir().expect("a folder");
        let folder = root.path().join("new/images");
        let path = IMAGE.place(&folder).expect("written");
        assert_eq!(path, folder.join("hotvcpu-guest-test-0123456789abcdef"));
        assert_eq!(fs::read(&path).expect("readable"), IMAGE.bytes);
        let first = fs::metadata(&path).expect("a file");
        assert_eq!(first.mode() & 0o777, 0o600);
        let known = of_file(&[IMAGE], &path, &folder).map(|it| it.name);
        assert_eq!(known, Some(IMAGE.name));
        assert!(of_file(&[IMAGE], &path, root.path()).is_none());
        IMAGE.place(&folder).expect("there already");
        assert_eq!(fs::metadata(&path).expect("a file").ino(), first.ino());
    }

    #[test]
    fn what_is_not_the_image_is_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(IMAGE.file_name());
        let other = folder.path().join("other");
        fs::write(&other, IMAGE.bytes).expect("written");
        let damages: [&dyn Fn(); 4] = [
            &|| fs::write(&path, b"\x7FELF and m").expect("cut short"),
            &|| fs::write(&path, b"\x7FELF and evil").expect("changed"),
            &|| fs::set_permissions(&path, PermissionsExt::from_mode(0o666)).expect("opened"),
            &|| {
                fs::remove_file(&path).expect("removed");
                symlink(&other, &path).expect("linked");
            },
        ];
        IMAGE.place(folder.path()).expect("written");
        for damage in damages {
            damage();
            assert!(!IMAGE.is_whole(&path));
            IMAGE.place(folder.path()).expect("written again");
            assert!(IMAGE.is_whole(&path));
        }
        assert_eq!(fs::read(&other).expect("untouched"), IMAGE.bytes);
    }

    #[test]
    fn many_at_once_write_one_whole_file() {
        let folder = tempfile::tempdir().expect("a folder");
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let path = IMAGE.place(folder.path()).expect("written");
                    assert_eq!(fs::read(path).expect("whole"), IMAGE.bytes);
                });
            }
        });
        let files = fs::read_dir(folder.path()).expect("a folder").count();
        assert_eq!(files, 1, "nothing is left beside it");
    }

    #[test]
    fn a_folder_that_cannot_be_is_told() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let error = IMAGE.place(&file.path().join("images"));
        let text = error.expect_err("below a file").to_string();
        assert!(text.contains("XDG_CACHE_HOME"), "{text}");
    }
}

//! The socket that the proxy offers.

use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

/// A listening socket of mode 0600, removed when dropped.
#[derive(Debug)]
pub(super) struct Listening {
    pub listener: UnixListener,
    path: PathBuf,
}

impl Listening {
    /// Listens on `path`. It is made in a folder of this user's alone and then moved to its place, so at no
    /// moment can anybody else connect. A socket that nobody listens on is replaced; nothing
    /// else is.
    pub fn on(path: &Path) -> io::Result<Self> {
        check_free(path)?;
        let parent = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let private = tempfile::Builder::new().prefix(".q").tempdir_in(parent)?;
        let first = private.path().join("s");
        let listener = UnixListener::bind(&first)?;
        fs::set_permissions(&first, fs::Permissions::from_mode(0o600))?;
        fs::rename(&first, path)?;
        Ok(Self {
            listener,
            path: path.to_path_buf(),
        })
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        // It may have been removed by hand.
        let _ = fs::remove_file(&self.path);
    }
}

fn check_free(path: &Path) -> io::Result<()> {
    let found = match fs::symlink_metadata(path) {
        Ok(found) => found,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    if !found.file_type().is_socket() {
        return Err(io::Error::other("there is a file that is no socket"));
    }
    match UnixStream::connect(path) {
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => Ok(()),
        Ok(_) => Err(io::Error::other("somebody listens there already")),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_socket_is_this_users_and_goes_with_its_owner() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("p.sock");
        let listening = Listening::on(&path).expect("free");
        let mode = fs::metadata(&path).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        UnixStream::connect(&path).expect("somebody listens");
        assert!(Listening::on(&path).is_err(), "taken");
        drop(listening);
        assert!(!path.exists());
    }

    #[test]
    fn only_an_abandoned_socket_is_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("p");
        fs::write(&path, "mine").expect("written");
        assert!(Listening::on(&path).is_err());
        assert_eq!(fs::read_to_string(&path).expect("untouched"), "mine");
        let abandoned = folder.path().join("s");
        drop(UnixListener::bind(&abandoned).expect("bound"));
        Listening::on(&abandoned).expect("nobody listens there");
    }
}

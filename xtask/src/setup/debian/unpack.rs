//! Packages into a folder, and programs that run from there.
//!
//! The programs expect their libraries and data at the system's places, so each gets a starter in `bin` that names
//! ours. It finds them from its own place: the folder may be moved, and is, because it is filled under a temporary
//! name and renamed when everything in it has been seen to work. A folder that exists was therefore a whole one when it
//! was made. If the list of programs has grown since, it changes places with the new one, at once, so that at no time
//! there is none.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use rustix::fs::{CWD, RenameFlags, renameat_with};
use tempfile::TempDir;

use crate::process;
use crate::setup::programs;
use crate::setup::sources::Set;

/// Unpacks the packages in `archives` to `folder` and adds the set's starters.
pub fn unpack(set: &Set, archives: &Path, folder: &Path) -> Result<()> {
    let parent = folder
        .parent()
        .context("a set's folder lies in the cache")?;
    fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))?;
    let filling = TempDir::with_prefix_in(".unpacking-", parent)?;
    fs::set_permissions(filling.path(), Permissions::from_mode(0o755))?;
    for package in packages(archives)? {
        process::run(
            Command::new("dpkg-deb")
                .arg("-x")
                .arg(&package)
                .arg(filling.path()),
        )?;
    }
    let starters = write_starters(set, filling.path())?;
    programs::try_out(set, &starters).context("the unpacked copy does not work")?;
    put_in_place(set, filling, folder)
}

/// Makes `filling` the folder of the set.
fn put_in_place(set: &Set, filling: TempDir, folder: &Path) -> Result<()> {
    let failed = || format!("cannot make {}", folder.display());
    let is_whole = || {
        let bin = folder.join("bin");
        set.programs.iter().all(|it| bin.join(&it.name).is_file())
    };
    match fs::rename(filling.path(), folder) {
        Ok(()) => {
            // It is no temporary folder any more.
            let _ = filling.keep();
            Ok(())
        }
        // Another xtask was quicker, with the same packages.
        Err(_) if is_whole() => Ok(()),
        // The old one goes with the temporary folder.
        Err(_) if folder.is_dir() => {
            renameat_with(CWD, filling.path(), CWD, folder, RenameFlags::EXCHANGE)
                .with_context(failed)
        }
        Err(error) => Err(error).with_context(failed),
    }
}

fn packages(archives: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(archives)?.collect::<Result<Vec<_>, _>>()?;
    let paths = entries.into_iter().map(|it| it.path());
    let found: Vec<_> = paths
        .filter(|it| it.extension().is_some_and(|it| it == "deb"))
        .collect();
    if found.is_empty() {
        bail!("apt-get downloaded no package");
    }
    Ok(found)
}

fn write_starters(set: &Set, root: &Path) -> Result<Vec<PathBuf>> {
    let libraries = library_folders(root)?;
    let bin = root.join("bin");
    fs::create_dir_all(&bin)?;
    let mut written = Vec::new();
    for program in &set.programs {
        let path = bin.join(&program.name);
        fs::write(&path, starter(root, &program.name, &libraries))?;
        fs::set_permissions(&path, Permissions::from_mode(0o755))?;
        written.push(path);
    }
    Ok(written)
}

/// The folders of libraries below `root`, relative to it: Debian has one for each architecture.
fn library_folders(root: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for parent in ["usr/lib", "lib"] {
        let Ok(entries) = fs::read_dir(root.join(parent)) else {
            continue;
        };
        for entry in entries {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if name.contains("-linux-gnu") {
                found.push(format!("{parent}/{name}"));
            }
        }
    }
    found.sort_unstable_by(|a, b| b.cmp(a));
    Ok(found)
}

/// The script that starts `program` from the folder above its own, which is `root` now.
fn starter(root: &Path, program: &str, libraries: &[String]) -> String {
    let paths: Vec<_> = libraries.iter().map(|it| format!("$root/{it}")).collect();
    let mut script =
        "#!/bin/sh\nroot=$(dirname \"$(dirname \"$(readlink -f \"$0\")\")\")\n".to_owned();
    if !paths.is_empty() {
        let joined = paths.join(":");
        script += &format!(
            "export LD_LIBRARY_PATH=\"{joined}${{LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}}\"\n"
        );
    }
    let first = paths.first().map_or("$root/usr/lib", String::as_str);
    let folders = ["usr/bin", "usr/sbin"];
    let folder = folders
        .iter()
        .find(|it| root.join(it).join(program).is_file());
    let file = format!("\"$root/{}/{program}\"", folder.unwrap_or(&"usr/bin"));
    script
        + &match program {
            // Without QEMU_MODULE_DIR it loads the modules of whichever version is installed, and aborts.
            _ if program.starts_with("qemu-system-") => format!(
                "export QEMU_MODULE_DIR=\"{first}/qemu\"\n\
             exec {file} -L \"$root/usr/share/qemu\" -L \"$root/usr/share/seabios\" \"$@\"\n"
            ),
            "libvirtd" => format!(
                "export LIBVIRT_DRIVER_DIR=\"{first}/libvirt/connection-driver\"\n\
             exec unshare --user --map-root-user --mount \\\n  sh -e -c '{LIBVIRTD_NAMESPACES}' \
             \"$root\" {file} \"$@\"\n"
            ),
            _ => format!("exec {file} \"$@\"\n"),
        }
}

/// What the starter of libvirtd does in namespaces of its own; `$0` is the folder of the copy.
///
/// Libvirt's CPU models have a fixed place in /usr/share: there, this process alone sees the copy's data on top of the
/// system's. And it must not think that it is root, because root's libvirtd keeps its domains, sockets and logs in the
/// system's places; any other user's keeps them below the XDG folders. It looks its user up, so that one has to exist: 1
/// is Debian's `daemon`. Files are still accessed as who we are.
const LIBVIRTD_NAMESPACES: &str = r#"
    (cd "$0/usr" && mount -t overlay overlay -o lowerdir=share:/usr/share /usr/share)
    exec unshare --user --map-user=1 --map-group=1 "$@""#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_starter_finds_its_folder_wherever_that_is() {
        let folder = TempDir::with_prefix("hotvcpu test ").expect("a folder");
        let real = folder.path().join("usr/bin");
        fs::create_dir_all(&real).expect("a folder");
        fs::create_dir_all(folder.path().join("usr/lib/m68k-linux-gnu")).expect("a folder");
        let program = real.join("tool");
        fs::write(&program, "#!/bin/sh\necho \"$LD_LIBRARY_PATH|$1\"\n").expect("a program");
        fs::set_permissions(&program, Permissions::from_mode(0o755)).expect("it is ours");
        let libraries = library_folders(folder.path()).expect("readable");
        let path = folder.path().join("bin/tool");
        fs::create_dir_all(folder.path().join("bin")).expect("a folder");
        fs::write(&path, starter(folder.path(), "tool", &libraries)).expect("a script");
        let said = process::output(
            Command::new("sh")
                .arg(&path)
                .arg("two words")
                .env_remove("LD_LIBRARY_PATH"),
        );
        let root = folder.path().canonicalize().expect("it exists");
        assert_eq!(
            said.expect("it runs"),
            format!("{}/usr/lib/m68k-linux-gnu|two words\n", root.display())
        );
    }

    #[test]
    fn a_qemu_is_told_where_its_modules_and_firmware_are() {
        let script = starter(
            Path::new("/nowhere"),
            "qemu-system-x86_64",
            &["usr/lib/x86_64-linux-gnu".to_owned()],
        );
        assert!(
            script.contains("QEMU_MODULE_DIR=\"$root/usr/lib/x86_64-linux-gnu/qemu\""),
            "{script}"
        );
        assert!(
            script.contains("-L \"$root/usr/share/seabios\" \"$@\""),
            "{script}"
        );
    }

    #[test]
    fn a_daemon_lies_in_sbin_and_libvirt_s_finds_its_drivers() {
        let folder = TempDir::new().expect("a folder");
        let real = folder.path().join("usr/sbin");
        fs::create_dir_all(&real).expect("a folder");
        fs::write(real.join("libvirtd"), "").expect("a file");
        let libraries = ["usr/lib/x86_64-linux-gnu".to_owned()];
        let script = starter(folder.path(), "libvirtd", &libraries);
        let drivers = "\"$root/usr/lib/x86_64-linux-gnu/libvirt/connection-driver\"";
        assert!(
            script.contains(&format!("LIBVIRT_DRIVER_DIR={drivers}\n")),
            "{script}"
        );
        assert!(
            script.ends_with("\"$root\" \"$root/usr/sbin/libvirtd\" \"$@\"\n"),
            "{script}"
        );
    }

    /// A set of the programs `one` and `two`.
    fn set() -> Set {
        let text = r#"title = "T"
            why = "w"
            needed_by = []
            folder = "f"
            suite = "s"
            packages = []
            programs = [{ name = "one", variable = "ONE" }, { name = "two", variable = "TWO" }]"#;
        toml::from_str(text).expect("a set")
    }

    /// A folder that has these programs, inside `parent`.
    fn filled(parent: &Path, programs: &[&str], content: &str) -> TempDir {
        let folder = TempDir::new_in(parent).expect("a folder");
        let bin = folder.path().join("bin");
        fs::create_dir(&bin).expect("a folder");
        for program in programs {
            fs::write(bin.join(program), content).expect("a file");
        }
        folder
    }

    /// What the folder's programs hold after a new one was put in the place of one with `programs`.
    fn after_replacing(programs: Option<&[&str]>) -> Vec<String> {
        let parent = TempDir::new().expect("a folder");
        let folder = parent.path().join("folder");
        if let Some(programs) = programs {
            let old = filled(parent.path(), programs, "old").keep();
            fs::rename(old, &folder).expect("the old one has its place");
        }
        let new = filled(parent.path(), &["one", "two"], "new");
        put_in_place(&set(), new, &folder).expect("it takes its place");
        let entries = fs::read_dir(parent.path()).expect("readable").count();
        assert_eq!(entries, 1, "something was left behind");
        let content = |name| fs::read_to_string(folder.join("bin").join(name)).expect("a file");
        ["one", "two"].map(content).to_vec()
    }

    #[test]
    fn a_folder_is_made_completed_or_left() {
        assert_eq!(after_replacing(None), ["new", "new"]);
        assert_eq!(after_replacing(Some(&["one"])), ["new", "new"]);
        assert_eq!(after_replacing(Some(&["one", "two"])), ["old", "old"]);
    }

    #[test]
    fn a_download_of_nothing_is_an_error() {
        let folder = TempDir::new().expect("a folder");
        assert!(packages(folder.path()).is_err());
    }
}

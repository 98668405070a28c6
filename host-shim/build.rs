//! Puts guest images into the library, if the build asks for it.
//!
//! `HOTVCPU_EMBED` names a folder with the three images; `cargo xtask dist` sets it. A build without it, which is
//! every other one, has no image inside and depends on no guest.

use std::env;
use std::error::Error;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

/// The variable that names the folder.
const FOLDER: &str = "HOTVCPU_EMBED";

/// The images, by the names that `src/images/embedded.rs` knows them by.
const IMAGES: [&str; 3] = [
    "hotvcpu-guest-x86_64",
    "hotvcpu-guest-aarch64",
    "hotvcpu-rom-aarch64",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed={FOLDER}");
    let folder = env::var_os(FOLDER).filter(|it| !it.is_empty());
    let mut list = String::from("&[");
    if let Some(folder) = folder {
        for name in IMAGES {
            list.push_str(&entry(name, &Path::new(&folder).join(name))?);
        }
    }
    list.push(']');
    let out = env::var_os("OUT_DIR").ok_or("cargo names no OUT_DIR")?;
    fs::write(Path::new(&out).join("embedded.rs"), list)?;
    Ok(())
}

/// One image as an expression of Rust's.
fn entry(name: &str, path: &Path) -> Result<String, Box<dyn Error>> {
    let path = fs::canonicalize(path)
        .map_err(|error| format!("{FOLDER}: there is no {}: {error}", path.display()))?;
    let bytes = fs::read(&path)?;
    let shown = path.to_str().ok_or("the path of an image is not UTF-8")?;
    println!("cargo::rerun-if-changed={shown}");
    let mut sha256 = String::new();
    for byte in Sha256::digest(&bytes) {
        write!(sha256, "{byte:02x}")?;
    }
    Ok(format!(
        "Embedded {{ name: {name:?}, sha256: {sha256:?}, bytes: include_bytes!({shown:?}) }},"
    ))
}

//! Links the image by its own script.
use std::env;

fn main() {
    println!("cargo::rerun-if-changed=link");
    let bare_metal = env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "none");
    if let (true, Ok(folder)) = (bare_metal, env::var("CARGO_MANIFEST_DIR")) {
        println!("cargo::rustc-link-arg-bins=-T{folder}/link/aarch64.ld");
    }
}

//! Links the bare-metal image by its own script.
use std::env;

fn main() {
    println!("cargo::rerun-if-changed=link");
    let bare_metal = env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "none");
    if let (true, Ok(arch), Ok(folder)) = (
        bare_metal,
        env::var("CARGO_CFG_TARGET_ARCH"),
        env::var("CARGO_MANIFEST_DIR"),
    ) {
        println!("cargo::rustc-link-arg-bins=-T{folder}/link/{arch}.ld");
        // The linker pads an aarch64 file for pages of 64 KiB otherwise.
        println!("cargo::rustc-link-arg-bins=-zmax-page-size=4096");
    }
}

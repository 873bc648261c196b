//! Lists the factory presets, and keeps the plugin's library in memory once a host has loaded it, on
//! systems with ELF libraries.
//!
//! Every `assets/presets/NAME.toml` becomes a pair of its name and its text, in their order.
//!
//! Rust registers destructors for thread-local values with the C library. A host that unloads the
//! plugin and later ends a thread that had called it would run a destructor that is no longer
//! there, and crash. `nodelete` makes unloading a formality; other systems have no such problem.

#![allow(
    clippy::print_stdout,
    reason = "this is how a build script speaks to cargo"
)]

use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    keep_in_memory();
    list_presets()
}

/// Adds the linker's flag where it is known.
fn keep_in_memory() {
    let family = env::var("CARGO_CFG_TARGET_FAMILY").unwrap_or_default();
    let vendor = env::var("CARGO_CFG_TARGET_VENDOR").unwrap_or_default();
    if family == "unix" && vendor != "apple" {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
    }
}

/// Writes `presets.rs`, an array of pairs.
fn list_presets() -> io::Result<()> {
    let needed = |name: &str| env::var(name).map_err(io::Error::other);
    let folder = Path::new(&needed("CARGO_MANIFEST_DIR")?).join("../assets/presets");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut pairs = Vec::new();
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "toml") {
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            let place = path.to_string_lossy();
            pairs.push(format!("    ({name:?}, include_str!({place:?})),\n"));
        }
    }
    pairs.sort();
    let list = format!("&[\n{}]\n", pairs.concat());
    fs::write(Path::new(&needed("OUT_DIR")?).join("presets.rs"), list)
}

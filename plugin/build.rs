//! Keeps the plugin's library in memory once a host has loaded it, on systems with ELF libraries.
//!
//! Rust registers destructors for thread-local values with the C library. A host that unloads the
//! plugin and later ends a thread that had called it would run a destructor that is no longer
//! there, and crash. `nodelete` makes unloading a formality; other systems have no such problem.

#![allow(
    clippy::print_stdout,
    reason = "this is how a build script speaks to cargo"
)]

/// Adds the linker's flag where it is known.
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let family = std::env::var("CARGO_CFG_TARGET_FAMILY").unwrap_or_default();
    let vendor = std::env::var("CARGO_CFG_TARGET_VENDOR").unwrap_or_default();
    if family == "unix" && vendor != "apple" {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
    }
}

//! The built plugin, active at 48 kHz, in each of its two formats.
//!
//! ```text
//!  cargo build ─► library ─┬─► CLAP instance
//!                          └─► VST3 instance
//! ```

use betwixt_host::{Host, Instance, Setup, vst3};

/// Rate in Hz.
pub const RATE_HZ: f64 = 48_000.0;
/// A second in samples.
pub const SECOND: u64 = 48_000;

/// The plugin as a CLAP; the longest block in samples.
///
/// # Panics
///
/// When it cannot be built, or refuses the block.
#[must_use]
pub fn clap(longest: u32) -> Instance {
    let host = Host::built().expect("the plugin builds and loads");
    host.instance(Setup::new(RATE_HZ, longest)).expect("active")
}

/// The plugin as a VST3; the longest block in samples.
///
/// # Panics
///
/// When it cannot be built, or refuses the block.
#[must_use]
pub fn vst3(longest: u32) -> vst3::Instance {
    let host = vst3::Host::built().expect("the plugin builds and loads");
    host.instance(Setup::new(RATE_HZ, longest)).expect("active")
}

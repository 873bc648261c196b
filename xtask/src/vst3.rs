//! The VST3 in a host that is not ours.
//!
//! ```text
//!  target/bundled/Betwixt.vst3 ─► tests/python/play_vst3.py ─► parameters, sound, pitch, state
//! ```

use crate::bundle;
use crate::failure::Failure;
use crate::python;
use crate::workspace::{root, run as run_command};
use std::process::Command;

/// Bundles, prepares the host and plays.
pub(crate) fn run() -> Result<(), Failure> {
    let bundles = bundle::build()?;
    let python = python::prepare()?;
    let script = root().join("tests/python/play_vst3.py");
    let mut play = Command::new(python);
    play.arg(script).arg(bundles.vst3).current_dir(root());
    let remedy = "the plugin misbehaves in this host: run `cargo xtask test-vst3` and compare \
                  with the CLAP (`cargo test -p betwixt-tests`)";
    run_command(&mut play, remedy)
}

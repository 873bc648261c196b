//! Pictures of the real window in a real host: `cargo xtask screenshots`.
//!
//! ```text
//!  target/bundled/Betwixt.vst3 ─┐
//!  Display ─────────────────────┼─► tests/python/screenshots.py ─► docs/window/*.png
//!  target/vst3-host ────────────┘       (the steps: walk.py)
//! ```

use crate::bundle::{self, make_folder};
use crate::display::Display;
use crate::failure::Failure;
use crate::python;
use crate::workspace::root;
use std::process::Command;

/// Bundles, starts a display, walks.
pub(crate) fn run() -> Result<(), Failure> {
    let bundles = bundle::build()?;
    let python = python::prepare()?;
    let pictures = root().join("docs/window");
    make_folder(&pictures)?;
    // A player who opens the instrument for the first time has nothing of their own yet. The place
    // can be read in the pictures, so it is one that says nothing of the machine.
    let own = std::env::temp_dir().join(format!("walk-{}", std::process::id()));
    let data = own.join("Betwixt");
    let mut walk = Command::new(python);
    walk.arg(root().join("tests/python/screenshots.py"))
        .arg(bundles.vst3)
        .arg(pictures)
        .env("BETWIXT_DATA", data)
        .current_dir(root());
    let remedy = "the step named above found another window than it expects: mend \
                  tests/python/walk.py, or the window";
    let walked = Display::start()?.run(&mut walk, remedy);
    bundle::remove(&own)?;
    walked
}

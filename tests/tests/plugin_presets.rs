//! The factory's presets through the built plugin: all of them load, are loud alike, clean and in
//! tune. What is measured stands in `betwixt_evaluation::presets`; `cargo xtask presets --check`
//! prints the figures and draws the picture.

use betwixt_evaluation::presets::{self, PresetFile};
use betwixt_host::Host;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Where they lie.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../assets/presets");
/// Threads that play: more are of no use to most machines.
const THREADS: usize = 4;

fn faults(host: &Host, file: &PresetFile) -> Vec<String> {
    let name = file.stem();
    let said = |fault: String| format!("{name}: {fault}");
    match file.render(host) {
        Ok(played) => {
            let faults = file.faults(&file.measure(&played));
            faults.into_iter().map(said).collect()
        }
        Err(error) => vec![error.to_string()],
    }
}

/// Every preset, played as a phrase: within 1 LU of the common loudness, below the limiter, audible,
/// within 8 cents of its keys.
#[test]
fn every_factory_preset_is_level_and_in_tune() {
    let host = Host::built().expect("the plugin builds and loads");
    let files = presets::files(Path::new(FOLDER)).expect("the presets are there");
    assert!(files.len() >= 48);
    let next = AtomicUsize::new(0);
    let work = || {
        let turns = std::iter::repeat_with(|| files.get(next.fetch_add(1, Relaxed)));
        let played = turns.map_while(|file| file);
        played.flat_map(|file| faults(&host, file)).collect()
    };
    let found: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(work)).collect();
        let found = threads
            .into_iter()
            .map(|thread| thread.join().expect("it plays"));
        found.flat_map(|faults: Vec<String>| faults).collect()
    });
    assert!(found.is_empty(), "{}", found.join("\n"));
}

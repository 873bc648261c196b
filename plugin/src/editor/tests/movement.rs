//! The recorded movement under the pointer: read, shown, written, cleared; errors with their remedy.

use super::bench::{Bench, SIZE};
use super::gesture_of;
use crate::library::tests::tiny_header;

use egui::Pos2;
use tempfile::TempDir;

/// Two latents for two seconds.
const TEXT: &str = r#"{ "format": 1, "length_s": 2.0, "beats": 4.0, "tracks": {
    "latent_1": [[0.0, 0.25], [2.0, 1.0]], "latent_3": [[0.0, 0.5], [1.0, 0.0]] } }"#;

/// A window on the page, whose path is a file of this text.
fn bench(text: &str) -> (Bench, TempDir) {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("wave.json");
    std::fs::write(&path, text).unwrap();
    let mut bench = Bench::new(8, SIZE);
    bench.click_on("Playing");
    let import = bench.named("Import").unwrap();
    bench.click(Pos2::new(import.x, import.y - 25.0));
    bench.write(&path.display().to_string());
    bench.host.take();
    (bench, place)
}

/// A movement is taken from a file: its length and its latents are said, its course is drawn, and
/// the host hears that the project has changed.
#[test]
fn a_movement_is_imported_and_shown() {
    let (mut bench, place) = bench(TEXT);
    assert!(bench.named("Nothing has been recorded yet.").is_some());
    bench.click_on("Import");
    assert_eq!(bench.host.take(), gesture_of("Changes"));
    let name = |index: usize| tiny_header(8).latents[index].name.clone();
    let words = format!("2.00 s, 4 beats: {}, {}", name(0), name(2));
    assert!(bench.named(&words).is_some(), "{words}");
    let two = bench.shapes;
    let path = place.path().join("wave.json");
    std::fs::write(&path, TEXT.replace("[[0.0, 0.5], [1.0, 0.0]]", "[]")).unwrap();
    bench.click_on("Import");
    let alone = format!("2.00 s, 4 beats: {}", name(0));
    assert!(bench.named(&alone).is_some(), "{alone}");
    assert_eq!(bench.shapes + 1, two, "one course less");
}

/// What is exported is read again as it was; what is cleared moves nothing.
#[test]
fn a_movement_is_exported_and_cleared() {
    let (mut bench, place) = bench(TEXT);
    assert!(bench.disabled().contains(&"Export".to_owned()));
    bench.click_on("Import");
    let movement = bench.parameters.movement_file.movement();
    let path = place.path().join("wave.json");
    std::fs::remove_file(&path).unwrap();
    bench.click_on("Export");
    assert!(path.is_file());
    bench.host.take();
    bench.click_on("Clear");
    assert_eq!(bench.host.take(), gesture_of("Changes"));
    assert_eq!(bench.parameters.movement_file.shown().length, None);
    assert!(bench.disabled().contains(&"Clear".to_owned()));
    bench.click_on("Import");
    assert_eq!(bench.parameters.movement_file.movement(), movement);
}

/// A file that is no movement is refused with its name and its reason; what was there stays.
#[test]
fn a_refused_movement_is_said() {
    let (mut bench, place) = bench(TEXT);
    bench.click_on("Import");
    bench.host.take();
    let path = place.path().join("wave.json");
    std::fs::write(&path, TEXT.replace("1.0, 0.0", "1.0, 7.0")).unwrap();
    bench.click_on("Import");
    assert!(bench.host.take().is_empty());
    let shown = bench.parameters.movement_file.shown();
    assert!(shown.length.is_some());
    let problem = shown.problem.expect("it is said");
    assert!(problem.contains("wave.json"), "{problem}");
    assert!(bench.named(&problem).is_some(), "{problem}");
}

//! The list of tunings under the pointer: what is chosen, what the host hears, what is said.

use super::super::tuning::Panel;
use super::bench::{Bench, SIZE};
use super::gesture_of;
use crate::tuning::{EQUAL, Folder, Saved};
use nice_plug::params::persist::PersistentField;

use tempfile::TempDir;

/// A window whose folder has two scales, one of them damaged, and a keyboard.
fn bench() -> (Bench, TempDir) {
    let place = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(place.path().join(name), text).unwrap();
    write("quarters.scl", "! q\nQuarter tones\n1\n50.0\n");
    write("broken.scl", "Broken\n1\n3/0\n");
    write("low.kbm", "0\n0\n127\n60\n69\n432.0\n0\n");
    let mut bench = Bench::new(8, SIZE);
    bench.editor.tuning = Panel::new(Folder::at(place.path()));
    (bench, place)
}

/// Clicks on something by its label; egui needs two pictures to lay out what has just opened.
fn press(bench: &mut Bench, label: &str) {
    bench.labelled(label);
    bench.labelled(label);
    let at = bench.labelled(label);
    let at = at.unwrap_or_else(|| panic!("{label:?} is in the window"));
    bench.time_s += 5.0;
    bench.click(at);
}

fn open(bench: &mut Bench) {
    press(
        bench,
        &format!("Tuning: {}", bench.parameters.tuning.shown().name),
    );
    // The folder is looked through in the picture in which the list is open.
    bench.picture(Vec::new());
}

/// A click on a scale tunes to it, the host hears that the project has changed, and the header says
/// the scale's name; another click goes back to twelve equal steps.
#[test]
fn a_click_takes_a_scale() {
    let (mut bench, _place) = bench();
    open(&mut bench);
    press(&mut bench, "quarters.scl");
    assert_eq!(bench.host.take(), gesture_of("Changes"));
    assert_eq!(bench.parameters.tuning.shown().name, "Quarter tones");
    assert!(bench.labelled("Tuning: Quarter tones").is_some());
    press(&mut bench, "low.kbm");
    let keyboard = bench.parameters.tuning.shown().keyboard;
    assert_eq!(keyboard.as_deref(), Some("low.kbm"));
    press(&mut bench, EQUAL);
    let name = bench.parameters.tuning.shown().name;
    assert_eq!(name, "12 equal steps, low.kbm");
}

/// What is chosen already, and what is refused, is no change; the reason stands in the list.
#[test]
fn a_refused_scale_changes_nothing() {
    let (mut bench, _place) = bench();
    open(&mut bench);
    press(&mut bench, EQUAL);
    press(&mut bench, "broken.scl");
    assert!(bench.host.take().is_empty());
    let shown = bench.parameters.tuning.shown();
    let problem = shown.problem.expect("it is said");
    assert!(problem.starts_with("broken.scl, line 3: "), "{problem}");
    assert_eq!(shown.name, EQUAL);
}

/// MTS-ESP can be left alone, which the project remembers.
#[test]
fn mts_esp_can_be_left_alone() {
    let (mut bench, _place) = bench();
    let follows = |bench: &Bench| bench.parameters.tuning.map(|saved: &Saved| saved.follow);
    open(&mut bench);
    for expected in [false, true] {
        press(&mut bench, "Follow MTS-ESP");
        assert_eq!(follows(&bench), expected);
        assert_eq!(bench.host.take(), gesture_of("Changes"));
    }
}

/// A folder that cannot be read is said; the list can be used all the same.
#[test]
fn a_folder_that_cannot_be_read_is_said() {
    let (mut bench, place) = bench();
    let file = place.path().join("low.kbm");
    bench.editor.tuning = Panel::new(Folder::at(&file));
    open(&mut bench);
    let problem = bench.parameters.tuning.shown().problem.expect("it is said");
    assert!(problem.contains("low.kbm"), "{problem}");
    press(&mut bench, "Follow MTS-ESP");
    assert_eq!(bench.host.take(), gesture_of("Changes"));
}

/// Five thousand scales, as in the archive of Scala, cost no more than those in sight.
#[test]
fn a_large_folder_is_shown_in_part() {
    let (mut bench, place) = bench();
    for index in 0..5_000 {
        std::fs::write(place.path().join(format!("s{index:04}.scl")), "").unwrap();
    }
    open(&mut bench);
    assert!(bench.labelled("broken.scl").is_some());
    assert!(bench.labelled("s0000.scl").is_some(), "in sight");
    assert!(bench.labelled("s4999.scl").is_none(), "far below");
    assert!(bench.shapes < 1_000, "{} shapes", bench.shapes);
}

//! The demo's piece: what lies in assets is what the program writes, and what the demo needs of it.

#[path = "../examples/compose_demo.rs"]
#[expect(dead_code, reason = "its main function belongs to the program")]
mod compose_demo;

use betwixt_host::{Event, Score};
use std::path::PathBuf;

fn asset(name: &str) -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.join("../../assets").join(name)
}

fn score() -> Score {
    Score::read(&asset("demo.mid"), Some(&asset("demo.automation.csv"))).expect("a score")
}

/// Whoever changes the composition must run it again.
#[test]
fn the_assets_are_what_the_program_composes() {
    let remedy = "run: cargo run -p betwixt-host --example compose_demo";
    let midi = std::fs::read(asset("demo.mid")).expect(remedy);
    assert_eq!(midi, compose_demo::midi().unwrap(), "{remedy}");
    let automation = std::fs::read_to_string(asset("demo.automation.csv")).expect(remedy);
    assert_eq!(automation, compose_demo::automation(), "{remedy}");
}

/// 20 to 30 seconds between C3 and C6, with four-note chords, dynamics, a bend and a pedal.
#[test]
fn the_piece_shows_what_an_instrument_must_do() {
    let score = score();
    assert!(
        (20.0..30.0).contains(&score.seconds()),
        "{} s",
        score.seconds()
    );
    assert!(score.notes.iter().all(|n| (48..=84).contains(&n.key)));
    let sounding = |at: f64| {
        score
            .notes
            .iter()
            .filter(|n| n.start_s <= at && at < n.end_s)
            .count()
    };
    assert!(
        (0..300).any(|i| sounding(f64::from(i) * 0.1) >= 5),
        "a melody over four notes"
    );
    let velocities = || score.notes.iter().map(|n| n.velocity);
    assert!(velocities().fold(0.0, f64::max) > 0.8 && velocities().fold(1.0, f64::min) < 0.45);
    let has = |kind: u8| {
        score
            .events
            .iter()
            .any(|(_, e)| matches!(e, Event::Midi([k, ..]) if *k == kind))
    };
    assert!(has(0xe0) && has(0xb0), "a bend and the pedal");
    assert!(score.automation.curves.len() >= 4);
}

/// The pitch of the instrument is measured on these: unbent, at least half a second undisturbed.
#[test]
fn single_notes_are_held_long_enough_to_be_measured() {
    let held = score().held_alone();
    assert!(held.len() >= 4, "{held:?}");
    let bent = 74;
    assert!(held.iter().all(|h| h.note.key != bent), "{held:?}");
    assert!(
        held.iter()
            .all(|h| h.to_s - h.from_s >= 0.5 && h.note.key > 48),
        "{held:?}"
    );
}

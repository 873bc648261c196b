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

fn part(channel: u8) -> Score {
    let parts = score().parts();
    let found = parts.into_iter().find(|(number, _)| *number == channel);
    found.expect("the part").1
}

/// Whoever changes the composition, or the model whose map it walks on, must run it again.
#[test]
fn the_assets_are_what_the_program_composes() {
    let remedy = "run: cargo run -p betwixt-host --example compose_demo";
    let midi = std::fs::read(asset("demo.mid")).expect(remedy);
    assert_eq!(midi, compose_demo::midi().unwrap(), "{remedy}");
    let map = compose_demo::Map::of_the_default_model().unwrap();
    let automation = std::fs::read_to_string(asset("demo.automation.csv")).expect(remedy);
    assert_eq!(
        automation,
        compose_demo::automation(&map).unwrap(),
        "{remedy}"
    );
}

/// 25 to 40 seconds for four instances: a melody with a bend and the pedal, four-note chords, a
/// bass, bells, and dynamics.
#[test]
fn the_piece_shows_what_an_instrument_must_do() {
    let score = score();
    assert!(
        (25.0..40.0).contains(&score.seconds()),
        "{} s",
        score.seconds()
    );
    let parts = score.parts();
    let numbers: Vec<u8> = parts.iter().map(|part| part.0).collect();
    assert_eq!(numbers, [1, 2, 3, 4]);
    let sounding = |at: f64| {
        let notes = score.notes.iter();
        notes.filter(|n| n.start_s <= at && at < n.end_s).count()
    };
    assert!(
        (0..300).any(|i| sounding(f64::from(i) * 0.1) >= 7),
        "melody, four notes, bass and bells"
    );
    let velocities = || score.notes.iter().map(|n| n.velocity);
    assert!(velocities().fold(0.0, f64::max) > 0.8 && velocities().fold(1.0, f64::min) < 0.5);
    let has = |kind: u8| {
        let events = score.events.iter();
        let mut events = events.filter(|(_, e)| matches!(e, Event::Midi([k, ..]) if *k == kind));
        events.next().is_some()
    };
    assert!(has(0xe0) && has(0xb0), "a bend and the pedal");
    assert!(part(3).notes.iter().all(|n| n.key <= 48), "a bass");
}

/// Every instance walks on the map with all eight knobs, and always stays on it.
#[test]
fn every_part_has_its_place_on_the_map() {
    for (number, part) in score().parts() {
        let curves = &part.automation.curves;
        assert_eq!(curves.len(), 8, "channel {number}");
        let values = curves.iter().flat_map(|curve| &curve.points);
        assert!(values.clone().all(|(_, value)| (0.0..=1.0).contains(value)));
    }
}

/// The morph is to be heard on a chord that is held: its knobs move well while the keys are down.
#[test]
fn a_held_chord_morphs() {
    let chords = part(2);
    let moved = |from_s: f64, to_s: f64| {
        let curves = chords.automation.curves.iter();
        let squares = curves.map(|curve| (curve.value(to_s) - curve.value(from_s)).powi(2));
        squares.sum::<f64>().sqrt()
    };
    let held = chords.notes.iter().map(|n| moved(n.start_s, n.end_s));
    let farthest = held.fold(0.0, f64::max);
    assert!(farthest > 0.2, "{farthest}");
}

/// The pitch of the instrument is measured on these: unbent, at least half a second undisturbed.
#[test]
fn single_notes_are_held_long_enough_to_be_measured() {
    let melody = part(1).held_alone();
    let bells = part(4).held_alone();
    let measured: Vec<_> = melody
        .iter()
        .chain(&bells)
        .filter(|h| h.note.key > 48)
        .collect();
    assert!(measured.len() >= 5, "{measured:?}");
    let bent = 74;
    assert!(melody.iter().all(|h| h.note.key != bent), "{melody:?}");
    assert!(measured.iter().all(|h| h.to_s - h.from_s >= 0.5));
    let begun = part(1).after_silence().len() + part(4).after_silence().len();
    assert!(begun >= 3, "{begun} notes out of silence");
}

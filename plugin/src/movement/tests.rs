//! Movements recorded, written, read, and kept.

mod beats;
mod damage;
mod recording;

use super::file;
use super::keeper::{MovementFile, Recorded};
use super::recorder::{Room, Take, Taken};
use super::tape::Tape;
use crate::library::tests::{slots, tiny, tiny_header};
use crate::parameters::Parameters;
use crate::snapshot;
use betwixt_engine::{Course, Engine, LATENTS, Settings, TrackPoint, Trajectory, Transport};
use nice_plug::params::persist::PersistentField;
use serde_json::{Map, Value, json};
use std::sync::Arc;

const RATE_HZ: f64 = 48_000.0;

/// Numbers of 0…1 that look random.
fn random(state: &mut u64) -> f32 {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    betwixt_spectral::number::narrow((*state >> 40) as f64 / 16_777_216.0)
}

/// The movement that a recording has come to.
fn movement(taken: Taken) -> Arc<Trajectory> {
    match taken {
        Taken::Movement(movement) => movement,
        Taken::Nothing(_) => panic!("nothing has moved"),
    }
}

fn points(points: &[(f32, f32)]) -> Vec<TrackPoint> {
    let point = |&(at_s, value)| TrackPoint { at_s, value };
    points.iter().map(point).collect()
}

/// Latent 1 from one place to another in two seconds.
fn way(from: f32, to: f32) -> Trajectory {
    let mut tracks: [Vec<TrackPoint>; LATENTS] = Default::default();
    tracks[0] = points(&[(0.0, from), (2.0, to)]);
    Trajectory::new(2.0, None, tracks).unwrap()
}

fn json_of(movement: &Trajectory) -> Value {
    serde_json::from_str(&file::write(movement, &Map::new())).unwrap()
}

fn kept(file: &MovementFile) -> Value {
    file.map(Clone::clone)
}

/// What an audio thread gets.
fn fetched(file: &MovementFile) -> Option<(Arc<Trajectory>, u64)> {
    file.next().map(|next| (next.movement, next.choice))
}

/// What is bent while it plays goes on where it is, also when a project brings the same one; any other
/// begins, be it as long, and so does one that was bent before it had been heard.
#[test]
fn what_is_bent_goes_on() {
    let parameters = Parameters::new(&tiny_header(8), slots(8));
    let file = &parameters.movement_file;
    let settings = Settings {
        sample_rate_hz: 48_000.0,
        seed: 1,
    };
    let mut engine = Engine::new(tiny(8).decoder, settings);
    let telemetry = engine.telemetry();
    let mut tape = Tape::new();
    // After another half of a second.
    let mut at_s = || {
        let mut heard = snapshot::heard(&parameters);
        heard.controls.movement.course = Course::Once;
        let controls = tape.follow(heard, file, Some(&mut engine));
        let (mut left, mut right) = ([0.0; 24_000], [0.0; 24_000]);
        engine.process(&controls, &[], &mut left, &mut right);
        telemetry.movement_s().unwrap()
    };
    file.set(json_of(&way(0.0, 1.0)));
    file.bend(Arc::new(way(0.0, 0.9)));
    assert!((at_s() - 0.5).abs() < 1e-3, "it begins");
    file.bend(Arc::new(way(0.0, 0.8)));
    assert!((at_s() - 1.0).abs() < 1e-3, "it goes on");
    file.set(json_of(&way(0.0, 0.8)));
    assert!((at_s() - 1.5).abs() < 1e-3, "it is the same");
    file.set(json_of(&way(0.0, 0.7)));
    assert!((at_s() - 0.5).abs() < 1e-3, "another one begins");
    let one = file.moved();
    file.bend(Arc::new(way(0.0, 0.6)));
    at_s();
    file.take(&one);
    assert!((at_s() - 1.5).abs() < 1e-3, "undone, it goes on");
}

/// The project's movement is there before anything is played; what is recorded after it takes its
/// place, what was recorded before a choice that came later does not.
#[test]
fn the_last_choice_is_kept() {
    let file = MovementFile::default();
    assert_eq!(kept(&file), Value::Null);
    file.set(json_of(&way(0.0, 1.0)));
    let (movement, choice) = fetched(&file).unwrap();
    assert_eq!(*movement, way(0.0, 1.0));
    assert!(fetched(&file).is_none(), "it comes once");
    let record = |movement: Trajectory| {
        let movement = Arc::new(movement);
        file.record(Recorded { movement, choice });
    };
    record(way(0.5, 0.25));
    assert_eq!(kept(&file), json_of(&way(0.5, 0.25)), "saved at once");
    record(way(0.5, 0.75));
    file.set(json_of(&way(1.0, 0.0)));
    record(way(0.25, 0.5));
    assert!(!file.settle());
    assert_eq!(kept(&file), json_of(&way(1.0, 0.0)));
    file.clear();
    assert_eq!(kept(&file), Value::Null);
    assert_eq!(fetched(&file).unwrap().0, Arc::new(Trajectory::default()));
}

/// What is shown tells its length and what it moves; a file comes and goes, and one that is refused
/// changes nothing and is said.
#[test]
fn a_file_is_taken_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("movements/rise.json");
    let file = MovementFile::default();
    assert_eq!(file.shown().length, None);
    file.set(json_of(&way(0.0, 1.0)));
    file.export(&path).unwrap();
    file.clear();
    file.import(&path).unwrap();
    let shown = file.shown();
    assert_eq!(shown.length, Some((2.0, None)));
    assert_eq!(shown.moves[..2], [true, false]);
    assert_eq!(kept(&file), json_of(&way(0.0, 1.0)));
    std::fs::write(&path, "{\"format\": 2}").unwrap();
    let error = file.import(&path).unwrap_err().to_string();
    for word in ["rise.json", "`format`", "2", "newer"] {
        assert!(error.contains(word), "{error}");
    }
    assert_eq!(file.shown().problem, Some(error));
    assert_eq!(kept(&file), json_of(&way(0.0, 1.0)), "nothing has changed");
    assert!(file.import(folder.path()).is_err(), "a folder");
    assert!(file.import(&folder.path().join("none")).is_err());
    assert!(file.export(&path.join("below a file")).is_err());
    file.export(&path).unwrap();
    assert_eq!(file.shown().problem, None);
}

/// A project's movement that is damaged moves nothing, is said, and is saved again as it came.
#[test]
fn a_damaged_project_loses_nothing() {
    let file = MovementFile::default();
    for damaged in [json!(3), json!("{\"format\": 1,"), json!({ "format": 1 })] {
        file.set(json_of(&way(0.0, 1.0)));
        file.set(damaged.clone());
        assert_eq!(*fetched(&file).unwrap().0, Trajectory::default());
        let problem = file.shown().problem.unwrap();
        assert!(problem.starts_with("The project's movement: "), "{problem}");
        assert_eq!(kept(&file), damaged);
    }
    file.set(Value::Null);
    assert_eq!(file.shown().problem, None);
}

/// One movement chosen after the other while no engine plays: what goes is freed elsewhere.
#[test]
fn movements_are_not_freed_on_the_audio_thread() {
    let (file, mut tape) = (MovementFile::default(), Tape::new());
    let heard = snapshot::heard(&Parameters::new(&tiny_header(8), slots(8)));
    for turn in 0..20u8 {
        file.set(json_of(&way(0.0, f32::from(turn) / 20.0)));
        assert_no_alloc::assert_no_alloc(|| tape.follow(heard, &file, None));
    }
}

/// Where nobody frees, nothing is freed on the audio thread, and nothing waits.
#[test]
fn a_full_queue_is_no_reason_to_free() {
    let file = MovementFile::default();
    let mut spent: Vec<Arc<Trajectory>> = (0..100).map(|_| Arc::new(way(0.0, 1.0))).collect();
    assert_no_alloc::assert_no_alloc(|| {
        while let Some(movement) = spent.pop() {
            file.free(movement);
        }
    });
}

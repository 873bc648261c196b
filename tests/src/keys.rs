//! The built plugin's keys, one after the other, and how far each is from its pitch.
//!
//! ```text
//!  keys ─► notes in a row ─► built .clap ─► samples ─► cents off, per key
//! ```

use crate::built;
use betwixt_evaluation::measure::{level, pitch};
use betwixt_host::{Blocks, Event, Instance, Project};
use betwixt_spectral::number::index;
use betwixt_spectral::pitch::hz;
use serde_json::Value;

pub use crate::built::RATE_HZ;

/// How long a key is held, and how long its start is not measured.
const HELD_S: f64 = 0.75;
const START_S: f64 = 0.15;
/// Silence after a key.
const GAP_S: f64 = 0.05;

/// The built plugin, active, with nothing that moves its pitch on purpose; of this model of the factory.
///
/// # Panics
///
/// When the plugin cannot be built, loaded or made to play this model.
#[must_use]
pub fn plugin(model: &str) -> Instance {
    let mut instance = built::clap(1_024);
    let still = [
        "Drift",
        "Natural Tuning",
        "Inharmonicity",
        "Noise",
        "Release",
    ];
    let events = still.map(|name| Event::parameter(name, 0.0).at(0));
    let (mut left, mut right) = ([0.0; 64], [0.0; 64]);
    let played = instance.process(&events, &mut left, &mut right);
    played.expect("it plays");
    instance.use_models(&[model]).expect("active");
    instance
}

/// Opens a project that is the same but for its tuning.
///
/// # Panics
///
/// When the plugin does not save or load its state.
pub fn tune(instance: &mut Instance, tuning: &Value) {
    let project = Project::of(instance).expect("saved");
    let changed = project.with("tuning", tuning);
    instance.load_state(&changed.bytes()).expect("loaded");
}

/// Plays keys one after the other; the cents that each is off its pitch, nothing for silence.
///
/// # Panics
///
/// When the plugin does not play.
pub fn errors_cents(instance: &mut Instance, keys: &[(u8, f64)]) -> Vec<Option<f64>> {
    let at =
        |turn: usize, within_s: f64| index(RATE_HZ * (turn as f64 * (HELD_S + GAP_S) + within_s));
    let mut events = Vec::new();
    for (turn, (key, _)) in keys.iter().enumerate() {
        events.push(Event::note_on(*key, 0.9).at(at(turn, 0.0) as u64));
        events.push(Event::note_off(*key).at(at(turn, HELD_S) as u64));
    }
    let frames = at(keys.len(), 0.0) as u64;
    let sound = instance.play(&events, frames, &Blocks::Of(480));
    let sound = sound.expect("it plays").left;
    let error = |(turn, (_, pitch)): (usize, &(u8, f64))| {
        let held = &sound[at(turn, START_S)..at(turn, HELD_S)];
        let is_silent = level::peak(held) == 0.0;
        (!is_silent).then(|| pitch::error_cents(held, RATE_HZ, hz(*pitch)).unwrap_or(f64::NAN))
    };
    keys.iter().enumerate().map(error).collect()
}

/// Every key sounds within half a cent of its pitch; `what` is named where one does not.
///
/// # Panics
///
/// When one does not.
pub fn assert_in_tune(instance: &mut Instance, keys: &[(u8, f64)], what: &str) {
    let errors = errors_cents(instance, keys);
    let mut worst = (0.0, 0);
    for ((key, pitch), error) in keys.iter().zip(errors) {
        let error = error.unwrap_or(f64::NAN).abs();
        assert!(
            error < 0.5,
            "{what}: key {key} at {pitch:.3}: {error:.3} cents"
        );
        if error > worst.0 {
            worst = (error, *key);
        }
    }
    let (error, key) = worst;
    eprintln!(
        "{what}: {} keys, the worst is {key}: {error:.3} cents",
        keys.len()
    );
}

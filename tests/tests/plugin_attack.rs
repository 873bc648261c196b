//! The built plugin strikes and plucks: what is sharp in the recordings is sharp under the fingers.
//!
//! ```text
//!  sounds of a model × keys that rise within 6 ms as they were recorded
//!    ─► the sound's place among the knobs ─► built .clap ─► samples ─► 10–90 % of the level
//! ```

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use betwixt_evaluation::measure::onset::level_rise_s;
use betwixt_host::{Blocks, Event, Instance, Timed};
use betwixt_model::{Model, Point};
use betwixt_spectral::number::index;
use betwixt_spectral::pitch;
use betwixt_tests::built::{self, RATE_HZ};
use std::path::Path;

/// Sounds, and the keys at which the recorded note rises within 6 ms at velocity 100: all such of
/// those that `cargo xtask evaluate attack struck` plays.
const SHARP: [(&str, &[u8]); 26] = [
    ("Grand Piano", &[100]),
    ("Electric Grand", &[58, 68, 78, 88, 98]),
    ("Tine Piano", &[66, 76, 86, 96]),
    ("Clavinet", &[33, 53, 63, 73, 83]),
    ("Celesta", &[52, 92]),
    ("Glockenspiel", &[61, 71]),
    ("Vibraphone", &[49, 59, 79]),
    ("Xylophone", &[57, 67, 77, 97]),
    ("Nylon Guitar", &[66, 76, 86]),
    ("Jazz Guitar", &[54, 74, 84]),
    ("Clean Guitar", &[63, 73, 83]),
    ("Muted Guitar", &[72, 82]),
    ("Fingered Bass", &[57, 67]),
    ("Picked Bass", &[56, 66]),
    ("Slap Bass", &[54, 64]),
    ("Popped Bass", &[53, 63]),
    ("Synth Bass", &[42, 72]),
    ("Pizzicato Strings", &[95]),
    ("Harp", &[74, 84, 94]),
    ("Sitar", &[76]),
    ("Banjo", &[75, 85]),
    ("Shamisen", &[54, 74, 84]),
    ("Koto", &[53, 63, 73, 83]),
    ("Kalimba", &[52, 62, 72, 82]),
    ("FM Electric Piano", &[55, 65, 75, 85, 95]),
    ("Steel Guitar", &[65, 85]),
];

const VELOCITY: f64 = 100.0 / 127.0;
/// When a key is struck, the knobs having arrived; how long it is held, and how long it fades.
const STRUCK_S: f64 = 0.25;
const HELD_S: f64 = 0.7;
const FADES_S: f64 = 1.0;
/// What is sharp, in milliseconds.
const SHARP_MS: f64 = 6.0;

/// Where a sound's note lies among the knobs: that of the nearest key which was learnt.
fn place(model: &Model, sound: &str, key: u8) -> Vec<f32> {
    let labels = &model.header.embedding.as_ref().unwrap().labels;
    let is_sound = |point: &&Point| labels[point.label as usize] == sound;
    let places = model.embedding.iter().filter(is_sound);
    let nearest = places.min_by_key(|point| point.note.abs_diff(key));
    nearest.unwrap_or_else(|| panic!("{sound}")).latents.clone()
}

/// Each of them sounds at its own sample, out of silence, and rises within 6 ms, half of them within 4.6,
/// where the measure reads 4 of an instant onset.
fn strikes_are_sharp(model: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../models")
        .join(model);
    let (weights, _) = Model::read(&folder.join("weights.safetensors")).unwrap();
    let mut instance = built::clap(512);
    instance.use_models(&[model]).unwrap();
    let mut rises_ms = Vec::new();
    for (sound, keys) in SHARP {
        for key in keys {
            let note = struck(&mut instance, &place(&weights, sound, *key), *key);
            let rise_s = level_rise_s(&note, RATE_HZ, pitch::hz(f64::from(*key))).unwrap();
            eprintln!("{sound} {key}: {:.1} ms", 1000.0 * rise_s);
            rises_ms.push(1000.0 * rise_s);
        }
    }
    rises_ms.sort_by(f64::total_cmp);
    let (count, median) = (rises_ms.len(), rises_ms[rises_ms.len() / 2]);
    let sharp = rises_ms.iter().filter(|ms| **ms <= SHARP_MS).count();
    eprintln!("{model}: {sharp} of {count}, median {median:.1} ms");
    assert_eq!((sharp, count), (72, 72), "{rises_ms:.1?}");
    assert!(median <= 4.6, "{median} ms");
}

/// In the model that is made of them.
#[test]
fn what_is_plucked_and_struck_is_sharp() {
    strikes_are_sharp("struck");
}

/// And in the one that everybody begins with.
#[test]
fn the_default_model_s_strikes_are_sharp() {
    strikes_are_sharp("instruments");
}

/// A note of the plugin, mono, from its own sample on, which is the first that sounds.
fn struck(instance: &mut Instance, knobs: &[f32], key: u8) -> Vec<f32> {
    let frame = |seconds: f64| index(seconds * RATE_HZ);
    let knobs = knobs.iter().zip(1..).map(|(value, number)| {
        let name = format!("Latent {number}");
        Event::parameter(&name, f64::from(*value)).at(0)
    });
    let mut events: Vec<Timed> = knobs.collect();
    events.push(Event::parameter("Drift", 0.0).at(0));
    events.push(Event::note_on(key, VELOCITY).at(frame(STRUCK_S) as u64));
    events.push(Event::note_off(key).at(frame(STRUCK_S + HELD_S) as u64));
    let frames = frame(STRUCK_S + HELD_S + FADES_S) as u64;
    let played = instance.play(&events, frames, &Blocks::Of(512)).unwrap();
    let mono = played.mono();
    let first = mono.iter().position(|sample| *sample != 0.0);
    assert_eq!(first, Some(frame(STRUCK_S)), "key {key}");
    mono[frame(STRUCK_S)..frame(STRUCK_S + HELD_S)].to_vec()
}

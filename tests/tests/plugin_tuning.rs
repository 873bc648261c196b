//! The built plugin with other tunings: every key where its scale says, in both families of models.
//!
//! ```text
//!  .scl, .kbm in a project's state ─► built .clap ─► samples ─► cents off, per key
//! ```

use betwixt_tests::keys::{assert_in_tune, errors_cents, plugin, tune};
use serde_json::{Value, json};
use std::fmt::Write;

/// The default, which draws partials, and the one that draws frames.
const PARTIALS: &str = "instruments";
const FRAMES: &str = "notes";
/// Pitches whose keys are measured: those of a piano.
const MEASURED: std::ops::RangeInclusive<f64> = 21.0..=108.0;

fn file(name: &str, text: &str) -> Value {
    json!({ "name": name, "text": text })
}

/// 19 equal steps to the octave, in cents to a millionth.
fn nineteen() -> Value {
    let mut text = "! 19.scl\n19 equal steps\n19\n".to_owned();
    for step in 1..=19 {
        writeln!(text, "{:.6}", 1_200.0 * f64::from(step) / 19.0).expect("a string grows");
    }
    json!({ "scale": file("19.scl", &text), "keyboard": null, "follow": true })
}

/// The just scale of Ptolemy on the white keys, A at 432 Hz; the black ones have no sound.
fn just() -> Value {
    let scale = "! just.scl\nPtolemy\n7\n9/8\n5/4\n4/3\n3/2\n5/3\n15/8\n2/1\n";
    let entries = ["0", "x", "1", "x", "2", "3", "x", "4", "x", "5", "x", "6"];
    let keyboard = format!("12\n0\n127\n60\n69\n432.0\n7\n{}\n", entries.join("\n"));
    let files = [file("just.scl", scale), file("white.kbm", &keyboard)];
    json!({ "scale": files[0], "keyboard": files[1], "follow": true })
}

/// Keys with a pitch, by a formula.
fn keys(pitch: impl Fn(i32) -> Option<f64>) -> Vec<(u8, f64)> {
    let with_pitch = |key: u8| Some((key, pitch(i32::from(key))?));
    let all = (0..128).filter_map(with_pitch);
    all.filter(|(_, pitch)| MEASURED.contains(pitch)).collect()
}

fn nineteenth(key: i32) -> Option<f64> {
    Some(60.0 + f64::from(key - 60) * 12.0 / 19.0)
}

/// The pitch of a white key: its ratio to C, of which 5/3 lies at 432 Hz.
fn just_pitch(key: i32) -> Option<f64> {
    let way = key - 60;
    let ratio = match way.rem_euclid(12) {
        0 => 1.0,
        2 => 9.0 / 8.0,
        4 => 5.0 / 4.0,
        5 => 4.0 / 3.0,
        7 => 3.0 / 2.0,
        9 => 5.0 / 3.0,
        11 => 15.0 / 8.0,
        _ => return None,
    };
    let c = 69.0 + 12.0 * (432.0f64 / 440.0 / (5.0 / 3.0)).log2();
    Some(c + 12.0 * f64::from(way.div_euclid(12)) + 12.0 * f64::log2(ratio))
}

/// Nineteen steps to the octave, every key within half a cent, for partials and for frames.
#[test]
fn nineteen_equal_steps_are_in_tune() {
    let keys = keys(nineteenth);
    assert_eq!(
        keys.len(),
        128,
        "the whole keyboard is six octaves and a half"
    );
    for (model, what) in [
        (PARTIALS, "19 steps, partials"),
        (FRAMES, "19 steps, frames"),
    ] {
        let mut instance = plugin(model);
        tune(&mut instance, &nineteen());
        assert_in_tune(&mut instance, &keys, what);
    }
}

/// A just scale on the white keys, every one within half a cent; the black keys are silent.
#[test]
fn a_just_scale_on_the_white_keys_is_in_tune() {
    let keys = keys(just_pitch);
    for (model, what) in [(PARTIALS, "just, partials"), (FRAMES, "just, frames")] {
        let mut instance = plugin(model);
        tune(&mut instance, &just());
        assert_in_tune(&mut instance, &keys, what);
        let black = [61, 63, 66, 68, 70].map(|key| (key, f64::from(key)));
        let errors = errors_cents(&mut instance, &black);
        assert_eq!(errors, [None; 5], "{what}: black keys");
    }
}

/// A project comes back with its tuning: in a new instance, after another activation, and when
/// another model takes over.
#[test]
fn a_project_comes_back_in_its_tuning() {
    let some = [
        (48, 60.0 - 12.0 * 12.0 / 19.0),
        (70, 60.0 + 10.0 * 12.0 / 19.0),
    ];
    let mut first = plugin(PARTIALS);
    tune(&mut first, &nineteen());
    let state = first.save_state().expect("saved");
    let mut second = plugin(PARTIALS);
    second.load_state(&state).expect("loaded");
    assert_in_tune(&mut second, &some, "opened again");
    assert_eq!(second.save_state().expect("saved"), state);
    let setup = second.setup();
    second.activate(setup).expect("active");
    assert_in_tune(&mut second, &some, "activated again");
    second.use_models(&[FRAMES]).expect("active");
    assert_in_tune(&mut second, &some, "another model");
    tune(&mut second, &json!({}));
    let equal = [(48, 48.0), (70, 70.0)];
    assert_in_tune(&mut second, &equal, "twelve equal steps again");
}

/// A tuning that is damaged, in any way, gives twelve equal steps and goes on playing; files that are
/// refused are saved again as they came.
#[test]
fn a_damaged_tuning_plays_equal_steps() {
    let equal = [(48, 48.0), (70, 70.0)];
    let mut instance = plugin(PARTIALS);
    let broken = json!({ "scale": file("broken.scl", "Broken\n1\n3/0\n"), "follow": true });
    for damaged in [json!([1]), json!({ "scale": 7 }), broken] {
        tune(&mut instance, &nineteen());
        tune(&mut instance, &damaged);
        assert_in_tune(&mut instance, &equal, &damaged.to_string());
    }
    let saved = instance.save_state().expect("saved");
    assert!(String::from_utf8_lossy(&saved).contains("broken.scl"));
}

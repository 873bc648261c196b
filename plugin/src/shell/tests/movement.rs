//! Movements through the shell's own part of a call.

use super::*;
use crate::editor::tests::hands::Hands;
use crate::movement::MovementFile;
use nice_plug::prelude::{BoolParam, ParamPtr};
use serde_json::Value;

/// Switches a parameter as a host does.
#[allow(
    unsafe_code,
    reason = "only the framework's pointers can move a parameter"
)]
fn set(pointer: ParamPtr, position: f32) {
    // SAFETY: the parameters outlive the pointer.
    unsafe { pointer._internal_set_normalized_value(position) };
}

fn record(parameters: &Parameters, is_on: bool) {
    let switch: &BoolParam = &parameters.movement.record;
    set(switch.as_ptr(), f32::from(u8::from(is_on)));
}

/// So many calls, in each of which latent 1 is somewhere else; nothing allocates.
fn sweep(player: &mut Player, parameters: &Parameters, calls: u8) {
    let (mut left, mut right) = (vec![0.0; 960], vec![0.0; 960]);
    let usual = Transport::default();
    for call in 0..calls {
        let position = f32::from(call) / f32::from(calls);
        set(parameters.latent(0).as_ptr(), position);
        let mut next = [key(36 + call % 60)].into_iter();
        assert_no_alloc(|| {
            player.play(parameters, &usual, [&mut left, &mut right], || next.next());
        });
    }
}

fn kept(file: &MovementFile) -> Value {
    file.map(Clone::clone)
}

/// Recording after recording, while nobody fetches any, fetches rooms or frees what is played no
/// more; then all is fetched, and recorded again: the audio thread never allocates or frees.
#[test]
fn recording_never_allocates() {
    let plugin = Betwixt::default();
    let parameters = &*plugin.parameters;
    let file = &parameters.movement_file;
    file.prepare();
    let mut player = ready(0);
    for turn in 0..3 {
        for _ in 0..30 {
            record(parameters, true);
            sweep(&mut player, parameters, 4);
            record(parameters, false);
            sweep(&mut player, parameters, 2);
        }
        assert!(player.take_recorded() && !player.take_recorded());
        assert!(file.settle(), "turn {turn}");
        let length_s = kept(file)["length_s"].as_f64().unwrap_or(0.0);
        assert!((length_s - 0.08).abs() < 1e-6, "turn {turn}: {length_s} s");
    }
}

/// A recording that is cut off by a reset or by the end of the activation is kept as far as it came;
/// while the switch stays on, the next call begins another one.
#[test]
fn what_is_cut_off_is_kept() {
    let plugin = Betwixt::default();
    let parameters = &*plugin.parameters;
    let file = &parameters.movement_file;
    file.prepare();
    let mut player = ready(0);
    let length_s = || kept(file)["length_s"].as_f64();
    record(parameters, true);
    sweep(&mut player, parameters, 10);
    assert_eq!(length_s(), None);
    player.reset();
    sweep(&mut player, parameters, 25);
    assert!((length_s().unwrap_or(0.0) - 0.2).abs() < 1e-6);
    player.deactivate(file);
    assert!((length_s().unwrap_or(0.0) - 0.5).abs() < 1e-6);
}

/// A project that is opened while the switch is on has its own movement, and keeps it until the
/// switch has been off.
#[test]
fn an_opened_project_is_not_recorded_over() {
    let plugin = Betwixt::default();
    let parameters = &*plugin.parameters;
    let file = &parameters.movement_file;
    file.prepare();
    let mut player = ready(0);
    let text = r#"{"format":1,"length_s":3.0,"tracks":{"latent_2":[[0.0,0.5],[3.0,1.0]]}}"#;
    let saved: Value = serde_json::from_str(text).unwrap();
    record(parameters, true);
    sweep(&mut player, parameters, 10);
    file.set(saved.clone());
    sweep(&mut player, parameters, 10);
    record(parameters, false);
    sweep(&mut player, parameters, 2);
    file.settle();
    assert_eq!(kept(file), saved);
    record(parameters, true);
    sweep(&mut player, parameters, 10);
    record(parameters, false);
    sweep(&mut player, parameters, 2);
    assert_ne!(kept(file), saved);
}

/// With the host playing at 100 beats a minute: switched on just before the ninth beat and off just
/// after the tenth, which the recording ends at.
#[test]
fn the_hosts_beats_are_heard() {
    let plugin = Betwixt::default();
    let parameters = &*plugin.parameters;
    let file = &parameters.movement_file;
    file.prepare();
    let mut player = ready(0);
    let (mut left, mut right) = (vec![0.0; 480], vec![0.0; 480]);
    record(parameters, true);
    for call in 0..70u8 {
        let transport = Transport {
            bpm: 100.0,
            beats: Some(7.9 + f64::from(call) / 60.0),
        };
        set(parameters.latent(0).as_ptr(), f32::from(call) / 100.0);
        record(parameters, call < 69);
        player.play(parameters, &transport, [&mut left, &mut right], || None);
    }
    let found = kept(file);
    let expected = [("beats", 1.0), ("first_beat", 8.0), ("length_s", 0.6)];
    for (field, expected) in expected {
        let value = found[field].as_f64().unwrap_or(f64::NAN);
        assert!((value - expected).abs() < 1e-6, "{field}: {value}");
    }
}

/// What has been recorded while the window is open can be undone and done again, the first recording
/// of a project too, and also after something else has been done.
#[test]
fn recordings_are_undone() {
    let plugin = Betwixt::default();
    let parameters = &*plugin.parameters;
    let (file, history) = (&parameters.movement_file, &parameters.history);
    file.prepare();
    let mut hands = Hands::new(&plugin.parameters, &plugin.screen);
    let mut player = ready(0);
    hands.picture();
    let mut lengths_s = vec![None];
    for calls in [10, 20] {
        record(parameters, true);
        sweep(&mut player, parameters, calls);
        record(parameters, false);
        sweep(&mut player, parameters, 1);
        hands.picture();
        lengths_s.push(kept(file)["length_s"].as_f64());
        hands.gesture(1, &[f32::from(calls) / 40.0]);
    }
    let steps = ["Latent 2", "Movement", "Latent 2", "Movement"];
    for name in steps {
        assert_eq!(history.shown().undo.as_deref(), Some(name));
        let length_s = kept(file)["length_s"].as_f64();
        assert_eq!(length_s, lengths_s[lengths_s.len() - 1], "before {name}");
        hands.with(|setter| history.undo(parameters, setter));
        if name == "Movement" {
            lengths_s.pop();
        }
    }
    assert_eq!(kept(file)["length_s"].as_f64(), None);
    for _ in steps {
        hands.with(|setter| history.redo(parameters, setter));
    }
    assert!((kept(file)["length_s"].as_f64().unwrap_or(0.0) - 0.4).abs() < 1e-6);
}

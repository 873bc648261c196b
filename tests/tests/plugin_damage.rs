//! The built plugin, mistreated: wild events, wild values, damaged states. Nothing panics, nothing
//! but numbers comes out, and the instrument can be played afterwards.

use betwixt_host::{Blocks, Event, Instance, NoteAddress, Project, Timed};
use betwixt_tests::{Dice, built};
use std::time::Duration;

const LONGEST: u32 = 1_024;
fn instance() -> Instance {
    built::clap(LONGEST)
}

fn names(instance: &Instance) -> Vec<String> {
    let parameters = instance.parameters().iter();
    parameters.map(|parameter| parameter.name.clone()).collect()
}

/// The text in a state: the framework puts its length in eight bytes before it.
fn text(state: &[u8]) -> String {
    String::from_utf8(state[8..].to_vec()).expect("the state is JSON")
}

/// A state with this text.
fn state(text: &str) -> Vec<u8> {
    let length = u64::try_from(text.len()).expect("small");
    [&length.to_le_bytes(), text.as_bytes()].concat()
}

/// A note on a fresh state can be heard; what was before must not matter. Its model may have to be
/// made ready first, which takes a moment.
fn can_be_played(instance: &mut Instance, what: &str) {
    let piece = [Event::note_on(60, 1.0).at(0)];
    let heard = (0..500).any(|_| {
        let sound = instance
            .play(&piece, 9_600, &Blocks::Of(480))
            .expect("it plays");
        assert!(sound.left.iter().all(|v| v.is_finite()), "{what}");
        let is_heard = sound.left.iter().any(|v| v.abs() > 1e-3);
        if !is_heard {
            std::thread::sleep(Duration::from_millis(10));
        }
        is_heard
    });
    assert!(heard, "{what}: silence");
}

/// Ten thousand blocks of stuck notes, wild values and random MIDI: numbers, and never too loud.
#[test]
fn ten_thousand_wild_blocks_leave_only_numbers() {
    let mut instance = instance();
    let fresh = instance.save_state().expect("saved");
    let models = ["instruments", "notes", "struck", "synth"];
    instance.use_models(&models).expect("active");
    let names = names(&instance);
    let mut dice = Dice::new(2);
    let longest = usize::try_from(LONGEST).expect("small");
    let (mut left, mut right) = (vec![0.0; longest], vec![0.0; longest]);
    for block in 0..10_000 {
        // Mostly short blocks, so that ten thousand of them are many events and not much sound.
        let most = if block % 100 == 0 {
            u64::from(LONGEST)
        } else {
            48
        };
        let frames = 1 + dice.roll(most);
        let events = dice.events(8, frames, &names);
        let frames = usize::try_from(frames).expect("small");
        let (left, right) = (&mut left[..frames], &mut right[..frames]);
        instance.process(&events, left, right).expect("it plays");
        for value in left.iter().chain(&*right) {
            assert!(
                value.abs() <= 1.0,
                "block {block}: {value} after {events:?}"
            );
        }
    }
    // Modulation belongs to the host, which takes it back; the rest is the plugin's to forget.
    let still = |name: &String| Event::Modulation {
        name: name.clone(),
        amount: 0.0,
        note: None,
    };
    let still: Vec<Timed> = names.iter().map(|name| still(name).at(0)).collect();
    let (left, right) = (&mut left[..64], &mut right[..64]);
    instance.process(&still, left, right).expect("it plays");
    instance
        .load_state(&fresh)
        .expect("the fresh state comes back");
    instance.reset();
    can_be_played(&mut instance, "after ten thousand blocks");
}

/// More events in one block than any list has room for: none is lost, so nothing hangs.
#[test]
fn a_flood_of_events_loses_none() {
    let mut instance = instance();
    let (mut left, mut right) = ([0.0; 1_024], [0.0; 1_024]);
    let struck = [Event::note_on(60, 1.0).at(0)];
    instance
        .process(&struck, &mut left, &mut right)
        .expect("it plays");
    // The key is let go behind thousands of events, some of which stand for many notes.
    let mut flood: Vec<Timed> = (0..5_000u64)
        .map(|turn| Event::controller(20, u8::try_from(turn % 128).expect("small")).at(turn / 10))
        .collect();
    let everything = Event::NoteOff {
        note: NoteAddress {
            channel: 5,
            key: 255,
            id: None,
        },
        velocity: 0.0,
    };
    flood.extend((0..100).map(|_| everything.clone().at(600)));
    flood.push(Event::note_off(60).at(600));
    instance
        .process(&flood, &mut left, &mut right)
        .expect("it plays");
    let mut silent = false;
    for _ in 0..400 {
        instance
            .process(&[], &mut left, &mut right)
            .expect("it plays");
        silent = left.iter().all(|v| *v == 0.0);
    }
    assert!(silent, "the key was let go");
}

/// Bytes that are no state, and states that lie, are refused or repaired; the sound goes on.
#[test]
fn damaged_states_do_no_harm() {
    let mut instance = instance();
    let sound = instance.save_state().expect("saved");
    let whole = text(&sound);
    let mut damaged: Vec<Vec<u8>> = vec![Vec::new(), b"{".to_vec(), vec![0xff; 4_096]];
    damaged.extend(["", "{", "null", "[]", "{\"params\":{}}"].map(state));
    damaged.extend([1, 2, 3].map(|part| sound[..sound.len() * part / 4].to_vec()));
    damaged.extend([1, 2, 3].map(|part| state(&whole[..whole.len() * part / 4])));
    let edits = [
        ("\"f32\":", "\"f32\":1e39,\"x\":"),
        ("\"f32\":0", "\"f32\":1e30"),
        ("\"f32\":", "\"i32\":"),
        ("\"i32\":", "\"i32\":-21474836"),
        ("\"string\":\"played\"", "\"bool\":true"),
        ("\"bool\":false", "\"bool\":\"frozen\""),
        ("played", "nothing"),
        ("[1080,720]", "[0]"),
        ("\"fields\":{", "\"fields\":{\"z\":\"1\","),
    ];
    for (from, to) in edits {
        let edited = whole.replace(from, to);
        assert_ne!(edited, whole, "{from} is part of a state");
        damaged.push(state(&edited));
    }
    let mut dice = Dice::new(7);
    for _ in 0..300 {
        let mut bytes = sound.clone();
        for _ in 0..=dice.roll(4) {
            let at = usize::try_from(dice.roll(bytes.len() as u64)).expect("small");
            bytes[at] = dice.byte();
        }
        damaged.push(bytes);
    }
    for (index, bytes) in damaged.iter().enumerate() {
        // Refused or taken: both are right, as long as every parameter stays in its range.
        let _ = instance.load_state(bytes);
        for parameter in instance.parameters().to_vec() {
            let value = instance.value(&parameter.name).expect("a value");
            let inside = (parameter.minimum..=parameter.maximum).contains(&value);
            assert!(inside, "state {index}: {} is {value}", parameter.name);
        }
    }
    instance.load_state(&sound).expect("a sound state is taken");
    can_be_played(&mut instance, "after damaged states");
}

/// What a state does not mention stands at its default, whatever was set before.
#[test]
fn missing_parameters_get_their_defaults() {
    let mut instance = instance();
    let parameters = instance.parameters().to_vec();
    let moved: Vec<Timed> = parameters
        .iter()
        .map(|p| {
            Event::parameter(
                &p.name,
                if p.default == p.minimum {
                    p.maximum
                } else {
                    p.minimum
                },
            )
        })
        .map(|event| event.at(0))
        .collect();
    let (mut left, mut right) = ([0.0; 64], [0.0; 64]);
    instance
        .process(&moved, &mut left, &mut right)
        .expect("it plays");
    let empty = state(r#"{"version":"0.0.1","params":{},"fields":{}}"#);
    instance
        .load_state(&empty)
        .expect("an empty state is a state");
    for parameter in parameters {
        let value = instance.value(&parameter.name).expect("a value");
        let distance = (value - parameter.default).abs();
        assert!(distance < 1e-6, "{} is {value}", parameter.name);
    }
}

/// A project made with a model that is not here is silent rather than another sound, in an instance
/// that sounds already too, keeps the name of its model when it is saved, and the instrument plays
/// again with a project of its own.
#[test]
fn a_missing_model_is_silence() {
    let mut instance = instance();
    let own = Project::of(&mut instance).expect("saved");
    let mut models = own.field("models").expect("the models are saved");
    models[0]["hash"] = "0".repeat(64).into();
    let other = own.clone().with("models", &models);
    let piece = [Event::note_on(60, 1.0).at(0)];
    let play = |instance: &mut Instance| {
        let sound = instance.play(&piece, 9_600, &Blocks::Of(480));
        sound.expect("it plays").left
    };
    assert!(play(&mut instance).iter().any(|v| v.abs() > 1e-3));
    instance.load_state(&other.bytes()).expect("it is a state");
    let sound = play(&mut instance);
    let settled = 480;
    assert!(sound[settled..].iter().all(|v| *v == 0.0), "no other model");
    assert!(play(&mut instance).iter().all(|v| *v == 0.0));
    let saved = Project::of(&mut instance).expect("saved").field("models");
    let saved = saved.expect("the models are saved");
    assert_eq!(
        saved[0]["hash"], models[0]["hash"],
        "it names its own model"
    );
    instance.load_state(&own.bytes()).expect("it is a state");
    can_be_played(&mut instance, "with its own model");
}

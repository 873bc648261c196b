//! Undo, redo and A/B under pointer and keys: what a step is, and what comes back.

mod edits;

use super::super::hand::Hand;
use super::super::{gesture, presets, tuning};
use super::bench::{Bench, SIZE};
use crate::history::Scope;
use crate::library::{self, Wanted};
use crate::presets::{Favourites, Preset};
use crate::sound::{Sound, Value};
use crate::tuning::{Folder, Saved};
use betwixt_engine::random::Random;
use egui::{Key, Modifiers, vec2};
use nice_plug::params::persist::PersistentField;
use std::sync::Arc;

/// The names of what can be undone, the newest first; all of it is undone.
fn undone(bench: &mut Bench) -> Vec<String> {
    let mut names = Vec::new();
    while let Some(name) = bench.parameters.history.shown().undo {
        names.push(name);
        press(bench, Modifiers::COMMAND, Key::Z);
    }
    names
}

fn press(bench: &mut Bench, modifiers: Modifiers, key: Key) {
    bench.modifiers = modifiers;
    bench.press(key);
    bench.modifiers = Modifiers::NONE;
    bench.picture(Vec::new());
}

fn heard(bench: &Bench) -> (Sound, Saved) {
    let parameters = &bench.parameters;
    (Sound::of(parameters), parameters.tuning.saved())
}

/// Does something in the window; it is one step of this name, undone it is gone, and done again by
/// either key it is there again.
fn is_one_step(bench: &mut Bench, name: &str, act: impl FnOnce(&mut Bench)) {
    let before = heard(bench);
    assert_eq!(bench.parameters.history.shown().undo, None, "{name}");
    act(bench);
    let after = heard(bench);
    assert!(before != after, "{name} changes something");
    for again in [
        (Modifiers::COMMAND, Key::Y),
        (Modifiers::COMMAND | Modifiers::SHIFT, Key::Z),
    ] {
        assert_eq!(undone(bench), [name]);
        assert!(heard(bench) == before, "{name} is undone");
        press(bench, again.0, again.1);
        assert!(heard(bench) == after, "{name} is done again");
    }
    bench.click_on("Undo");
    assert!(heard(bench) == before, "{name} is undone by the button");
    bench.click_on("Redo");
    assert!(heard(bench) == after, "{name} is done again by the button");
    undone(bench);
}

/// From the beginning of a gesture to its end is one step, whatever the gesture is.
#[test]
fn every_gesture_is_one_step() {
    let mut bench = Bench::new(8, SIZE);
    let latent = bench.latent(2);
    let field = bench.field();
    is_one_step(&mut bench, "Latent 3", |bench| {
        bench.drag(latent, vec2(70.0, 0.0))
    });
    is_one_step(&mut bench, "Map", |bench| {
        bench.drag(field.center(), vec2(30.0, 40.0));
    });
    is_one_step(&mut bench, "Map", |bench| {
        bench.time_s += 5.0;
        bench.click(field.left_top() + vec2(31.0, 17.0));
    });
    is_one_step(&mut bench, "Latent 3", |bench| {
        bench.right_click(latent);
        bench.write("0.777");
        bench.press(Key::Enter);
    });
    let octave = bench.on_page("Sound", "Octave");
    is_one_step(&mut bench, "Octave", |bench| bench.wheel(octave, 1.0));
    is_one_step(&mut bench, "Phase", |bench| {
        let at = bench.on_page("Sound", "Phase");
        bench.time_s += 5.0;
        bench.click(at);
        bench.picture(Vec::new());
        bench.click_on("Peak lock");
    });
    bench.click_on("Playing");
    is_one_step(&mut bench, "Play Mode", |bench| bench.click_on("Play Mode"));
}

/// A double-click on the map sets all latents: one step. On a slider, the default is one too.
#[test]
fn defaults_are_one_step() {
    let mut bench = Bench::new(8, SIZE);
    let (at, field) = (bench.latent(2), bench.field());
    bench.drag(at, vec2(70.0, 0.0));
    bench.drag(bench.latent(5), vec2(-50.0, 0.0));
    let moved = heard(&bench);
    bench.modifiers = Modifiers::COMMAND;
    bench.time_s += 5.0;
    bench.click(field.center());
    bench.modifiers = Modifiers::NONE;
    assert!(heard(&bench) != moved);
    press(&mut bench, Modifiers::COMMAND, Key::Z);
    assert!(heard(&bench) == moved);
    assert_eq!(undone(&mut bench), ["Latent 6", "Latent 3"]);
}

/// What a controller held is what was heard: a control that is given a value of its own gives it back
/// when that is undone, also where the control itself has stood there all the time.
#[test]
fn what_was_held_comes_back() {
    let held = || {
        let mut bench = Bench::new(8, SIZE);
        bench.drag(bench.latent(2), vec2(70.0, 0.0));
        undone(&mut bench);
        bench.parameters.controllers.take(2, 0.9);
        bench
    };
    is_one_step(&mut held(), "Latent 3", |bench| {
        bench.modifiers = Modifiers::COMMAND;
        bench.time_s += 5.0;
        bench.click(bench.latent(2));
        bench.modifiers = Modifiers::NONE;
    });
    is_one_step(&mut held(), "Latent 3", |bench| {
        bench.drag(bench.latent(2), vec2(-40.0, 0.0));
    });
    is_one_step(&mut held(), "Latent 3", |bench| {
        bench.right_click(bench.latent(2));
        bench.click_on("Default");
    });
    is_one_step(&mut held(), "Latent 3", |bench| {
        bench.right_click(bench.latent(2));
        bench.write("0.777");
        bench.press(Key::Enter);
    });
}

/// The wheel turned again within a second goes on with its step, later or elsewhere it does not; and
/// turned back to where it began it has done nothing.
#[test]
fn the_wheel_goes_on_with_its_step() {
    let mut bench = Bench::new(8, SIZE);
    let [first, second] = [4, 5].map(|index| bench.latent(index));
    for _ in 0..4 {
        bench.wheel(first, 1.0);
    }
    bench.time_s += 2.0;
    bench.wheel(first, 1.0);
    bench.wheel(second, 1.0);
    bench.wheel(first, 1.0);
    assert_eq!(
        undone(&mut bench),
        ["Latent 5", "Latent 6", "Latent 5", "Latent 5"]
    );
    // Up to the end of the range, and on: what turns nothing is no step and joins none.
    bench.drag(second, vec2(20.0, 0.0));
    bench.wheel(first, 1_000.0);
    bench.time_s += 2.0;
    bench.wheel(first, 1.0);
    bench.wheel(first, -1.0);
    assert_eq!(undone(&mut bench), ["Latent 5", "Latent 5", "Latent 6"]);
}

/// What the host moves makes no step, and undo leaves it where it is.
#[test]
fn automation_is_not_undone() {
    let mut bench = Bench::new(8, SIZE);
    let at = bench.latent(2);
    let before = bench.value(2);
    bench.drag(at, vec2(70.0, 0.0));
    bench.with(|setter| setter.set_parameter(bench.parameters.latent(6), 0.875));
    bench.picture(Vec::new());
    assert_eq!(undone(&mut bench), ["Latent 3"]);
    assert_eq!((bench.value(2), bench.value(6)), (before, 0.875));
}

/// After something new there is nothing to be done again.
#[test]
fn redo_is_lost_after_something_new() {
    let mut bench = Bench::new(8, SIZE);
    let [first, second] = [1, 2].map(|index| bench.latent(index));
    bench.drag(first, vec2(70.0, 0.0));
    press(&mut bench, Modifiers::COMMAND, Key::Z);
    assert_eq!(
        bench.parameters.history.shown().redo.as_deref(),
        Some("Latent 2")
    );
    bench.drag(second, vec2(70.0, 0.0));
    assert_eq!(bench.parameters.history.shown().redo, None);
    let after = heard(&bench);
    press(&mut bench, Modifiers::COMMAND, Key::Y);
    assert!(heard(&bench) == after);
}

/// While a text is being written the keys are the text's.
#[test]
fn keys_in_a_text_undo_no_sound() {
    let mut bench = Bench::new(8, SIZE);
    let at = bench.latent(2);
    bench.drag(at, vec2(70.0, 0.0));
    let after = heard(&bench);
    bench.right_click(at);
    press(&mut bench, Modifiers::COMMAND, Key::Z);
    assert!(heard(&bench) == after);
}

/// A preset undone gives its name and its mark back, and the sound before it.
#[test]
fn a_preset_is_undone_with_its_name() {
    let mut bench = Bench::new(8, SIZE);
    let place = tempfile::tempdir().unwrap();
    let favourites = Favourites::at(Some(place.path().join("favourites.txt")));
    bench.editor.presets = presets::View::new(Some(place.path().into()), favourites);
    let parameters = Arc::clone(&bench.parameters);
    let mut first = Preset::initial(&parameters);
    first.head.name = "First".into();
    let kind = parameters.table()[1].kind;
    let mut second = first.clone();
    second.head.name = "Second".into();
    second.sound.values[1] = Some(Value::Real(0.9).exact(kind));
    for preset in [&first, &second] {
        let preset = Arc::new(preset.clone());
        bench.with(|setter| {
            parameters
                .history
                .load_preset(&preset, (&parameters, setter))
        });
        let at = bench.latent(3);
        bench.drag(at, vec2(50.0, 0.0));
    }
    let shown = |bench: &Bench| {
        let shown = bench.parameters.loaded.shown(&bench.parameters);
        (shown.name.unwrap_or_default(), shown.is_changed)
    };
    let expected = [
        ("Second", false),
        ("First", true),
        ("First", false),
        ("", false),
    ];
    for (name, is_changed) in expected {
        press(&mut bench, Modifiers::COMMAND, Key::Z);
        assert_eq!(shown(&bench), (name.to_owned(), is_changed));
    }
    for (name, is_changed) in [("First", false), ("First", true), ("Second", false)] {
        press(&mut bench, Modifiers::COMMAND, Key::Y);
        assert_eq!(shown(&bench), (name.to_owned(), is_changed));
    }
}

/// A model, a tuning and a movement that are chosen in the window are steps of their own.
#[test]
fn what_is_no_parameter_is_undone_too() {
    let mut bench = Bench::new(8, SIZE);
    let place = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| std::fs::write(place.path().join(name), text).unwrap();
    file("quarters.scl", "! q\nQuarter tones\n1\n50.0\n");
    file(
        "wave.json",
        r#"{ "format": 1, "length_s": 2.0, "tracks": { "latent_1": [[0.0, 0.25]] } }"#,
    );
    bench.editor.tuning = tuning::Panel::new(Folder::at(place.path()));
    let open = |bench: &mut Bench, label: &str| {
        bench.click_on(label);
        bench.picture(Vec::new());
    };
    is_one_step(&mut bench, "Model B", |bench| {
        open(bench, "Model B: –");
        let name = &library::factory()[2].description.header.name;
        let at = bench.labelled(name).expect(name);
        bench.click(at);
        bench.press(Key::Escape);
    });
    is_one_step(&mut bench, "Tuning", |bench| {
        open(bench, "Tuning: 12 equal steps");
        open(bench, "quarters.scl");
        bench.press(Key::Escape);
    });
    open(&mut bench, "Playing");
    is_one_step(&mut bench, "Movement", |bench| {
        let import = bench.named("Import").unwrap();
        bench.click(import - vec2(0.0, 25.0));
        bench.write(&place.path().join("wave.json").display().to_string());
        open(bench, "Import");
        bench.press(Key::Escape);
    });
}

/// A and B are two sounds: changing over leaves each as it was, copying makes them equal, and both are
/// steps.
#[test]
fn a_and_b_are_two_sounds() {
    let mut bench = Bench::new(8, SIZE);
    let at = bench.latent(2);
    let first = heard(&bench);
    bench.click_on("A/B: A");
    assert!(heard(&bench) == first, "B begins as a copy");
    bench.drag(at, vec2(70.0, 0.0));
    let second = heard(&bench);
    bench.click_on("A/B: B");
    assert!(heard(&bench) == first);
    bench.click_on("A/B: A");
    assert!(heard(&bench) == second);
    let over = bench.labelled("A/B: B").unwrap();
    bench.right_click(over);
    bench.click_on("Copy B to A");
    bench.press(Key::Escape);
    bench.click_on("A/B: B");
    assert!(heard(&bench) == second, "A is B now");
    let steps = [
        "Change to A",
        "Copy B to A",
        "Change to B",
        "Change to A",
        "Latent 3",
        "Change to B",
    ];
    assert_eq!(undone(&mut bench), steps);
    assert!(heard(&bench) == first);
    for _ in 0..4 {
        press(&mut bench, Modifiers::COMMAND, Key::Y);
    }
    assert!(heard(&bench) == second, "B after having been away");
}

/// The other sound comes back with the project, and what was done in the project before does not.
#[test]
fn the_other_sound_is_saved() {
    let mut bench = Bench::new(8, SIZE);
    let at = bench.latent(2);
    bench.drag(at, vec2(70.0, 0.0));
    bench.click_on("A/B: A");
    let first = heard(&bench);
    bench.drag(at, vec2(-90.0, 0.0));
    let saved = bench
        .parameters
        .history
        .map(|saved| serde_json::to_string(saved).unwrap());
    let other = Bench::new(8, SIZE);
    other
        .parameters
        .history
        .set(serde_json::from_str(&saved).unwrap());
    let shown = other.parameters.history.shown();
    assert_eq!((shown.is_b, shown.undo), (true, None));
    other.with(|setter| {
        other
            .parameters
            .history
            .change_over(&other.parameters, setter)
    });
    assert!(heard(&other) == first, "A is what it was");
    bench
        .parameters
        .history
        .set(serde_json::from_str(&saved).unwrap());
    assert_eq!(bench.parameters.history.shown().undo, None);
}

/// A mutation and a random sound are found beside the window and are one step each; what the player
/// moves meanwhile stays.
#[test]
fn a_found_sound_is_one_step() {
    let mut bench = Bench::on(crate::library::tests::tiny_partials(8), SIZE);
    for (button, step) in [("Mutate", "Mutation"), ("Random", "Random sound")] {
        let before = heard(&bench);
        bench.click_on(button);
        while bench.editor.steps.is_busy() {
            std::thread::yield_now();
            bench.picture(Vec::new());
        }
        let after = heard(&bench);
        assert!(before != after, "{button}");
        assert_eq!(undone(&mut bench), [step]);
        assert!(heard(&bench) == before, "{button} is undone");
        press(&mut bench, Modifiers::COMMAND, Key::Y);
        assert!(heard(&bench) == after, "{button} is done again");
        undone(&mut bench);
    }
}

/// Locks are set in the list, are said on its button, and are saved.
#[test]
fn locks_are_shown_and_saved() {
    let mut bench = Bench::new(8, SIZE);
    bench.click_on("Locks");
    bench.picture(Vec::new());
    bench.click_on("Envelope");
    bench.host.take();
    bench.click_on("Large");
    assert_eq!(bench.host.take(), super::gesture_of("Changes"));
    bench.press(Key::Escape);
    assert!(bench.labelled("Locks 1").is_some());
    let explore = &bench.parameters.explore;
    let saved = explore.map(|saved| serde_json::to_string(saved).unwrap());
    assert_eq!(saved, r#"{"seed":0,"amount":"large","locks":["Envelope"]}"#);
}

/// Of many steps the newest 200 can be undone.
#[test]
fn the_newest_steps_are_remembered() {
    let bench = Bench::new(8, SIZE);
    let parameters = &bench.parameters;
    let latent = parameters.latent(0);
    for step in 1..=300u16 {
        let position = f32::from(step) / 400.0;
        bench.with(|setter| gesture::once(&Hand::new(setter, parameters), latent, position));
    }
    let mut undone = 0;
    while bench.with(|setter| parameters.history.undo(parameters, setter)) {
        undone += 1;
    }
    assert_eq!((undone, bench.value(0)), (200, 0.25));
}

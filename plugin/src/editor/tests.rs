//! The window without a screen: a pointer that presses, drags and turns, and what the host hears.

mod bench;
mod canvas;
mod controllers;
mod cost;
mod habits;
pub(crate) mod hands;
mod history;
mod host;
mod map;
mod movement;
mod pages;
mod performance;
mod pictures;
mod play;
mod presets;
mod sounding;
mod tuning;

use crate::library;
use crate::library::tests::{tiny, tiny_partials};
use bench::{Bench, SIZE};
use betwixt_engine::Controls;
use host::Heard;
use sounding::{strike, watched};

use egui::{Event, Key, Modifiers, pos2, vec2};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

fn gesture_of(name: &str) -> Vec<(String, Heard)> {
    [Heard::Begin, Heard::Set, Heard::End]
        .map(|heard| (name.to_owned(), heard))
        .to_vec()
}

/// A drag moves the latent under it, to the right for more, as one whole gesture, and no other.
#[test]
fn a_drag_moves_one_latent() {
    for index in 0..8 {
        let mut bench = Bench::new(8, SIZE);
        let before: Vec<f32> = (0..8).map(|other| bench.value(other)).collect();
        let at = bench.latent(index);
        bench.drag(at, vec2(60.0, 0.0));
        let name = format!("Latent {}", index + 1);
        assert_eq!(bench.host.take(), gesture_of(&name));
        for (other, before) in before.into_iter().enumerate() {
            let moved = bench.value(other) - before;
            assert_eq!(
                moved > 0.1,
                other == index,
                "latent {other} moved by {moved}"
            );
        }
    }
}

/// The length of the slider is the whole range, and shift makes the same drag ten times finer.
#[test]
fn shift_makes_a_drag_ten_times_finer() {
    let moved_by = |modifiers: Modifiers| {
        let mut bench = Bench::new(8, SIZE);
        let (before, at) = (bench.value(0), bench.latent(0));
        bench.modifiers = modifiers;
        bench.drag(at, vec2(100.0, 0.0));
        bench.value(0) - before
    };
    let (plain, fine) = (moved_by(Modifiers::NONE), moved_by(Modifiers::SHIFT));
    let width = Bench::new(8, SIZE).areas().latents.shrink(12.0).width();
    assert!(
        (plain - 100.0 / width).abs() < 10.5 / width,
        "{plain} of {width}"
    );
    assert!((fine - plain / 10.0).abs() < 1e-4, "{fine} against {plain}");
}

/// A double-click, or a click with command, goes back to the model's own position.
#[test]
fn a_double_click_resets() {
    for modifiers in [Modifiers::NONE, Modifiers::COMMAND] {
        let mut bench = Bench::new(8, SIZE);
        let (default, at) = (bench.value(2), bench.latent(2));
        bench.drag(at, vec2(80.0, 0.0));
        assert_ne!(bench.value(2), default);
        bench.host.take();
        bench.time_s += 5.0;
        bench.modifiers = modifiers;
        bench.click(at);
        if modifiers == Modifiers::NONE {
            assert!(
                bench.host.take().is_empty(),
                "one click alone changes nothing"
            );
            bench.click(at);
        }
        assert_eq!(bench.value(2), default, "{modifiers:?}");
        assert_eq!(bench.host.take(), gesture_of("Latent 3"));
    }
}

/// The wheel steps by 2 %, with shift by 0.2 %, and stops at the ends.
#[test]
fn the_wheel_steps() {
    let mut bench = Bench::new(8, SIZE);
    let (before, at) = (bench.value(4), bench.latent(4));
    bench.wheel(at, 3.0);
    assert!((bench.value(4) - before - 0.06).abs() < 1e-6);
    assert_eq!(bench.host.take(), gesture_of("Latent 5"));
    bench.modifiers = Modifiers::SHIFT;
    bench.wheel(at, -5.0);
    assert!((bench.value(4) - before - 0.05).abs() < 1e-6);
    bench.modifiers = Modifiers::NONE;
    bench.wheel(at, 1_000.0);
    assert_eq!(bench.value(4), 1.0);
}

/// A stepped parameter moves by a whole step however little the wheel turns.
#[test]
fn the_wheel_moves_stepped_parameters_by_one() {
    let mut bench = Bench::new(8, SIZE);
    let at = bench.on_page("Sound", "Voices");
    let before = bench.parameters.voices.value();
    bench.wheel(at, 0.1);
    assert_eq!(bench.parameters.voices.value(), before + 1);
    bench.wheel(at, -0.1);
    assert_eq!(bench.parameters.voices.value(), before);
}

/// A click on a choice among few takes the next, round to the first again.
#[test]
fn a_click_takes_the_next_choice() {
    let mut bench = Bench::new(8, SIZE);
    bench.click_on("Playing");
    let at = bench.labelled("Play Mode").expect("it is there");
    for expected in ["Mono", "Legato", "Poly"] {
        bench.time_s += 5.0;
        bench.click(at);
        assert_eq!(bench.parameters.playing.mode.to_string(), expected);
    }
}

/// Another model is taken from the list, for any slot: the host hears that the project has changed,
/// and the first slot's model is shown when it has been found.
#[test]
fn another_model_is_taken_from_the_list() {
    let mut bench = Bench::new(8, SIZE);
    let press = |bench: &mut Bench, label: &str| {
        let at = bench.labelled(label).expect(label);
        bench.time_s += 5.0;
        bench.click(at);
        bench.picture(Vec::new());
    };
    let factory = &library::factory()[2];
    let name = &factory.description.header.name;
    for (slot, label) in ["Model A: Tiny", "Model B: –"].into_iter().enumerate() {
        press(&mut bench, label);
        press(&mut bench, name);
        assert_eq!(bench.host.take(), gesture_of("Changes"));
        let wanted = bench.parameters.slots.wanted()[slot].clone();
        assert_eq!(wanted, Some(factory.wanted()));
        bench.press(Key::Escape);
        bench.press(Key::Escape);
    }
    let wanted = factory.wanted();
    let found = library::Found::Here(Arc::clone(factory));
    bench.parameters.slots.tell(0, Some(&wanted), found);
    bench.picture(Vec::new());
    assert_eq!(bench.editor.model.header.name, *name);
}

/// A right click, a value in words and Enter set it, with or without its unit, whatever controller
/// holds it; what means nothing, and Escape, change nothing.
#[test]
fn a_value_can_be_typed() {
    let mut bench = Bench::new(8, SIZE);
    let at = bench.labelled("Release").expect("it is there");
    let release = |bench: &Bench| bench.parameters.release.value();
    for (words, expected_s) in [("1.5 s", 1.5), ("80", 0.08), ("soon", 0.08), ("99 s", 20.0)] {
        bench.right_click(at);
        bench.picture(Vec::new());
        bench.picture(vec![Event::Text(words.into())]);
        bench.press(Key::Enter);
        let found = release(&bench);
        assert!((found - expected_s).abs() < 1e-3, "{words}: {found}");
        assert!(bench.labelled("Default").is_none(), "the menu is closed");
    }
    bench.host.take();
    bench.right_click(at);
    bench.picture(vec![Event::Text("1 s".into())]);
    bench.press(Key::Escape);
    assert!(bench.host.take().is_empty());
}

/// Every view paints something at every size that a host may force, and nothing panics.
#[test]
fn every_size_can_be_painted() {
    for latents in [1, 3, 8] {
        for size in [
            (1.0, 1.0),
            (30.0, 900.0),
            (760.0, 580.0),
            (1080.0, 720.0),
            (3840.0, 2160.0),
        ] {
            let mut bench = Bench::new(latents, vec2(size.0, size.1));
            let everywhere = pos2(size.0 / 2.0, size.1 / 2.0);
            bench.drag(everywhere, vec2(5.0, 5.0));
            assert!(bench.shapes > 40, "{} shapes at {size:?}", bench.shapes);
        }
    }
}

/// A project with a missing model says so, in the name's place and on its slot.
#[test]
fn a_missing_model_is_said() {
    let mut bench = Bench::new(8, SIZE);
    let wanted = library::Wanted {
        name: "Cello".into(),
        hash: Some("abc".into()),
    };
    bench.parameters.slots.choose(0, Some(wanted.clone()));
    let found = library::Found::Missing("Cello: put it there".into());
    bench.parameters.slots.tell(0, Some(&wanted), found);
    bench.picture(Vec::new());
    assert!(bench.labelled("Model A: Cello").is_some());
    let said = "Model A is missing: silent. Cello: put it there".to_owned();
    assert!(bench.texts().contains(&said), "{:?}", bench.texts());
}

/// A parameter that cannot be reached in the window would be a promise not kept: on one of its pages
/// there is a control of its name, and the wheel over it moves it and no other.
#[test]
fn every_parameter_can_be_moved_in_the_window() {
    let mut bench = Bench::on(tiny_partials(8), SIZE);
    let mut moved = Vec::new();
    for page in ["Map", "Sound", "Modulation", "Playing"] {
        bench.click_on(page);
        for node in bench.nodes() {
            bench.host.take();
            bench.wheel(node.bounds.center(), 1.0);
            bench.wheel(node.bounds.center(), -2.0);
            let heard: BTreeSet<String> = bench.host.take().into_iter().map(|h| h.0).collect();
            if !heard.is_empty() {
                let names: Vec<String> = heard.into_iter().collect();
                assert_eq!(names, [node.label.as_str()], "{page}");
                moved.push(node.label);
            }
        }
    }
    moved.sort();
    let table = bench.parameters.table();
    let names = table.iter().map(|entry| entry.knob.label());
    // What nobody is to see counts changes.
    let mut expected: Vec<&str> = names.filter(|name| *name != "Changes").collect();
    expected.sort_unstable();
    // The head of the window stands over every page.
    moved.dedup();
    assert_eq!(moved, expected);
}

/// While a note sounds its spectrum is drawn and the next picture is due within 33 ms; in silence
/// nothing is drawn anew until something happens.
#[test]
fn pictures_are_painted_only_while_something_sounds() {
    let mut bench = Bench::new(8, SIZE);
    for _ in 0..20 {
        bench.picture(Vec::new());
    }
    let at_rest = bench.shapes;
    assert!(
        bench.next_picture > Duration::from_secs(60),
        "{:?}",
        bench.next_picture
    );

    let mut engine = watched(&bench, tiny(8).decoder);
    let (mut left, mut right) = ([0.0; 4_096], [0.0; 4_096]);
    engine.process(&Controls::default(), &[strike(60)], &mut left, &mut right);
    bench.picture(Vec::new());
    assert!(
        bench.next_picture <= Duration::from_millis(33),
        "{:?}",
        bench.next_picture
    );
    assert!(
        bench.shapes > at_rest,
        "{} shapes, {at_rest} at rest",
        bench.shapes
    );
    let mut spectrum = betwixt_engine::telemetry::Spectrum::default();
    engine.telemetry().read_spectrum(&mut spectrum);
    let mut all = spectrum.tone.iter().chain(&spectrum.noise);
    assert!(all.any(|m| *m > 1e-3), "there is something to draw");
}

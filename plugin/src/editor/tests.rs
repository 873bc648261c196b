//! The window without a screen: a pointer that presses, drags and turns, and what the host hears.

mod bench;
mod controllers;
mod history;
mod movement;
mod pages;
mod performance;
mod presets;
mod tuning;

use crate::library;
use crate::library::tests::{tiny, tiny_partials};
use bench::{Bench, Heard, SIZE};
use betwixt_engine::{Controls, Engine, Event as Played, EventKind, Note, Settings};
use nice_plug::params::persist::PersistentField;

use egui::{Event, Key, Modifiers, Pos2, pos2, vec2};
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
    let at = bench.control(5);
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

/// The pad moves its two latents to where the pointer is, both as whole gestures; up is more.
#[test]
fn the_pad_moves_two_latents() {
    let mut bench = Bench::new(8, SIZE);
    bench.parameters.pad.set([2, 5]);
    let centre = bench.areas().pad.center();
    bench.drag(centre, vec2(60.0, -60.0));
    let (across, up) = (bench.value(2), bench.value(5));
    assert!(
        across > 0.55 && across < 0.95 && up > 0.55 && up < 0.95,
        "{across}, {up}"
    );
    let mut heard = bench.host.take();
    heard.sort_by(|a, b| a.0.cmp(&b.0));
    let count = |name: &str, what| {
        heard
            .iter()
            .filter(|h| **h == (name.to_owned(), what))
            .count()
    };
    for name in ["Latent 3", "Latent 6"] {
        assert_eq!(
            (count(name, Heard::Begin), count(name, Heard::End)),
            (1, 1),
            "{name}"
        );
        assert!(count(name, Heard::Set) > 0, "{name}");
    }
    assert!(
        heard
            .iter()
            .all(|(name, _)| ["Latent 3", "Latent 6"].contains(&name.as_str()))
    );
}

/// With shift the pad's mark moves a tenth of the pointer's way, and a double-click goes back to the
/// model's first sound.
#[test]
fn the_pad_is_fine_with_shift_and_resets() {
    let mut bench = Bench::new(8, SIZE);
    let centre = bench.areas().pad.center();
    let before = (bench.value(0), bench.value(1));
    bench.modifiers = Modifiers::SHIFT;
    bench.drag(centre, vec2(80.0, -80.0));
    let moved = (bench.value(0) - before.0, bench.value(1) - before.1);
    assert!(moved.0 > 0.01 && moved.0 < 0.05, "across by {}", moved.0);
    assert!(moved.1 > 0.01 && moved.1 < 0.05, "up by {}", moved.1);
    bench.modifiers = Modifiers::NONE;
    bench.time_s += 5.0;
    bench.click(centre);
    bench.click(centre);
    assert_eq!((bench.value(0), bench.value(1)), before);
}

/// Where the sounds of the tests' model lie on the map.
fn spots(bench: &Bench) -> Vec<Pos2> {
    let field = bench.field();
    let points = tiny(8).description.points.clone();
    let spot = |point: &betwixt_model::Point| {
        field.left_bottom() + vec2(point.latents[0], -point.latents[1]) * field.size()
    };
    points.iter().map(spot).collect()
}

/// How far from a place the nearest of some spots is.
fn distance(spots: &[Pos2], at: Pos2) -> f32 {
    let distances = spots.iter().map(|spot| spot.distance(at));
    distances.fold(f32::INFINITY, f32::min)
}

/// A click on a training sound goes to that sound: every latent, each as a whole gesture.
#[test]
fn a_click_on_a_sound_goes_to_it() {
    let points = tiny(8).description.points.clone();
    for target in [3, 17, 30] {
        let mut bench = Bench::new(8, SIZE);
        let mut others = spots(&bench);
        let at = others.remove(target);
        assert!(distance(&others, at) > 3.0, "sound {target} stands alone");
        bench.click(at + vec2(1.0, -1.0));
        for (latent, place) in points[target].latents.iter().enumerate() {
            assert_eq!(
                bench.value(latent),
                *place,
                "sound {target}, latent {latent}"
            );
        }
        let expected: Vec<_> = (1..=8)
            .flat_map(|latent| gesture_of(&format!("Latent {latent}")))
            .collect();
        assert_eq!(bench.host.take(), expected);
    }
}

/// A click where no sound is moves the pad's own two latents there, and no others.
#[test]
fn a_click_beside_all_sounds_moves_two_latents() {
    let mut bench = Bench::new(8, SIZE);
    let (before, field, spots) = (bench.value(2), bench.field(), spots(&bench));
    let place = |step: u8| vec2(f32::from(step % 20) / 20.0, f32::from(step / 20) / 10.0);
    let spot = |place: egui::Vec2| field.left_bottom() + vec2(place.x, -place.y) * field.size();
    let is_free = |step: &u8| distance(&spots, spot(place(*step))) > 15.0;
    let free = (21..180)
        .find(is_free)
        .map(place)
        .expect("the map has room");
    bench.click(spot(free));
    let moved = vec2(bench.value(0), bench.value(1));
    assert!((moved - free).length() < 1e-3, "{moved:?} for {free:?}");
    assert_eq!(bench.value(2), before);
}

/// The numbers along the edges choose which latents the pad moves.
#[test]
fn the_pads_axes_can_be_chosen() {
    let mut bench = Bench::new(8, SIZE);
    let inside = bench.areas().pad.shrink(12.0);
    let width = inside.width() - 20.0;
    let fifth = pos2(
        inside.left() + 20.0 + width * 4.5 / 8.0,
        inside.bottom() - 10.0,
    );
    bench.click(fifth);
    assert_eq!(bench.parameters.pad.get(), [4, 1]);
    let highest = pos2(inside.left() + 10.0, inside.top() + 16.0 + 8.0);
    bench.click(highest);
    assert_eq!(bench.parameters.pad.get(), [4, 7]);
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
    assert!(
        bench
            .texts()
            .contains(&"Model A is missing: silent".to_owned())
    );
}

/// A parameter that cannot be reached in the window would be a promise not kept: on one of its pages
/// there is a control of its name, and the wheel over it moves it and no other.
#[test]
fn every_parameter_can_be_moved_in_the_window() {
    let mut bench = Bench::on(tiny_partials(8), SIZE);
    let mut moved = Vec::new();
    for page in ["Sound", "Modulation", "Playing"] {
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

    let settings = Settings {
        sample_rate_hz: 48_000.0,
        seed: 1,
    };
    let mut engine = Engine::new(tiny(8).decoder, settings);
    bench.editor.screen.show(engine.telemetry());
    let note = Note {
        id: None,
        channel: 0,
        key: 60,
    };
    let struck = Played {
        offset_samples: 0,
        kind: EventKind::NoteOn {
            note,
            velocity: 1.0,
        },
    };
    let (mut left, mut right) = ([0.0; 4_096], [0.0; 4_096]);
    engine.process(&Controls::default(), &[struck], &mut left, &mut right);
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
    let mut magnitudes = [0.0; betwixt_engine::telemetry::SPECTRUM_POINTS];
    engine.telemetry().read_spectrum(&mut magnitudes);
    assert!(
        magnitudes.iter().any(|m| *m > 1e-3),
        "there is something to draw"
    );
}

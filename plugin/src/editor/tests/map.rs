//! The map under the pointer: where moves take the sound, what is seen of it.

mod audition;
mod movement;

use super::bench::{Bench, SIZE};
use super::gesture_of;
use super::host::Heard;
use super::sounding::{release, strike, watched};
use crate::library::tests::{tiny, tiny_model};
use crate::library::{Found, Loaded};
use crate::state::Plane;
use betwixt_engine::{Controls, Engine, Event as Played};
use betwixt_model::header::Pca;
use betwixt_model::{Model, WeightFormat};
use nice_plug::params::persist::PersistentField;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use egui::{Event, Key, Modifiers, PointerButton, Pos2, pos2, vec2};

/// The map moves its two latents to where the pointer is, both as whole gestures; up is more.
#[test]
fn the_map_moves_two_latents() {
    let mut bench = Bench::new(8, SIZE);
    bench.parameters.pad.set([2, 5]);
    let centre = bench.areas().map.center();
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

/// With shift the map's mark moves a tenth of the pointer's way, and a double-click goes back to the
/// model's first sound.
#[test]
fn the_map_is_fine_with_shift_and_resets() {
    let mut bench = Bench::new(8, SIZE);
    let centre = bench.areas().map.center();
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

/// A click where no sound is moves the map's own two latents there, and no others.
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

/// The numbers along the edges choose which latents the map moves.
#[test]
fn the_maps_axes_can_be_chosen() {
    let mut bench = Bench::new(8, SIZE);
    bench.click_on("Latent 5 across");
    assert_eq!(bench.parameters.pad.get(), [4, 1]);
    assert_eq!(bench.host.take(), gesture_of("Changes"));
    bench.click_on("Latent 8 up");
    assert_eq!(bench.parameters.pad.get(), [4, 7]);
}

/// A model that knows in which plane its sounds differ most; its two directions are orthonormal.
fn with_plane() -> Loaded {
    let mut model = Model::from_bytes("tiny", &tiny_model(8)).unwrap();
    model.header.pca = Some(Pca {
        mean: vec![0.5; 8],
        components: DIRECTIONS.map(Vec::from).to_vec(),
    });
    let bytes = model.to_bytes(WeightFormat::F32).unwrap();
    Loaded::from_bytes("tiny plane", bytes).unwrap()
}

/// 1/√8 each.
const STEP: f32 = 0.353_553_4;
const DIRECTIONS: [[f32; 8]; 2] = [
    [STEP; 8],
    [STEP, -STEP, STEP, -STEP, STEP, -STEP, STEP, -STEP],
];

fn latents(bench: &Bench) -> [f32; 8] {
    std::array::from_fn(|index| bench.value(index))
}

/// Along a direction, from the middle.
fn along(latents: &[f32; 8], direction: &[f32; 8]) -> f32 {
    let pairs = latents.iter().zip(direction);
    pairs.map(|(latent, step)| (latent - 0.5) * step).sum()
}

/// What neither direction says of some latents.
fn beside(latents: &[f32; 8]) -> [f32; 8] {
    let [across, up] = DIRECTIONS.map(|direction| along(latents, &direction));
    std::array::from_fn(|index| {
        latents[index] - 0.5 - across * DIRECTIONS[0][index] - up * DIRECTIONS[1][index]
    })
}

/// A drag over the plane of all latents moves every one of them, to the right along the first
/// direction and up along the second, and leaves what is orthogonal to both; it is one step.
#[test]
fn the_map_of_all_latents_moves_all_of_them() {
    let mut bench = Bench::on(with_plane(), SIZE);
    let (before, centre) = (latents(&bench), bench.field().center());
    bench.drag(centre, vec2(12.0, 25.0));
    let after = latents(&bench);
    for (now, was) in beside(&after).iter().zip(beside(&before)) {
        assert!((now - was).abs() < 1e-4, "{now} for {was}");
    }
    let names: BTreeSet<String> = bench.host.take().into_iter().map(|h| h.0).collect();
    assert_eq!(names.len(), 8, "{names:?}");
    let places = |latents| DIRECTIONS.map(|direction| along(latents, &direction));
    let first = places(&after);
    bench.drag(centre + vec2(12.0, 25.0), vec2(30.0, -20.0));
    let second = places(&latents(&bench));
    assert!(second[0] > first[0] + 0.01 && second[1] > first[1] + 0.01);
    assert_eq!(bench.parameters.history.count(), 2);
    bench.click_on("Undo");
    bench.click_on("Undo");
    assert_eq!(latents(&bench), before);
}

/// A model that knows its plane shows it, and the player may look at two latents instead; both are
/// told to the host, for the project remembers it.
#[test]
fn the_plane_can_be_chosen() {
    let mut bench = Bench::on(with_plane(), SIZE);
    assert_eq!(bench.parameters.plane.get(), Plane::All);
    bench.click_on("Two latents");
    assert_eq!(bench.parameters.plane.get(), Plane::Two);
    assert_eq!(bench.host.take(), gesture_of("Changes"));
    let before = latents(&bench);
    let at = bench.field().center() + vec2(3.0, 70.0);
    bench.drag(at, vec2(30.0, 30.0));
    assert_eq!(latents(&bench)[2..], before[2..]);
    bench.click_on("All latents");
    assert_eq!(bench.parameters.plane.get(), Plane::All);
    bench.click_on("Latent 4 up");
    assert_eq!(bench.parameters.plane.get(), Plane::Two);
    assert_eq!(bench.parameters.pad.get(), [0, 3]);
}

/// A double-click goes to the first sound of the model that is shown, whichever the instance began
/// with.
#[test]
fn a_double_click_goes_to_the_shown_models_first_sound() {
    let mut bench = Bench::new(8, SIZE);
    let mut model = Model::from_bytes("tiny", &tiny_model(8)).unwrap();
    for latent in &mut model.header.latents {
        latent.default = 0.875;
    }
    let bytes = model.to_bytes(WeightFormat::F32).unwrap();
    let other = Arc::new(Loaded::from_bytes("another", bytes).unwrap());
    let slots = &bench.parameters.slots;
    let wanted = slots.wanted()[0].clone();
    slots.tell(0, wanted.as_ref(), Found::Here(other));
    bench.picture(Vec::new());
    let centre = bench.areas().map.center();
    bench.click(centre);
    bench.click(centre);
    assert_eq!([bench.value(0), bench.value(7)], [0.875; 2]);
}

/// Shift that is let go during a drag lets the sound where it is: it goes on from there.
#[test]
fn a_fine_drag_goes_on_coarsely() {
    let mut bench = Bench::new(8, SIZE);
    let centre = bench.areas().map.center();
    bench.modifiers = Modifiers::SHIFT;
    bench.hold(centre, true);
    for step in 1..=10u8 {
        let at = centre + vec2(8.0 * f32::from(step), 0.0);
        bench.picture(vec![Event::PointerMoved(at)]);
    }
    let finely = bench.value(0);
    bench.modifiers = Modifiers::NONE;
    bench.picture(vec![Event::PointerMoved(centre + vec2(80.0, 1.0))]);
    assert!((bench.value(0) - finely).abs() < 1e-3, "it has not jumped");
    bench.picture(vec![Event::PointerMoved(centre + vec2(130.0, 1.0))]);
    let coarsely = 50.0 / bench.field().width();
    assert!((bench.value(0) - finely - coarsely).abs() < 2e-3);
    bench.hold(centre + vec2(130.0, 1.0), false);
}

/// The wheel brings the map closer around the pointer: what was under it still is; a drag of another
/// button moves the map and not the sound; the buttons and keys bring all of it back.
#[test]
fn the_map_comes_closer_and_moves() {
    let mut bench = Bench::new(8, SIZE);
    let field = bench.field();
    let place = |bench: &Bench| vec2(bench.value(0), bench.value(1));
    let at = field.left_bottom() + vec2(0.3, -0.6) * field.size();
    // Only the two latents that are shown move there, so no sound is under the pointer.
    assert!(distance(&spots(&bench), at) > 10.0);
    bench.wheel(at, 4.0);
    assert_eq!(bench.host.take(), [], "the sound has not moved");
    bench.drag(at - vec2(20.0, 0.0), vec2(20.0, 0.0));
    assert!((place(&bench) - vec2(0.3, 0.6)).length() < 1e-3);
    let near = 1.25f32.powi(4);
    bench.drag(at, vec2(50.0, 0.0));
    let expected = 0.3 + 50.0 / field.width() / near;
    assert!(
        (bench.value(0) - expected).abs() < 1e-3,
        "four notches closer"
    );
    bench.host.take();
    bench.drag_with(PointerButton::Middle, at, vec2(-25.0, 10.0));
    assert_eq!(bench.host.take(), [], "the sound has not moved");
    bench.drag(at, vec2(-25.0, 10.0));
    assert!(
        (place(&bench) - vec2(0.3, 0.6)).length() < 1e-3,
        "the map has"
    );
    bench.click_on("Whole map");
    bench.drag(at, vec2(10.0, 10.0));
    let corner = at + vec2(10.0, 10.0);
    let share = (corner - field.left_bottom()) / field.size();
    assert!((place(&bench) - vec2(share.x, -share.y)).length() < 1e-3);
}

/// With the keyboard on the map, arrows move the sound by 1 % and with shift by 0.1 %; plus and minus
/// bring the map closer and back.
#[test]
fn the_map_is_played_from_the_keyboard() {
    let mut bench = Bench::new(8, SIZE);
    bench.tab_to("Map of latents 1 and 2");
    let before = [bench.value(0), bench.value(1)];
    let moved = |bench: &Bench| [bench.value(0) - before[0], bench.value(1) - before[1]];
    let near = |found: [f32; 2], expected: [f32; 2]| {
        let off = (0..2).map(|axis| (found[axis] - expected[axis]).abs());
        assert!(off.fold(0.0, f32::max) < 1e-5, "{found:?}");
    };
    bench.press(Key::ArrowRight);
    near(moved(&bench), [0.01, 0.0]);
    bench.press(Key::ArrowUp);
    near(moved(&bench), [0.01, 0.01]);
    bench.modifiers = Modifiers::SHIFT;
    bench.press(Key::ArrowLeft);
    near(moved(&bench), [0.009, 0.01]);
    bench.press(Key::ArrowDown);
    near(moved(&bench), [0.009, 0.009]);
}

/// The pointer over a sound shows its instrument and its key, and all sounds of that instrument stand
/// out: as many dots are brighter than the others as it has sounds.
#[test]
fn the_sound_under_the_pointer_is_named() {
    let mut bench = Bench::new(8, SIZE);
    let at = spots(&bench)[17];
    bench.picture(vec![Event::PointerMoved(at)]);
    bench.picture(Vec::new());
    // The 18th sound has the key 57 and every other one is called high.
    assert!(
        bench.texts().contains(&"high · A3".to_owned()),
        "{:?}",
        bench.texts()
    );
    let dots = bench.editor.map.dots().unwrap();
    let bright = dots
        .vertices
        .iter()
        .filter(|vertex| vertex.color.a() == 255);
    assert_eq!(bright.count(), 4 * 20);
    bench.picture(vec![Event::PointerMoved(pos2(5.0, 5.0))]);
    bench.picture(Vec::new());
    let dots = bench.editor.map.dots().unwrap();
    assert!(dots.vertices.iter().all(|vertex| vertex.color.a() < 255));
}

/// Dots are coloured by instrument, or by key: then the two instruments of the tests' model have many
/// colours.
#[test]
fn dots_are_coloured_by_what_is_chosen() {
    let mut bench = Bench::new(8, SIZE);
    let colours = |bench: &mut Bench| {
        bench.picture(vec![Event::PointerMoved(pos2(5.0, 5.0))]);
        bench.picture(Vec::new());
        let dots = bench.editor.map.dots().unwrap();
        let colours = dots.vertices.iter().map(|vertex| vertex.color.to_array());
        colours.collect::<BTreeSet<_>>().len()
    };
    assert_eq!(colours(&mut bench), 2);
    bench.click_on("Colour by note");
    assert_eq!(colours(&mut bench), 40);
    bench.click_on("Colour by instrument");
    assert_eq!(colours(&mut bench), 2);
}

/// At rest the map makes nothing anew and asks for no picture.
#[test]
fn the_map_rests() {
    let mut bench = Bench::new(8, SIZE);
    bench.click(spots(&bench)[3]);
    for _ in 0..30 {
        // The audio thread takes them.
        bench.presses();
        bench.picture(Vec::new());
    }
    let before = bench.editor.map.dots().unwrap();
    bench.picture(Vec::new());
    assert!(Arc::ptr_eq(&before, &bench.editor.map.dots().unwrap()));
    let next = bench.next_picture;
    assert!(next > Duration::from_secs(60), "{next:?}");
}

/// Every voice is seen where the engine says that it is, as long as it sounds, and its way fades when
/// it has ended.
#[test]
fn voices_are_seen_where_they_are() {
    let mut bench = Bench::new(8, SIZE);
    let mut engine = watched(&bench, tiny(8).decoder);
    let mut controls = Controls::default();
    (controls.latents[0], controls.latents[1]) = (0.8, 0.3);
    let play = |engine: &mut Engine, events: &[Played]| {
        let (mut left, mut right) = ([0.0; 2_048], [0.0; 2_048]);
        engine.process(&controls, events, &mut left, &mut right);
    };
    play(&mut engine, &[strike(60), strike(67)]);
    play(&mut engine, &[]);
    bench.picture(Vec::new());
    let told: Vec<_> = engine.telemetry().sounding().collect();
    let seen = bench.editor.map.voices();
    assert_eq!(seen.len(), 2);
    for voice in &told {
        let own = seen.iter().find(|(key, _)| *key == voice.key).unwrap();
        let expected = vec2(voice.latents[0], voice.latents[1]);
        assert!((own.1 - expected).length() < 1e-5, "{own:?}");
    }
    play(&mut engine, &[release(60), release(67)]);
    for _ in 0..400 {
        play(&mut engine, &[]);
    }
    assert_eq!(engine.telemetry().sounding().count(), 0);
    for _ in 0..20 {
        bench.picture(Vec::new());
    }
    assert_eq!(bench.editor.map.voices(), []);
    assert!(bench.next_picture > Duration::from_secs(60));
}

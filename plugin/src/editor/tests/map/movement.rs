//! The recorded movement on the map: bent, straightened, recorded.

use super::super::bench::{Bench, SIZE};
use super::super::gesture_of;
use super::with_plane;
use crate::library::tests::tiny;
use betwixt_engine::Trajectory;
use nice_plug::params::persist::PersistentField;
use nice_plug::prelude::Param;

use egui::{Key, PointerButton, vec2};

/// A movement of two seconds: across the map and back on another way.
const MOVEMENT: &str = r#"{ "format": 1, "length_s": 2.0, "tracks": {
    "latent_1": [[0.0, 0.2], [1.0, 0.8], [2.0, 0.2]],
    "latent_2": [[0.0, 0.3], [1.0, 0.5], [2.0, 0.7]] } }"#;

/// A window with that movement.
fn with_movement() -> Bench {
    let mut bench = Bench::new(8, SIZE);
    let saved = serde_json::from_str(MOVEMENT).unwrap();
    bench.parameters.movement_file.set(saved);
    bench.picture(Vec::new());
    bench
}

/// A point of the movement that is dragged takes it there, and the rest follows: its ends stay where
/// they were; undone it is as it was, and done again it is bent. Each drag is one step.
#[test]
fn a_movement_is_bent_by_its_points() {
    let mut bench = with_movement();
    let before = bench.parameters.movement_file.movement();
    let field = bench.field();
    let spot = |x: f32, y: f32| field.left_bottom() + vec2(x, -y) * field.size();
    // Three points tell it: its ends, and the corner in its middle.
    let corner = bench.named("Movement point 2 of 3").expect("it is there");
    assert!(corner.distance(spot(0.8, 0.5)) < 4.0, "{corner:?}");
    let goal = spot(0.6, 0.9);
    bench.host.take();
    bench.drag(corner, goal - corner);
    assert_eq!(bench.host.take(), gesture_of("Changes"));
    let after = bench.parameters.movement_file.movement();
    let at =
        |movement: &Trajectory, at_s| [0, 1].map(|latent| movement.value(latent, at_s).unwrap());
    let middle = at(&after, 1.0);
    assert!(
        (vec2(middle[0], middle[1]) - vec2(0.6, 0.9)).length() < 0.01,
        "{middle:?}"
    );
    for end_s in [0.0, 2.0] {
        assert_eq!(at(&after, end_s), at(&before, end_s), "{end_s} s");
    }
    assert_eq!(bench.parameters.history.count(), 1);
    bench.click_on("Undo");
    assert_eq!(bench.parameters.movement_file.movement(), before);
    bench.click_on("Redo");
    assert_eq!(bench.parameters.movement_file.movement(), after);
    assert_eq!(
        bench.value(0),
        tiny(8).description.header.latents[0].default,
        "no knob moves"
    );
}

/// A right click on a point straightens the movement there, and the point is gone; its ends have no
/// two sides to be straight between.
#[test]
fn a_point_of_a_movement_is_straightened() {
    let mut bench = with_movement();
    let before = bench.parameters.movement_file.movement();
    let end = bench.named("Movement point 1 of 3").unwrap();
    bench.right_click(end);
    assert_eq!(bench.parameters.movement_file.movement(), before);
    let corner = bench.named("Movement point 2 of 3").unwrap();
    bench.right_click(corner);
    let after = bench.parameters.movement_file.movement();
    let middle = [0, 1].map(|latent| after.value(latent, 1.0).unwrap());
    assert!(
        (vec2(middle[0], middle[1]) - vec2(0.2, 0.5)).length() < 0.01,
        "{middle:?}"
    );
    assert!(bench.named("Movement point 2 of 2").is_some());
}

/// A point that is dragged beyond the field of a map that is near is let go there all the same: one
/// step, and the next drag is of another point.
#[test]
fn a_point_is_let_go_beyond_the_edge() {
    let mut bench = with_movement();
    let corner = bench.named("Movement point 2 of 3").unwrap();
    bench.wheel(corner, 7.0);
    let corner = bench.named("Movement point 2 of 3").unwrap();
    let edge = bench.areas().map.right();
    bench.drag(corner, vec2(edge - corner.x + 60.0, 0.0));
    assert_eq!(bench.parameters.history.count(), 1);
    let beyond = bench.parameters.movement_file.movement();
    assert!(beyond.value(0, 1.0).unwrap() > 0.85);
    bench.click_on("Whole map");
    let end = bench.named("Movement point 3 of 3").unwrap();
    bench.drag(end, vec2(0.0, 40.0));
    let after = bench.parameters.movement_file.movement();
    assert_eq!(after.value(0, 1.0), beyond.value(0, 1.0));
    assert!(after.value(1, 2.0).unwrap() < 0.68);
    assert_eq!(bench.parameters.history.count(), 2);
}

/// The tab key comes to the points; arrows bend by 1 % of the map, Delete straightens.
#[test]
fn a_movement_is_bent_from_the_keyboard() {
    let mut bench = with_movement();
    bench.tab_to("Movement point 2 of 3");
    let at = |bench: &Bench| {
        let movement = bench.parameters.movement_file.movement();
        [0, 1].map(|latent| movement.value(latent, 1.0).unwrap())
    };
    let before = at(&bench);
    bench.press(Key::ArrowLeft);
    bench.press(Key::ArrowUp);
    let after = at(&bench);
    // The course is known at 240 moments: the point lies between two of them.
    assert!(
        (before[0] - after[0] - 0.01).abs() < 0.003,
        "{before:?} {after:?}"
    );
    assert!(
        (after[1] - before[1] - 0.01).abs() < 0.003,
        "{before:?} {after:?}"
    );
    assert_eq!(bench.parameters.history.count(), 2);
    bench.press(Key::Delete);
    let straight = at(&bench);
    assert!((straight[0] - 0.2).abs() < 0.01, "{straight:?}");
}

/// A movement that is followed halfway is drawn halfway, and a point that is dragged somewhere takes
/// the sound there.
#[test]
fn a_movement_is_drawn_as_deep_as_it_is_followed() {
    let mut bench = with_movement();
    bench.put(|parameters| parameters.movement.depth.as_ptr(), 0.5);
    let knobs = [bench.value(0), bench.value(1)];
    let field = bench.field();
    let spot = |x: f32, y: f32| field.left_bottom() + vec2(x, -y) * field.size();
    let half = |knob: f32, value: f32| 0.5 * (knob + value);
    let corner = bench.named("Movement point 2 of 3").unwrap();
    let expected = spot(half(knobs[0], 0.8), half(knobs[1], 0.5));
    assert!(corner.distance(expected) < 4.0, "{corner:?} {expected:?}");
    let goal = spot(0.6, 0.6);
    bench.drag(corner, goal - corner);
    let movement = bench.parameters.movement_file.movement();
    let heard = [0, 1].map(|latent| half(knobs[latent], movement.value(latent, 1.0).unwrap()));
    assert!(
        (vec2(heard[0], heard[1]) - vec2(0.6, 0.6)).length() < 0.01,
        "{heard:?}"
    );
}

/// Record and Movement stand under the map and are the parameters of the page Playing.
#[test]
fn the_movement_is_recorded_where_one_draws() {
    let mut bench = Bench::new(8, SIZE);
    bench.click_on("Movement Record");
    assert!(bench.parameters.movement.record.value());
    bench.click_on("Movement Record");
    assert!(!bench.parameters.movement.record.value());
    // The red light beside it is the same switch.
    let light = bench.named("Movement Record").unwrap() - vec2(46.0, 0.0);
    for is_on in [true, false] {
        bench.time_s += 5.0;
        bench.click(light);
        assert_eq!(bench.parameters.movement.record.value(), is_on);
    }
    bench.click_on("Movement");
    assert_eq!(bench.parameters.movement.course.to_string(), "Once");
}

/// With a movement, voices and a pointer on it the map is painted at every size.
#[test]
fn the_map_holds_at_every_size() {
    for size in [
        vec2(1.0, 1.0),
        vec2(40.0, 700.0),
        vec2(700.0, 60.0),
        SIZE,
        vec2(3840.0, 2160.0),
    ] {
        let mut bench = Bench::on(with_plane(), size);
        let saved = serde_json::from_str(MOVEMENT).unwrap();
        bench.parameters.movement_file.set(saved);
        let at = bench.areas().map.center();
        bench.drag(at, vec2(9.0, 4.0));
        bench.wheel(at, 7.0);
        bench.drag_with(PointerButton::Middle, at, vec2(-9.0, 4.0));
        bench.click(at);
        bench.wheel(at, -20.0);
    }
}

//! Sounds that are clicked on are heard: when they are struck, and what is left alone.

use super::super::bench::{Bench, SIZE};
use super::super::sounding::{strike, watched};
use super::spots;
use crate::editor::map::View;
use crate::library::tests::tiny;
use crate::screen::Press;
use betwixt_engine::Controls;
use std::sync::Arc;
use std::time::Duration;

use egui::vec2;

/// A sound that is clicked on is heard: its own key goes down, and comes up 0.6 s later whatever page
/// is shown. A drag, a click elsewhere and a player who wants it silent strike nothing.
#[test]
fn a_click_on_a_sound_is_heard() {
    let sound = &tiny(8).description.points[17];
    let mut bench = Bench::new(8, SIZE);
    let at = spots(&bench)[17];
    let up = Press {
        key: sound.note,
        velocity: None,
    };
    let down = Press {
        velocity: Some(0.8),
        ..up
    };
    bench.click(at);
    bench.picture(Vec::new());
    assert_eq!(bench.presses(), [down]);
    for _ in 0..10 {
        bench.picture(Vec::new());
        assert!(bench.next_picture < Duration::from_secs(1));
    }
    assert_eq!(bench.presses(), []);
    bench.click_on("Playing");
    bench.picture(Vec::new());
    assert_eq!(bench.presses(), [up]);

    bench.click_on("Map");
    bench.drag(at, vec2(40.0, 30.0));
    bench.time_s += 5.0;
    bench.click_on("Audition");
    bench.click(at);
    assert_eq!(bench.presses(), []);
    bench.click_on("Audition");
    bench.time_s += 5.0;
    bench.click(at);
    bench.picture(Vec::new());
    drop(std::mem::replace(
        &mut bench.editor.map,
        View::new(&tiny(8).description, Arc::clone(&bench.editor.screen)),
    ));
    let closed = [down, up];
    assert_eq!(bench.presses(), closed, "the window closes");
}

/// A host hands on what the window sets with its next call: the sound is struck when it has come, so
/// that it does not begin with the one before.
#[test]
fn a_sound_is_struck_when_it_has_come() {
    let mut bench = Bench::new(8, SIZE);
    let at = spots(&bench)[17];
    bench.host.set_deaf(true);
    bench.click(at);
    bench.picture(Vec::new());
    assert_eq!(bench.presses(), []);
    bench.host.deliver();
    bench.picture(Vec::new());
    assert_eq!(bench.presses().len(), 1);
}

/// A key that the player holds is heard already: it is not struck, and above all not let go.
#[test]
fn a_held_key_is_left_alone() {
    let sound = &tiny(8).description.points[17];
    let mut bench = Bench::new(8, SIZE);
    let mut engine = watched(&bench, tiny(8).decoder);
    let at = spots(&bench)[17];
    let (mut left, mut right) = ([0.0; 512], [0.0; 512]);
    let event = strike(sound.note);
    engine.process(&Controls::default(), &[event], &mut left, &mut right);
    bench.click(at);
    for _ in 0..20 {
        bench.picture(Vec::new());
    }
    assert_eq!(bench.value(0), sound.latents[0], "the sound has moved");
    assert_eq!(bench.presses(), []);
}

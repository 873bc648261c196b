//! The pages of the window: how they change, what fits on them, how a choice among many is made.

use super::super::tabs::Tab;
use super::bench::{Bench, Node, SIZE};
use super::gesture_of;
use super::sounding::{strike, watched};
use crate::library::tests::{tiny, tiny_partials};
use crate::parameters::modulation::{Source, Target};
use betwixt_engine::{Controls, Event};

use egui::{Key, Rect, Vec2, vec2};

/// The pages by their tabs.
const PAGES: [(&str, Tab); 6] = [
    ("Map", Tab::Map),
    ("Sound", Tab::Sound),
    ("Modulation", Tab::Modulation),
    ("Playing", Tab::Playing),
    ("Controllers", Tab::Controllers),
    ("Settings", Tab::Settings),
];

fn labels(bench: &mut Bench) -> Vec<String> {
    bench.nodes().into_iter().map(|node| node.label).collect()
}

/// A click on a tab shows its page and no other; nothing is told to the host.
#[test]
fn a_click_on_a_tab_shows_its_page() {
    let mut bench = Bench::new(8, SIZE);
    let own = [
        "Latent 1",
        "Vibrato Rate",
        "Mod 16 Depth",
        "Unison",
        "Factory map",
        "Light",
    ];
    for (name, tab) in PAGES.into_iter().rev() {
        bench.click_on(name);
        assert_eq!(bench.editor.tab, tab);
        let seen = labels(&mut bench);
        for (page, only) in PAGES.into_iter().zip(own) {
            let is_seen = seen.iter().any(|label| label == only);
            assert_eq!(is_seen, page.1 == tab, "{only} under {name}");
        }
    }
    assert!(bench.host.take().is_empty());
}

/// The tabs can be reached without a pointer.
#[test]
fn tabs_open_from_the_keyboard() {
    let mut bench = Bench::new(8, SIZE);
    bench.tab_to("Playing");
    bench.press(Key::Enter);
    assert_eq!(bench.editor.tab, Tab::Playing);
}

fn overlap(a: &Node, b: &Node) -> bool {
    let shared = a.bounds.intersect(b.bounds);
    shared.width() > 0.5 && shared.height() > 0.5
}

/// From the smallest window to the largest every control lies in the window, is high enough for its
/// words, and none lies over another.
#[test]
fn pages_hold_at_every_size() {
    let sizes = [
        (760.0, 580.0),
        (1080.0, 720.0),
        (900.0, 1400.0),
        (3840.0, 2160.0),
    ];
    for size in sizes.map(|(x, y)| vec2(x, y)) {
        for model in [tiny(8), tiny_partials(8)] {
            let mut bench = Bench::on(model, size);
            // Hints lie over what they are about.
            let hidden = bench
                .editor
                .settings
                .change(|settings| settings.hints = false);
            hidden.unwrap();
            for (page, _) in &PAGES[..4] {
                bench.click_on(page);
                holds(&bench.nodes(), size, page);
            }
        }
    }
}

fn holds(nodes: &[Node], size: Vec2, page: &str) {
    let window = Rect::from_min_size(egui::Pos2::ZERO, size);
    for (index, node) in nodes.iter().enumerate() {
        let (name, bounds) = (&node.label, node.bounds);
        let place = format!("{name} at {bounds:?} on {page} of {size:?}");
        assert!(window.contains_rect(bounds), "{place} lies outside");
        let is_control = matches!(node.role, egui::Role::Slider | egui::Role::ComboBox);
        // Words of 11 points are 13 high.
        assert!(!is_control || bounds.height() >= 14.0, "{place} is too low");
        assert!(
            !is_control || bounds.width() >= 55.0,
            "{place} is too narrow"
        );
        for other in &nodes[index + 1..] {
            assert!(!overlap(node, other), "{place} lies over {}", other.label);
        }
    }
}

/// A click opens the list, a click on a row takes it as one gesture and closes the list.
#[test]
fn a_choice_among_many_is_made_by_pointer() {
    let mut bench = Bench::new(8, SIZE);
    bench.click_on("Modulation");
    bench.click_on("Mod 3 Target");
    assert!(bench.host.take().is_empty(), "opening changes nothing");
    bench.click_on("Pan");
    assert_eq!(bench.host.take(), gesture_of("Mod 3 Target"));
    let slot = &bench.parameters.modulation.slots[2];
    assert_eq!(slot.target.value(), Target::Pan);
    assert!(
        bench.labelled("Vibrato Rate").is_none(),
        "the list is closed"
    );
}

/// A click beside an open list, or Escape, leaves the choice as it was.
#[test]
fn a_list_can_be_left() {
    let mut bench = Bench::new(8, SIZE);
    bench.click_on("Modulation");
    for by_key in [false, true] {
        bench.click_on("LFO 1 Sync");
        assert!(bench.labelled("8 bars").is_some());
        if by_key {
            bench.press(Key::Escape);
        } else {
            let beside = bench.areas().header.left_bottom() + vec2(4.0, -3.0);
            bench.time_s += 5.0;
            bench.click(beside);
        }
        assert!(bench.labelled("8 bars").is_none(), "by key: {by_key}");
    }
    assert!(bench.host.take().is_empty());
}

/// Tab and Enter open a list at what is chosen, the arrows move, Enter takes, and the keyboard is
/// back where it was.
#[test]
fn a_choice_among_many_is_made_from_the_keyboard() {
    let mut bench = Bench::new(8, SIZE);
    bench.click_on("Modulation");
    bench.tab_to("Mod 3 Source");
    bench.press(Key::Enter);
    bench.picture(Vec::new());
    assert_eq!(bench.focused().as_deref(), Some("Off"));
    for expected in ["Velocity", "Key", "Pressure"] {
        bench.press(Key::ArrowDown);
        assert_eq!(bench.focused().as_deref(), Some(expected));
    }
    bench.press(Key::ArrowUp);
    bench.press(Key::Enter);
    let slot = &bench.parameters.modulation.slots[2];
    assert_eq!(slot.source.value(), Source::Key);
    assert_eq!(bench.host.take(), gesture_of("Mod 3 Source"));
    assert!(bench.labelled("Velocity").is_none(), "the list is closed");
    assert_eq!(bench.focused().as_deref(), Some("Mod 3 Source"));
}

/// A choice from the list takes the control back from the controller that holds it; the box shows
/// what is heard.
#[test]
fn a_choice_takes_over_from_a_controller() {
    let mut bench = Bench::new(8, SIZE);
    bench.click_on("Modulation");
    let table = bench.parameters.table();
    let shape = table.iter().position(|e| e.id == "lfo_shape_1").unwrap();
    bench.parameters.controllers.take(shape, 1.0);
    assert!(bench.named("Wander").is_some(), "held at the last shape");
    bench.click_on("LFO 1 Shape");
    bench.click_on("Square");
    assert_eq!(bench.parameters.controllers.position(shape), None);
    assert!(bench.named("Square").is_some());
}

/// A click with command goes to the default and opens nothing; a right click lets a choice learn.
#[test]
fn a_box_has_the_habits_of_every_control() {
    let mut bench = Bench::new(8, SIZE);
    bench.click_on("Modulation");
    let at = bench.labelled("Mod 1 Source").unwrap();
    bench.wheel(at, 1.0);
    let source = |bench: &Bench| bench.parameters.modulation.slots[0].source.value();
    assert_eq!(source(&bench), Source::Slide, "the wheel takes the next");
    bench.modifiers = egui::Modifiers::COMMAND;
    bench.time_s += 5.0;
    bench.click(at);
    bench.modifiers = egui::Modifiers::NONE;
    assert_eq!(source(&bench), Source::Pressure);
    assert!(bench.labelled("Envelope 2").is_none(), "no list");
    bench.right_click(at);
    assert!(bench.labelled("Learn controller").is_some());
    assert!(bench.labelled("Envelope 2").is_none(), "no list");
}

/// What does nothing is greyed: a slot without a source, what a model of frames does not have, an
/// oscillator that nothing takes, a rate that beats rule.
#[test]
fn what_does_nothing_is_greyed() {
    let mut bench = Bench::on(tiny(3), SIZE);
    bench.click_on("Modulation");
    let is_grey = |bench: &mut Bench, name: &str| bench.disabled().iter().any(|n| n == name);
    assert!(
        !is_grey(&mut bench, "Mod 1 Depth"),
        "pressure moves latent 1"
    );
    assert!(is_grey(&mut bench, "Mod 2 Depth"), "frames have no tilt");
    assert!(is_grey(&mut bench, "Mod 3 Depth"), "no source");
    assert!(is_grey(&mut bench, "LFO 1 Rate"));
    choose(&mut bench, "Mod 1 Source", "LFO 1");
    assert!(!is_grey(&mut bench, "LFO 1 Rate"));
    choose(&mut bench, "LFO 1 Sync", "1/4");
    assert!(is_grey(&mut bench, "LFO 1 Rate"));
    assert!(!is_grey(&mut bench, "LFO 1 Phase"));
    choose(&mut bench, "Mod 1 Target", "Latent 4");
    assert!(is_grey(&mut bench, "Mod 1 Target"), "three latents alone");
}

fn choose(bench: &mut Bench, choice: &str, row: &str) {
    bench.click_on(choice);
    bench.click_on(row);
}

/// Under the pointer stands how far a slot goes, in the unit of what it moves.
#[test]
fn a_slot_says_how_far_it_goes() {
    let mut bench = Bench::on(tiny_partials(8), SIZE);
    bench.click_on("Modulation");
    let slide = "50.0 % of 6 dB per octave, where the source stands at 1. Below zero it moves the \
                 other way.";
    let pressure = "Pressure on the key, or on the channel: 0 to 1.";
    for (control, words) in [("Mod 2 Depth", slide), ("Mod 1 Source", pressure)] {
        let at = bench.labelled(control).unwrap();
        assert!(bench.named(words).is_none());
        bench.picture(vec![egui::Event::PointerMoved(at)]);
        for _ in 0..20 {
            bench.picture(Vec::new());
        }
        assert!(bench.named(words).is_some(), "{control}: {words}");
    }
}

/// Panic asks the shell to end every sound, once for each click, and moves nothing.
#[test]
fn panic_asks_for_silence_and_moves_nothing() {
    let mut bench = Bench::new(8, SIZE);
    assert!(!bench.editor.screen.take_silence());
    for (page, _) in PAGES {
        bench.click_on(page);
        bench.click_on("Panic");
        assert!(bench.editor.screen.take_silence(), "{page}");
        assert!(!bench.editor.screen.take_silence(), "{page}: once");
    }
    assert!(bench.host.take().is_empty());
}

/// While the limiter works its mark says so, and the picture moves on until it has faded.
#[test]
fn the_limiters_work_is_shown() {
    let mut bench = Bench::new(8, SIZE);
    let mut engine = watched(&bench, tiny(8).decoder);
    let loud = Controls {
        gain: 4.0,
        ..Controls::default()
    };
    let struck: Vec<Event> = (48..64).map(strike).collect();
    let (works, rests) = ("Limiter: holds peaks back", "Limiter: rests");
    assert!(bench.named(rests).is_some());
    let (mut left, mut right) = ([0.0; 4_096], [0.0; 4_096]);
    engine.process(&loud, &struck, &mut left, &mut right);
    let limited = engine.telemetry().limited_samples();
    assert!(limited > 0, "four times too loud");
    assert!(bench.named(works).is_some());
    assert!(bench.next_picture.as_millis() <= 33, "it is about to fade");
    bench.time_s += 2.0;
    assert!(bench.named(rests).is_some());
}

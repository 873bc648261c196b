//! Every control has every habit: drag, fine drag, wheel, default, typing, menu, keyboard.

use super::bench::{Bench, SIZE};
use super::host::Heard;
use crate::library::tests::tiny_partials;
use crate::parameters::Entry;

use egui::{Key, Modifiers, Pos2, Rect, vec2};
use std::collections::BTreeSet;

/// The pages with parameters, each shown once: what is on an earlier one is not looked at again.
const PAGES: [&str; 4] = ["Map", "Sound", "Modulation", "Playing"];
/// A drag over so much of a control's width.
const PART: f32 = 0.7;

/// Where a parameter stands, 0…1.
fn position(bench: &Bench, name: &str) -> f32 {
    entry(bench, name, |entry| entry.knob.places()[0])
}

fn entry<T>(bench: &Bench, name: &str, read: impl Fn(&Entry<'_>) -> T) -> T {
    let table = bench.parameters.table();
    let own = table.iter().find(|entry| entry.knob.label() == name);
    read(own.unwrap_or_else(|| panic!("{name} exists")))
}

/// The controls of a page by the names of their parameters.
fn controls(bench: &mut Bench, seen: &mut BTreeSet<String>) -> Vec<(String, Rect)> {
    let names: BTreeSet<String> = bench
        .parameters
        .table()
        .iter()
        .map(|entry| entry.knob.label().to_owned())
        .collect();
    let nodes = bench.nodes().into_iter();
    let own = nodes.filter(|node| names.contains(&node.label) && seen.insert(node.label.clone()));
    own.map(|node| (node.label, node.bounds)).collect()
}

/// Every parameter has been met but the one that only tells the host that something has changed.
fn all_are_met(bench: &Bench, seen: &BTreeSet<String>) {
    let table = bench.parameters.table();
    let names = table.iter().map(|entry| entry.knob.label().to_owned());
    let missed: Vec<String> = names.filter(|name| !seen.contains(name)).collect();
    assert_eq!(missed, ["Changes"]);
}

/// To the right where there is room to the right, else to the left.
fn way(position: f32) -> f32 {
    if position < 0.5 { 1.0 } else { -1.0 }
}

/// One gesture of one parameter, and no other, is what the host has heard.
fn heard_alone(bench: &Bench, name: &str, what: &str) {
    let heard = bench.host.take();
    let all: BTreeSet<&str> = heard.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(all.into_iter().collect::<Vec<_>>(), [name], "{what}");
    let count = |what| heard.iter().filter(|(_, heard)| *heard == what).count();
    assert_eq!(count(Heard::Begin), count(Heard::End), "{what}");
    assert!(count(Heard::Begin) > 0, "{what}");
}

/// The list of a choice, or a menu, goes away.
fn close(bench: &mut Bench) {
    bench.press(Key::Escape);
    bench.press(Key::Escape);
    bench.time_s += 5.0;
    bench.host.take();
}

fn reset(bench: &mut Bench, name: &str, at: Pos2) {
    bench.host.take();
    bench.time_s += 5.0;
    bench.modifiers = Modifiers::COMMAND;
    bench.click(at);
    bench.modifiers = Modifiers::NONE;
    bench.picture(Vec::new());
    let default = entry(bench, name, |entry| entry.knob.default_place());
    let now = position(bench, name);
    assert!((now - default).abs() < 1e-6, "{name}: {now} for {default}");
    close(bench);
}

/// A drag over most of the control moves it, with shift a tenth as far; the wheel moves it, each
/// as whole gestures of its own; a click with command brings its default back.
#[test]
fn every_control_can_be_dragged_turned_and_reset() {
    let mut bench = Bench::on(tiny_partials(8), SIZE);
    let mut seen = BTreeSet::new();
    for page in PAGES {
        bench.click_on(page);
        for (name, place) in controls(&mut bench, &mut seen) {
            let at = place.center();
            let before = position(&bench, &name);
            let step = vec2(way(before) * PART * place.width(), 0.0);
            bench.host.take();
            bench.drag(at, step);
            let moved = (position(&bench, &name) - before).abs();
            heard_alone(&bench, &name, &format!("a drag on {name}"));
            assert!(moved > 0.05, "{name} was dragged by {moved}");
            reset(&mut bench, &name, at);
            bench.modifiers = Modifiers::SHIFT;
            bench.drag(at, step);
            bench.modifiers = Modifiers::NONE;
            bench.picture(Vec::new());
            let fine = (position(&bench, &name) - before).abs();
            assert!(
                fine < 0.5 * moved,
                "{name}: {fine} with shift, {moved} without"
            );
            reset(&mut bench, &name, at);
            bench.wheel(at, way(before));
            heard_alone(&bench, &name, &format!("the wheel on {name}"));
            assert_ne!(position(&bench, &name), before, "{name} was turned");
            reset(&mut bench, &name, at);
        }
    }
    all_are_met(&bench, &seen);
}

/// The menu of every control takes a value in the control's own words, and Enter sets it.
#[test]
fn every_value_can_be_typed() {
    let mut bench = Bench::on(tiny_partials(8), SIZE);
    let mut seen = BTreeSet::new();
    for page in PAGES {
        bench.click_on(page);
        for (name, place) in controls(&mut bench, &mut seen) {
            let before = position(&bench, &name);
            let goal = if before < 0.5 { 0.8 } else { 0.2 };
            let words = entry(&bench, &name, |entry| entry.knob.words(goal));
            bench.host.take();
            bench.right_click(place.center());
            bench.picture(vec![egui::Event::Text(words.clone())]);
            bench.press(Key::Enter);
            heard_alone(&bench, &name, &format!("{words} in {name}"));
            let now = position(&bench, &name);
            let said = entry(&bench, &name, |entry| entry.knob.words(now));
            assert_eq!(said, words, "{name}");
            close(&mut bench);
            reset(&mut bench, &name, place.center());
        }
    }
    all_are_met(&bench, &seen);
}

/// The tab key comes to every control of a page, and an arrow moves what it has come to.
#[test]
fn every_control_is_reached_and_moved_by_keys() {
    let mut bench = Bench::on(tiny_partials(8), SIZE);
    let mut seen = BTreeSet::new();
    for page in PAGES {
        bench.click_on(page);
        let wanted: BTreeSet<String> = controls(&mut bench, &mut seen)
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        let mut reached = BTreeSet::new();
        for _ in 0..250 {
            bench.host.take();
            bench.press(Key::Tab);
            let Some(name) = bench.focused().filter(|name| wanted.contains(name)) else {
                continue;
            };
            if !reached.insert(name.clone()) {
                continue;
            }
            let before = position(&bench, &name);
            let arrow = if before < 0.5 {
                Key::ArrowRight
            } else {
                Key::ArrowLeft
            };
            bench.press(arrow);
            heard_alone(&bench, &name, &format!("an arrow on {name}"));
            assert_ne!(position(&bench, &name), before, "{name} was moved");
        }
        let missed: Vec<&String> = wanted.difference(&reached).collect();
        assert!(missed.is_empty(), "{page}: {missed:?}");
    }
    all_are_met(&bench, &seen);
}

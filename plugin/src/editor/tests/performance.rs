//! What a model of partials can be asked for, under the pointer; and what others do not read.

use super::bench::{Bench, SIZE};
use super::gesture_of;
use crate::library::tests::{tiny, tiny_partials};
use crate::parameters::Kind;
use nice_plug::prelude::Param;

use egui::{Modifiers, vec2};

/// Every control of the performance is under the pointer where it is drawn, and moves alone.
#[test]
fn every_control_of_the_performance_can_be_moved() {
    let places = [
        ((0, 0), "Time Speed"),
        ((0, 2), "Freeze Point"),
        ((0, 3), "Noise"),
        ((0, 4), "Inharmonicity"),
        ((0, 5), "Tilt"),
        ((0, 6), "Formant"),
        ((0, 7), "Formant Follow"),
        ((1, 0), "Vibrato Rate"),
        ((1, 1), "Vibrato Depth"),
        ((1, 2), "Vibrato Delay"),
        ((1, 3), "Vibrato Jitter"),
        ((1, 4), "Drift"),
        ((1, 5), "Natural Tuning"),
        ((1, 6), "Width"),
    ];
    for ((row, column), name) in places {
        let mut bench = Bench::on(tiny_partials(3), SIZE);
        let at = bench.performance(row, column);
        bench.drag(at, vec2(25.0, 0.0));
        assert_eq!(bench.host.take(), gesture_of(name));
        let mut table = bench.parameters.table().into_iter();
        let moved = table.find_map(|entry| match entry.kind {
            Kind::Real(parameter) if parameter.name() == name => Some(parameter),
            _ => None,
        });
        let moved = moved.unwrap_or_else(|| panic!("{name} exists"));
        let way = moved.unmodulated_normalized_value() - moved.default_normalized_value();
        assert!(way > 0.05, "{name} moved by {way}");
    }
}

/// A click freezes the sound, another lets it go on; a click with command goes to the default.
#[test]
fn a_click_turns_a_switch() {
    let mut bench = Bench::on(tiny_partials(3), SIZE);
    let at = bench.performance(0, 1);
    let is_frozen = |bench: &Bench| bench.parameters.performance.time.freeze.value();
    for expected in [true, false, true] {
        bench.time_s += 5.0;
        bench.click(at);
        assert_eq!(is_frozen(&bench), expected);
        assert_eq!(bench.host.take(), gesture_of("Freeze"));
    }
    bench.time_s += 5.0;
    bench.modifiers = Modifiers::COMMAND;
    bench.click(at);
    assert!(!is_frozen(&bench));
}

/// Controls that the model does not read are greyed, which the tree for screen readers says too:
/// with frames the performance, with partials the phase; with one model alone the morph; where nothing has been done, undo.
#[test]
fn what_a_model_does_not_read_is_dimmed() {
    let dimmed = |model| {
        let mut bench = Bench::on(model, SIZE);
        bench.disabled()
    };
    let partials = dimmed(tiny_partials(8));
    assert_eq!(partials, ["Phase", "Undo", "Morph", "Redo"]);
    let frames = dimmed(tiny(8));
    assert_eq!(frames.len(), 18, "{frames:?}");
    for name in ["Freeze", "Width", "Natural Tuning", "Time Speed"] {
        assert!(frames.iter().any(|other| other == name), "{name}");
    }
}

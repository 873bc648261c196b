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
        "Time Speed",
        "Freeze Point",
        "Noise",
        "Inharmonicity",
        "Tilt",
        "Formant",
        "Formant Follow",
        "Vibrato Rate",
        "Vibrato Depth",
        "Vibrato Delay",
        "Vibrato Jitter",
        "Drift",
        "Natural Tuning",
        "Width",
    ];
    for name in places {
        let mut bench = Bench::on(tiny_partials(3), SIZE);
        let at = bench.on_page("Sound", name);
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
    let at = bench.on_page("Sound", "Freeze");
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
        bench.click_on("Sound");
        let mut dimmed = bench.disabled();
        dimmed.sort_unstable();
        dimmed
    };
    let partials = dimmed(tiny_partials(8));
    assert_eq!(partials, ["Morph", "Phase", "Redo", "Undo"]);
    let frames = dimmed(tiny(8));
    assert_eq!(frames.len(), 18, "{frames:?}");
    for name in ["Freeze", "Width", "Natural Tuning", "Time Speed"] {
        assert!(frames.iter().any(|other| other == name), "{name}");
    }
}

//! What holds of every parameter: words, groups, counted moves.

use super::*;
use crate::library::Found;
use crate::library::tests::{slots, tiny, tiny_header};
use nice_plug::prelude::Param;
use std::collections::BTreeSet;
use std::sync::Arc;

fn parameters(latents: usize) -> Parameters {
    Parameters::new(&tiny_header(latents), slots(latents))
}

/// The table is what the host sees, in its order, and there is room for all of it.
#[test]
fn the_table_is_what_the_host_sees() {
    let parameters = parameters(3);
    let seen: Vec<String> = parameters.param_map().into_iter().map(|p| p.0).collect();
    let own: Vec<&str> = parameters.table().iter().map(|entry| entry.id).collect();
    assert_eq!(own, seen);
    assert!(seen.len() <= ROOM);
    let named = |entry: &Entry<'_>| entry.knob.label().to_owned();
    let names: BTreeSet<String> = parameters.table().iter().map(named).collect();
    assert_eq!(names.len(), seen.len(), "every name is there once");
}

/// A model with three latents says so on the other five knobs, in words that can be typed.
#[test]
fn knobs_without_a_latent_are_unused() {
    let parameters = parameters(3);
    for index in 0..LATENTS {
        let words = parameters
            .latent(index)
            .normalized_value_to_string(0.25, true);
        let expected = if index < 3 { "0.250" } else { text::UNUSED };
        assert_eq!(words, expected, "latent {index}");
        assert!(
            parameters
                .latent(index)
                .string_to_normalized_value(&words)
                .is_some()
        );
    }
}

/// Another model has its own number of knobs.
#[test]
fn another_model_moves_the_unused_knobs() {
    let parameters = parameters(3);
    let words = |index: usize| {
        let latent = parameters.latent(index);
        latent.normalized_value_to_string(0.25, true)
    };
    assert_eq!(words(1), "0.250");
    let other = Arc::new(tiny(1));
    parameters.slots.choose(0, Some(other.wanted()));
    parameters
        .slots
        .tell(0, Some(&other.wanted()), Found::Here(other));
    assert_eq!(
        (words(0).as_str(), words(1).as_str()),
        ("0.250", text::UNUSED)
    );
}

/// The first sound is the model's: knobs start at the header's defaults.
#[test]
fn knobs_start_at_the_models_first_sound() {
    let header = tiny_header(2);
    let parameters = Parameters::new(&header, slots(2));
    for (index, latent) in header.latents.iter().enumerate() {
        assert_eq!(parameters.latent(index).value(), latent.default);
    }
}

/// For every parameter at every hundredth of its way: words → value → the same words.
#[test]
fn every_parameters_words_can_be_typed() {
    fn check(parameter: &impl Param) {
        for step in 0..=100u8 {
            let words = parameter.normalized_value_to_string(f32::from(step) / 100.0, true);
            let value = parameter.string_to_normalized_value(&words);
            let value = value.unwrap_or_else(|| panic!("{}: {words}", parameter.name()));
            let again = parameter.normalized_value_to_string(value, true);
            assert_eq!(again, words, "{} at {step} %", parameter.name());
        }
    }
    let parameters = parameters(8);
    check(&parameters.chroma);
    check(&parameters.phase);
    for entry in parameters.table() {
        match entry.kind {
            Kind::Real(parameter) => check(parameter),
            Kind::Whole(parameter) => check(parameter),
            Kind::Switch(parameter) => check(parameter),
            Kind::Choice(_) => {}
        }
    }
}

/// What a model of partials can do stands in its own groups, behind what was there before.
#[test]
fn the_performance_stands_in_groups_behind_the_rest() {
    let map = parameters(3).param_map();
    let groups: Vec<&str> = map[21..36].iter().map(|entry| entry.2.as_str()).collect();
    let expected = [("Time", 3), ("Pitch", 6), ("Tone", 5), ("Stereo", 1)];
    let expected = expected
        .map(|(group, count)| [group].repeat(count))
        .concat();
    assert_eq!(groups, expected);
    assert!(map[8..21].iter().all(|entry| entry.2.is_empty()));
}

/// Half way is the natural speed, the model's own noise and its own inharmonicity; the ends are
/// a quarter and four times.
#[test]
fn what_is_neutral_stands_in_the_middle() {
    let performance = parameters(1).performance;
    let (speed, tone) = (&performance.time.speed, &performance.tone);
    for parameter in [speed, &tone.noise, &tone.inharmonicity] {
        let name = parameter.name();
        assert_eq!(parameter.default_normalized_value(), 0.5, "{name}");
        let middle = parameter.preview_plain(0.5);
        assert_eq!(middle, parameter.default_plain_value(), "{name}");
    }
    for (at, words) in [(0.0, "×0.250"), (0.5, "×1.00"), (1.0, "×4.00")] {
        assert_eq!(speed.normalized_value_to_string(at, true), words);
    }
    assert_eq!(tone.noise.preview_plain(1.0), 4.0);
}

/// Whatever moves a parameter of any kind, the host or a controller, is counted;
/// standing still is not. The count of changes that hosts cannot see moves nothing that is heard.
#[test]
fn every_move_is_counted() {
    let parameters = parameters(8);
    let mut before = parameters.moves.count();
    let mut moved = || {
        let now = parameters.moves.count();
        std::mem::replace(&mut before, now) != now
    };
    assert!(!moved());
    for (place, (id, pointer, _)) in parameters.param_map().into_iter().enumerate() {
        if id == "changes" {
            continue;
        }
        // SAFETY: the parameters live longer than this loop.
        #[allow(unsafe_code, reason = "the framework moves parameters by pointer")]
        let other = |position| unsafe { pointer._internal_set_normalized_value(position) };
        assert!(other(1.0) | other(0.0), "{id} moves");
        assert!(moved(), "{id}");
        other(0.0);
        assert!(!moved(), "{id} stands still");
        parameters.controllers.take(place, 0.5);
        assert!(moved(), "{id} by a controller");
    }
}

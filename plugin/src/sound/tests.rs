//! A sound that is applied is the one that is heard afterwards, to the last bit.

use super::*;
use crate::library::tests::{slots, tiny_header};
use crate::parameters::Kind;
use crate::sound::value::Value;
use nice_plug::prelude::Param;

fn parameters() -> Parameters {
    Parameters::new(&tiny_header(8), slots(8))
}

/// A host takes positions; whatever a parameter can be comes back from its position as it was.
#[test]
fn every_value_comes_back_from_its_position() {
    let parameters = parameters();
    for entry in parameters.table() {
        for step in 0..=997u16 {
            let value = Value::at(entry.kind, f32::from(step) / 997.0);
            let again = Value::at(entry.kind, value.position(entry.kind));
            assert_eq!(again, value, "{} at {step}", entry.id);
        }
    }
}

/// Numbers as they are typed, with few digits, are changed by no more than their last digits.
#[test]
fn typed_numbers_stay_what_they_are() {
    let parameters = parameters();
    for entry in parameters.table() {
        let Kind::Real(parameter) = entry.kind else {
            continue;
        };
        let (low, high) = (parameter.preview_plain(0.0), parameter.preview_plain(1.0));
        for step in 0..=100u8 {
            let typed = low + (high - low) * f32::from(step) / 100.0;
            let Value::Real(exact) = Value::Real(typed).exact(entry.kind) else {
                panic!("a real value stays one");
            };
            let off = (exact - typed).abs();
            assert!(off <= 2e-6 * (high - low), "{}: {typed} {exact}", entry.id);
        }
    }
}

/// What belongs to the set-up is no part of a sound, and each of it is a parameter that there is.
#[test]
fn the_set_up_is_no_part_of_a_sound() {
    let parameters = parameters();
    let sound = Sound::of(&parameters);
    let table = parameters.table();
    for (entry, value) in table.iter().zip(&sound.values) {
        let is_set_up = SET_UP.iter().any(|(id, _)| *id == entry.id);
        assert_eq!(value.is_none(), is_set_up, "{}", entry.id);
    }
    let none = sound.values.iter().filter(|value| value.is_none()).count();
    assert_eq!(none, SET_UP.len());
}

/// What a controller holds is what is heard, so it is what the sound has.
#[test]
fn a_sound_is_what_is_heard() {
    let parameters = parameters();
    let before = Sound::of(&parameters);
    let gain = parameters.map.place("gain").expect("there is a gain");
    parameters.controllers.take(gain, 0.25);
    let sound = Sound::of(&parameters);
    assert_eq!(before.difference(&sound).places, [gain]);
    let expected = parameters.gain.preview_plain(0.25);
    assert_eq!(sound.values[gain], Some(Value::Real(expected)));
}

/// Moves a parameter as a host does.
#[allow(
    unsafe_code,
    reason = "only the framework's pointers can move a parameter"
)]
fn set(pointer: nice_plug::prelude::ParamPtr, position: f32) {
    // SAFETY: the parameters outlive the pointer.
    unsafe { pointer._internal_set_normalized_value(position) };
}

/// Each parameter's moves are counted at its own place in the table, and at no other.
#[test]
fn moves_are_counted_one_by_one() {
    let parameters = parameters();
    let counts = |places: usize| -> Vec<u32> {
        (0..places)
            .map(|place| parameters.moves.count_of(place))
            .collect()
    };
    let table = parameters.table();
    let pointers: std::collections::BTreeMap<_, _> = {
        use nice_plug::prelude::Params;
        let pointers = parameters.param_map().into_iter();
        pointers.map(|(id, pointer, _)| (id, pointer)).collect()
    };
    for (place, entry) in table
        .iter()
        .enumerate()
        .filter(|(_, entry)| entry.id != "changes")
    {
        let before = counts(table.len());
        let position = 1.0 - entry.knob.places()[0].round();
        set(pointers[entry.id], position);
        let after = counts(table.len());
        let moved = (0..table.len()).filter(|other| before[*other] != after[*other]);
        assert_eq!(moved.collect::<Vec<_>>(), [place], "{}", entry.id);
    }
}

/// A value that was told is expected until the parameter moves; once it has come, a project or the
/// host may put the parameter back to where it was, and there it stays.
#[test]
fn what_has_come_is_on_its_way_no_more() {
    let parameters = parameters();
    let entry = parameters.table()[0];
    let place_of = || Sound::told(&parameters).values[0];
    let (before, told) = (Value::set(entry.kind), Value::at(entry.kind, 0.9));
    parameters.told.note(0, entry.kind, told);
    assert_eq!(place_of(), Some(told), "it is on its way");
    for position in [told, before].map(|value| value.position(entry.kind)) {
        set(parameters.latent(0).as_ptr(), position);
    }
    assert_eq!(place_of(), Some(before), "it has come and gone");
}

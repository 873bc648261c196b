//! One sound in memory: what a preset holds, what undo, A/B and mutation compare and exchange.
//!
//! ```text
//!  Parameters ─ of ─► Sound: models [4], values [parameters], movement ─ apply ─► host ─► Parameters
//!                       ├─ difference ─► which values, models, movement
//!                       └─ presets: read, write
//! ```
//!
//! A sound is what is *heard* of the controls: where a controller holds a parameter that is its
//! value, and after [`Sound::apply`] no controller holds any of them. What belongs to the player's
//! set-up is not part of it, leaves it untouched and is left alone ([`SET_UP`]).
//!
//! *Promise:* what has been applied is equal, bit for bit, to what is there afterwards.
//!
//! Not for the audio thread.

mod models;
mod value;

use crate::movement::Moved;
use crate::parameters::{Entry, Kind, Moves, Parameters};
pub(crate) use models::Models;
use nice_plug::prelude::ParamSetter;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
pub(crate) use value::Value;

/// Parameters that belong to the player's set-up and to no sound, and why.
///
/// Beside them are what is no parameter: the map of controllers, where the modulation wheel stands,
/// the tuning, the window and the pad's axes. The range of the pitch wheel, the octave and the gain
/// are parts of a sound: a lead bends farther than a piano, and presets are level.
pub(crate) const SET_UP: [(&str, &str); 6] = [
    ("voices", "what this computer can carry"),
    ("economy", "the same"),
    ("mpe", "the keyboard that is played"),
    ("mpe_bend", "the same"),
    (
        "movement_record",
        "something that is done, not something that sounds",
    ),
    (
        "changes",
        "counts what hosts cannot see, and is heard by nobody",
    ),
];

/// Whether a parameter is a part of sounds.
pub(crate) fn is_part(id: &str) -> bool {
    SET_UP.iter().all(|(other, _)| *other != id)
}

/// One sound.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sound {
    /// What plays in each slot.
    pub(crate) models: Models,
    /// By place in the table of parameters; none of what is no part of a sound.
    pub(crate) values: Vec<Option<Value>>,
    /// The recorded movement.
    pub(crate) movement: Moved,
}

/// What of two sounds is not the same.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Difference {
    /// Places in the table of parameters.
    pub(crate) places: Vec<usize>,
    /// Whether the models differ.
    pub(crate) models: bool,
    /// Whether the movements differ.
    pub(crate) movement: bool,
}

impl Difference {
    /// Whether there is none.
    pub(crate) fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

/// What the host has been told last of each parameter: it hears of it with its next call, so until
/// then the parameters do not show it.
#[derive(Debug, Default)]
pub(crate) struct Told {
    last: Mutex<BTreeMap<usize, Telling>>,
    moves: Moves,
}

/// A value that was told.
#[derive(Clone, Copy, Debug)]
struct Telling {
    /// Where the parameter stood then, and how often it had moved.
    was: Value,
    moves: u32,
    told: Value,
}

impl Told {
    /// Nothing has been told; the parameters' moves are counted here.
    pub(crate) fn new(moves: Moves) -> Self {
        Self {
            last: Mutex::default(),
            moves,
        }
    }

    /// The host is being told a value of the parameter at a place.
    pub(crate) fn note(&self, place: usize, kind: Kind<'_>, told: Value) {
        let moves = self.moves.count_of(place);
        let was = Value::set(kind);
        self.lock().insert(place, Telling { was, moves, told });
    }

    /// What was told last.
    fn last(&self, place: usize) -> Option<Value> {
        self.lock().get(&place).map(|telling| telling.told)
    }

    /// What was told and has not come yet: the parameter has not moved since. Where it stands is not
    /// enough: it may have come, and have gone back by a project or by the host.
    pub(crate) fn on_its_way(&self, place: usize, kind: Kind<'_>) -> Option<Value> {
        let Telling { was, moves, told } = self.lock().get(&place).copied()?;
        let is_still = self.moves.count_of(place) == moves && was == Value::set(kind);
        (was != told && is_still).then_some(told)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<usize, Telling>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sound {
    /// What is heard now.
    pub(crate) fn of(parameters: &Parameters) -> Self {
        Self::read(parameters, |place, entry| heard(parameters, place, entry))
    }

    /// What will be heard once the host has heard everything that it was told.
    pub(crate) fn told(parameters: &Parameters) -> Self {
        Self::read(parameters, |place, entry| told(parameters, place, entry))
    }

    /// Every parameter at its default, the default model, no movement.
    pub(crate) fn initial(parameters: &Parameters) -> Self {
        Self {
            models: Models::default(),
            movement: Moved::default(),
            ..Self::read(parameters, |_, entry| Value::default_of(entry.kind))
        }
    }

    fn read(parameters: &Parameters, value: impl Fn(usize, &Entry<'_>) -> Value) -> Self {
        let table = parameters.table();
        let values = table.iter().enumerate();
        let values = values.map(|(place, entry)| is_part(entry.id).then(|| value(place, entry)));
        Self {
            models: Models::of(parameters),
            values: values.collect(),
            movement: parameters.movement_file.moved(),
        }
    }

    /// What is not the same in another sound of the same parameters.
    pub(crate) fn difference(&self, other: &Self) -> Difference {
        let pairs = self.values.iter().zip(&other.values).enumerate();
        let places = pairs.filter(|(_, (own, other))| own != other);
        Difference {
            places: places.map(|(place, _)| place).collect(),
            models: self.models != other.models,
            movement: self.movement != other.movement,
        }
    }

    /// Makes it the sound that is heard: each parameter that differs in a gesture of its own, the
    /// rest directly. What controllers hold of it is released. The host hears of it in its own time.
    pub(crate) fn apply(&self, parameters: &Parameters, setter: &ParamSetter<'_>) {
        for (place, entry) in parameters.table().into_iter().enumerate() {
            let Some(value) = self.values.get(place).copied().flatten() else {
                continue;
            };
            // What was told before may not have come to the parameter yet.
            let last = parameters.told.last(place);
            if Value::set(entry.kind) != value || last.is_some_and(|told| told != value) {
                tell(parameters, setter, (place, &entry, value));
            } else if parameters.controllers.position(place).is_some() {
                parameters.controllers.release(place);
            }
        }
        parameters.movement_file.take(&self.movement);
        self.models.apply(parameters);
        // What is no parameter the host is told by one that counts.
        parameters.mark_changed(setter);
    }
}

/// Where a parameter is heard: where a controller holds it, else where it is set.
fn heard(parameters: &Parameters, place: usize, entry: &Entry<'_>) -> Value {
    match parameters.controllers.position(place) {
        Some(position) => Value::at(entry.kind, position),
        None => Value::set(entry.kind),
    }
}

/// The same once the host has heard what it was told.
pub(crate) fn told(parameters: &Parameters, place: usize, entry: &Entry<'_>) -> Value {
    let told = parameters.told.on_its_way(place, entry.kind);
    told.unwrap_or_else(|| heard(parameters, place, entry))
}

/// Sets one parameter, in a gesture of its own; no controller holds it afterwards.
pub(crate) fn tell(
    parameters: &Parameters,
    setter: &ParamSetter<'_>,
    (place, entry, value): (usize, &Entry<'_>, Value),
) {
    parameters.told.note(place, entry.kind, value);
    entry.knob.set(setter, value.position(entry.kind));
    if parameters.controllers.position(place).is_some() {
        parameters.controllers.release(place);
    }
}

#[cfg(test)]
mod tests;

//! One step: what it is called, and what it has changed.
//!
//! ```text
//!  before: Part ─┐                values by place, models, movement, tuning, which preset it is:
//!                ├─ Step          each only if the step has changed it
//!  after:  Part ─┘
//! ```

use super::{Kept, Models, Moved, Parameters, Sound, Value};
use crate::history::compare::Side;
use crate::sound;
use crate::tuning::Saved;
use nice_plug::params::persist::PersistentField;
use nice_plug::prelude::ParamSetter;

/// What a step without anything takes of memory, in bytes.
const BYTES: usize = 512;
/// What a value and a point of a movement take, before and after.
const PIECE: usize = 64;

/// A step.
#[derive(Debug)]
pub(super) struct Step {
    /// In the player's words.
    pub(super) name: String,
    pub(super) change: Change,
}

/// What was changed.
#[derive(Debug)]
pub(super) enum Change {
    /// Some of what is heard.
    Part { before: Box<Part>, after: Box<Part> },
    /// The other one of two sounds is heard.
    Over,
    /// The other one of two sounds is another one.
    Other {
        before: Option<Box<Side>>,
        after: Option<Box<Side>>,
    },
}

/// Some of what there is.
#[derive(Clone, Debug, Default)]
pub(super) struct Part {
    /// By place in the table of parameters.
    values: Vec<(usize, Value)>,
    models: Option<Models>,
    movement: Option<Moved>,
    tuning: Option<Saved>,
    preset: Option<Kept>,
}

/// What something may change that is no parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// What plays in the slots.
    Models,
    /// The recorded movement.
    Movement,
    /// The pitches of the keys.
    Tuning,
}

impl Part {
    /// What there is now.
    pub(super) fn of(scope: Scope, parameters: &Parameters) -> Self {
        let usual = Self::default();
        match scope {
            Scope::Models => Self {
                models: Some(Models::of(parameters)),
                ..usual
            },
            Scope::Movement => Self::moved(parameters.movement_file.moved()),
            Scope::Tuning => Self {
                tuning: Some(parameters.tuning.saved()),
                ..usual
            },
        }
    }

    /// Parameters by their places.
    pub(super) fn moves(values: Vec<(usize, Value)>) -> Self {
        Self {
            values,
            ..Self::default()
        }
    }

    /// A movement.
    pub(super) fn moved(moved: Moved) -> Self {
        Self {
            movement: Some(moved),
            ..Self::default()
        }
    }

    /// Makes it what there is; the host hears of values in its own time.
    pub(super) fn apply(&self, parameters: &Parameters, setter: &ParamSetter<'_>) {
        let table = parameters.table();
        for (place, value) in &self.values {
            sound::tell(parameters, setter, (*place, &table[*place], *value));
        }
        if let Some(movement) = &self.movement {
            parameters.movement_file.take(movement);
        }
        if let Some(models) = &self.models {
            models.apply(parameters);
        }
        if let Some(tuning) = &self.tuning {
            parameters.tuning.set(tuning.clone());
        }
        if let Some(preset) = &self.preset {
            parameters.loaded.put_back(preset.clone());
        }
        if self.has_more_than_values() {
            parameters.mark_changed(setter);
        }
    }

    fn has_more_than_values(&self) -> bool {
        let aside = self.models.is_some() || self.movement.is_some();
        aside || self.tuning.is_some() || self.preset.is_some()
    }

    /// Whether what it has is the same as what another one has; presets' names count as nothing.
    fn is_same(&self, other: &Self) -> bool {
        let is_heard = self.values == other.values && self.models == other.models;
        is_heard && self.movement == other.movement && self.tuning == other.tuning
    }

    fn bytes(&self) -> usize {
        let text = |text: Option<&str>| text.map_or(0, str::len);
        let points = self.movement.as_ref().map_or(0, Moved::points);
        let files = self.tuning.iter().flat_map(|t| [&t.scale, &t.keyboard]);
        let files = files.flatten().map(|file| file.text.len());
        let preset = text(self.preset.as_ref().and_then(Kept::text));
        PIECE * (self.values.len() + points) + files.sum::<usize>() + 2 * preset
    }
}

impl Step {
    /// From one thing to another.
    pub(super) fn of(name: &str, before: Part, after: Part) -> Self {
        Self {
            name: name.to_owned(),
            change: Change::Part {
                before: Box::new(before),
                after: Box::new(after),
            },
        }
    }

    /// From one sound to another.
    pub(super) fn between(name: &str, before: &Sound, after: &Sound) -> Self {
        let difference = before.difference(after);
        let part = |sound: &Sound| Part {
            values: difference
                .places
                .iter()
                .filter_map(|place| Some((*place, sound.values[*place]?)))
                .collect(),
            models: difference.models.then(|| sound.models.clone()),
            movement: difference.movement.then(|| sound.movement.clone()),
            ..Part::default()
        };
        Self::of(name, part(before), part(after))
    }

    /// Which preset was loaded before, and which is now.
    pub(super) fn name_presets(&mut self, old: Kept, new: Kept) {
        if let Change::Part { before, after } = &mut self.change {
            (before.preset, after.preset) = (Some(old), Some(new));
        }
    }

    /// The parameter that it has moved, if it is one alone.
    pub(super) fn place(&self) -> Option<usize> {
        match &self.change {
            Change::Part { after, .. } => match after.values.as_slice() {
                [(place, _)] => Some(*place),
                _ => None,
            },
            Change::Over | Change::Other { .. } => None,
        }
    }

    /// Whether everything is as it was.
    pub(super) fn is_nothing(&self) -> bool {
        match &self.change {
            Change::Part { before, after } => before.preset.is_none() && before.is_same(after),
            Change::Over | Change::Other { .. } => false,
        }
    }

    /// What it takes of memory, about.
    pub(super) fn bytes(&self) -> usize {
        let more = match &self.change {
            Change::Part { before, after } => before.bytes() + after.bytes(),
            Change::Over => 0,
            Change::Other { before, after } => {
                let sides = before.iter().chain(after);
                sides.map(|side| side.bytes()).sum()
            }
        };
        BYTES + more
    }
}

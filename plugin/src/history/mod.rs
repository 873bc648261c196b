//! What the player has done in the window, to be undone and done again; and two sounds to compare.
//!
//! ```text
//!  gesture: begin ─ set … ─ end ─┐
//!  preset, model, movement, ─────┼─► Step: name, before, after ─► done [200] ◄─ undo, redo ─► undone
//!  tuning, A/B, mutation ────────┘
//! ```
//!
//! A step holds only what it has changed, and undoing it sets only that. What host automation, a
//! controller or a project moves makes no step. The wheel turned several times within a second on one
//! control is one step.
//!
//! Changing over between A and B is a step like any other: what was done on A before it is undone on
//! A, after the change-over itself has been.
//!
//! *Promise:* undone one by one, steps give every earlier sound back to the last bit, as long as
//! nothing else has moved what they moved.
//!
//! Not for the audio thread.

mod compare;
mod recorder;
mod step;

use crate::movement::Moved;
use crate::parameters::Parameters;
use crate::presets::{Kept, Preset};
use crate::sound::{Models, Sound, Value};
use compare::Compare;
pub(crate) use compare::Saved;
use nice_plug::params::persist::PersistentField;
use nice_plug::prelude::ParamSetter;
use recorder::Open;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
pub(crate) use step::Scope;
use step::{Change, Part, Step};

/// Steps that are remembered, at most.
const MOST_STEPS: usize = 200;
/// What they may take of memory together, in bytes; the newest is remembered in any case.
const MOST_BYTES: usize = 64 * 1024 * 1024;
/// The wheel turned again within so many seconds goes on with its step.
const WHEEL_S: f64 = 1.0;

/// What has been done, and what has been undone.
#[derive(Debug, Default)]
pub(crate) struct History(Mutex<Steps>);

#[derive(Debug, Default)]
struct Steps {
    done: VecDeque<Step>,
    undone: Vec<Step>,
    /// A gesture that has begun and not ended.
    open: Option<Open>,
    /// The parameter that the wheel turned in the last step, and when.
    wheel: Option<(usize, f64)>,
    /// The movement as it was seen last, and after which choice.
    seen: Option<(Moved, u64)>,
    compare: Compare,
}

/// What the window shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shown {
    /// What would be undone.
    pub(crate) undo: Option<String>,
    /// What would be done again.
    pub(crate) redo: Option<String>,
    /// Whether the second of the two sounds is heard.
    pub(crate) is_b: bool,
}

impl History {
    /// What the window shows.
    pub(crate) fn shown(&self) -> Shown {
        let steps = self.lock();
        let name = |step: &Step| step.name.clone();
        Shown {
            undo: steps.done.back().map(name),
            redo: steps.undone.last().map(name),
            is_b: steps.compare.is_b,
        }
    }

    /// How many steps can be undone.
    #[cfg(test)]
    pub(crate) fn count(&self) -> usize {
        self.lock().done.len()
    }

    /// Undoes the last step; false if there is none, or a gesture is under way.
    pub(crate) fn undo(&self, parameters: &Parameters, setter: &ParamSetter<'_>) -> bool {
        self.watch(parameters);
        let Some(step) = self.take(|steps| steps.done.pop_back()) else {
            return false;
        };
        self.put(&step.change, false, parameters, setter);
        self.lock().undone.push(step);
        true
    }

    /// Does again what was undone last; false if there is nothing.
    pub(crate) fn redo(&self, parameters: &Parameters, setter: &ParamSetter<'_>) -> bool {
        self.watch(parameters);
        let Some(step) = self.take(|steps| steps.undone.pop()) else {
            return false;
        };
        self.put(&step.change, true, parameters, setter);
        self.lock().done.push_back(step);
        true
    }

    fn take(&self, pop: impl Fn(&mut Steps) -> Option<Step>) -> Option<Step> {
        let mut steps = self.lock();
        if steps.open.is_some() {
            return None;
        }
        steps.wheel = None;
        pop(&mut steps)
    }

    fn put(
        &self,
        change: &Change,
        is_again: bool,
        parameters: &Parameters,
        setter: &ParamSetter<'_>,
    ) {
        match change {
            Change::Part { before, after } => {
                let part = if is_again { after } else { before };
                part.apply(parameters, setter);
            }
            Change::Over => compare::change_over(self, parameters, setter),
            Change::Other { before, after } => {
                let other = if is_again { after } else { before };
                self.lock().compare.other.clone_from(other);
            }
        }
        self.see(parameters);
    }

    /// Makes a sound the one that is heard, as one step.
    pub(crate) fn load(
        &self,
        name: &str,
        sound: &Sound,
        (parameters, setter): (&Parameters, &ParamSetter<'_>),
    ) {
        let before = Sound::told(parameters);
        sound.apply(parameters, setter);
        self.push(Step::between(name, &before, sound));
        self.see(parameters);
    }

    /// Loads a preset, as one step; undone, the preset before it has its name in the window again.
    pub(crate) fn load_preset(
        &self,
        preset: &std::sync::Arc<Preset>,
        (parameters, setter): (&Parameters, &ParamSetter<'_>),
    ) {
        let (before, kept) = (Sound::told(parameters), parameters.loaded.kept());
        preset.load(parameters, setter);
        let name = format!("Preset {}", preset.head.name);
        let mut step = Step::between(&name, &before, &preset.sound);
        step.name_presets(kept, parameters.loaded.kept());
        self.push(step);
        self.see(parameters);
    }

    /// Does something that changes what is no parameter; a step, if it has. What it gives back.
    pub(crate) fn change<T>(
        &self,
        name: &str,
        scope: Scope,
        parameters: &Parameters,
        act: impl FnOnce() -> T,
    ) -> T {
        self.watch(parameters);
        let before = Part::of(scope, parameters);
        let done = act();
        let after = Part::of(scope, parameters);
        self.push(Step::of(name, before, after));
        self.see(parameters);
        done
    }

    /// Looks whether a movement has been recorded since: that is a step of the player's too. One that
    /// was chosen, with a project or in the window, is none, or one already.
    pub(crate) fn watch(&self, parameters: &Parameters) {
        let now = parameters.movement_file.moved_and_choice();
        let seen = self.lock().seen.replace(now.clone());
        if let Some((seen, choice)) = seen.filter(|seen| *seen != now)
            && choice == now.1
        {
            let [before, after] = [seen, now.0].map(Part::moved);
            self.push(Step::of("Movement", before, after));
        }
    }

    /// What moves now is known.
    fn see(&self, parameters: &Parameters) {
        let moved = parameters.movement_file.moved_and_choice();
        self.lock().seen = Some(moved);
    }

    /// Changes over between A and B, as one step.
    pub(crate) fn change_over(&self, parameters: &Parameters, setter: &ParamSetter<'_>) {
        let to = if self.lock().compare.is_b { "A" } else { "B" };
        compare::change_over(self, parameters, setter);
        self.push(Step {
            name: format!("Change to {to}"),
            change: Change::Over,
        });
        self.see(parameters);
    }

    /// The sound that is heard becomes the other one too.
    pub(crate) fn copy_over(&self, parameters: &Parameters) {
        let other = Some(Box::new(compare::Side::of(parameters)));
        let mut steps = self.lock();
        let name = match steps.compare.is_b {
            false => "Copy A to B",
            true => "Copy B to A",
        };
        let before = std::mem::replace(&mut steps.compare.other, other.clone());
        drop(steps);
        self.push(Step {
            name: name.to_owned(),
            change: Change::Other {
                before,
                after: other,
            },
        });
    }

    /// Something new has been done: what was undone cannot be done again.
    fn push(&self, step: Step) {
        if step.is_nothing() {
            return;
        }
        let mut steps = self.lock();
        (steps.wheel, steps.undone) = (None, Vec::new());
        steps.done.push_back(step);
        let mut bytes: usize = steps.done.iter().map(Step::bytes).sum();
        while steps.done.len() > MOST_STEPS || bytes > MOST_BYTES && steps.done.len() > 1 {
            bytes -= steps.done.pop_front().map_or(0, |step| step.bytes());
        }
    }

    fn lock(&self) -> MutexGuard<'_, Steps> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a project remembers: the other one of the two sounds, and which one is heard. Whoever opens
/// another project has done nothing in it yet.
impl PersistentField<'_, Saved> for History {
    fn set(&self, saved: Saved) {
        *self.lock() = Steps {
            compare: saved.into(),
            ..Steps::default()
        };
    }

    fn map<F: Fn(&Saved) -> R, R>(&self, read: F) -> R {
        let saved = Saved::from(&self.lock().compare);
        read(&saved)
    }
}

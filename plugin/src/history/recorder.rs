//! A gesture under way: from the first parameter that is taken to the last one that is let go.
//!
//! ```text
//!  begin ─┬─ set, set … ─┬─ end ─► Step       two parameters at once, on the map: one step
//!   begin ┘              └─ end
//! ```

use super::step::{Change, Part, Step};
use super::{History, Parameters, Steps, Value, WHEEL_S};
use crate::parameters::Entry;
use crate::sound;
use std::collections::BTreeMap;

/// Parameters whose moves are no steps: one is something that is done, the other counts.
const UNTOLD: [&str; 2] = ["movement_record", "changes"];

/// A gesture that has begun.
#[derive(Debug)]
pub(super) struct Open {
    name: String,
    /// Parameters that are held.
    depth: usize,
    /// What each was and is.
    values: BTreeMap<usize, [Value; 2]>,
}

impl History {
    /// A gesture of several moves that is one step.
    pub(crate) fn begin_many(&self, name: &str) {
        let mut steps = self.lock();
        let open = steps.open.get_or_insert_with(|| Open::new(name));
        open.depth += 1;
    }

    /// The player takes a parameter.
    pub(crate) fn begin(&self, parameters: &Parameters, place: usize, entry: &Entry<'_>) {
        self.begin_many(entry.knob.label());
        if UNTOLD.contains(&entry.id) {
            return;
        }
        let was = sound::told(parameters, place, entry);
        if let Some(open) = &mut self.lock().open {
            open.values.entry(place).or_insert([was, was]);
        }
    }

    /// The player moves it.
    pub(crate) fn move_to(&self, place: usize, value: Value) {
        if let Some(open) = &mut self.lock().open
            && let Some([_, now]) = open.values.get_mut(&place)
        {
            *now = value;
        }
    }

    /// The player lets it go; `turned` is the time in seconds if it was the wheel.
    pub(crate) fn end(&self, turned: Option<f64>) {
        let mut steps = self.lock();
        let Some(open) = &mut steps.open else {
            return;
        };
        open.depth = open.depth.saturating_sub(1);
        if open.depth > 0 {
            return;
        }
        let Some(step) = steps.open.take().map(Open::step) else {
            return;
        };
        let place = step.place();
        let last = steps.wheel.zip(place).zip(turned);
        let goes_on = last.is_some_and(|(((was, at), place), now)| {
            was == place && (0.0..=WHEEL_S).contains(&(now - at))
        });
        if step.is_nothing() {
            return;
        }
        if goes_on {
            let is_left = steps.go_on(step);
            steps.wheel = place.zip(turned).filter(|_| is_left);
            return;
        }
        drop(steps);
        self.push(step);
        self.lock().wheel = place.zip(turned);
    }

    /// What is held is let go, whatever has become of it: nothing is under the pointer.
    pub(crate) fn close(&self) {
        if let Some(open) = &mut self.lock().open {
            open.depth = 1;
        }
        self.end(None);
    }
}

impl Steps {
    /// Adds the newest turn of the wheel to its step, which is the last one; false if it has turned
    /// back to where it began, and nothing is left of the step.
    fn go_on(&mut self, step: Step) -> bool {
        let Some(last) = self.done.back_mut() else {
            return false;
        };
        if let Change::Part { after: old, .. } = &mut last.change
            && let Change::Part { after: new, .. } = step.change
        {
            *old = new;
        }
        let is_left = !last.is_nothing();
        if !is_left {
            self.done.pop_back();
        }
        is_left
    }
}

impl Open {
    fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            depth: 0,
            values: BTreeMap::new(),
        }
    }

    /// What has moved.
    fn step(self) -> Step {
        let moved = || self.values.iter().filter(|(_, [was, now])| was != now);
        let part = |at: usize| {
            let values = moved().map(|(place, pair)| (*place, pair[at]));
            Part::moves(values.collect())
        };
        Step::of(&self.name, part(0), part(1))
    }
}

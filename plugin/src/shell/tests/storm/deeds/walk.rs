//! There and back: steps alone, undone and done again, each to the last bit.
//!
//! ```text
//!  beginning ─ deed ─ deed … ─► end        points: what was there after each step
//!  beginning ◄─ undo ─ undo … ─┘
//!      └─ redo ─ redo … ───────► end
//! ```

use super::*;

/// Deeds of a walk: fewer than steps are remembered.
const STEPS: usize = 60;
/// No controller waits any longer for the other half of its number.
const HALVES_S: f32 = 0.01;

/// What undoing must give back.
#[derive(Clone, Debug, PartialEq)]
struct Point {
    sound: Sound,
    tuning: Saved,
    preset: Option<String>,
}

impl Point {
    /// What differs, in words.
    fn difference(&self, other: &Self, parameters: &Parameters) -> String {
        let difference = self.sound.difference(&other.sound);
        let table = parameters.table();
        let values = difference.places.iter().map(|place| {
            let pair = [&self.sound, &other.sound].map(|sound| sound.values[*place]);
            format!("{} {pair:?}", table[*place].id)
        });
        let values: Vec<String> = values.collect();
        let presets = [&self.preset, &other.preset]
            .map(|preset| preset.as_deref().and_then(|text| text.lines().nth(1)));
        format!("{values:?} {difference:?} {presets:?}")
    }
}

/// What was there after each step.
struct Walk {
    /// None where one deed made two steps.
    points: Vec<Option<Point>>,
    /// By which deed it came.
    names: Vec<&'static str>,
}

impl Walk {
    fn from(point: Point) -> Self {
        Self {
            points: vec![Some(point)],
            names: vec!["the beginning"],
        }
    }

    /// After a deed there are so many steps; a deed that is no step has changed nothing.
    fn add(&mut self, point: Point, (count, name): (usize, &'static str), own: &Parameters) {
        self.names.truncate(count + 1);
        self.points.truncate(count + 1);
        if self.points.len() == count + 1 {
            self.is_at(count, &point, own);
            return;
        }
        self.points.resize(count, None);
        self.names.resize(count, name);
        self.points.push(Some(point));
        self.names.push(name);
    }

    fn is_at(&self, at: usize, found: &Point, parameters: &Parameters) {
        if let Some(expected) = &self.points[at] {
            let names = &self.names[at.saturating_sub(1)..self.names.len().min(at + 2)];
            let differs = || expected.difference(found, parameters);
            assert!(expected == found, "step {at} of {names:?}: {}", differs());
        }
    }
}

impl Deeds {
    /// What is there once the host has heard everything.
    fn point(&mut self, dice: &mut Dice) -> Point {
        self.hands.deliver();
        self.stage.moment(dice);
        let kept = self.parameters.loaded.kept();
        Point {
            sound: Sound::of(&self.parameters),
            tuning: self.parameters.tuning.saved(),
            preset: kept.text().map(str::to_owned),
        }
    }

    /// Steps alone, from where all is now: undone to the last they give the beginning back, done again
    /// the end, bit for bit.
    pub(in crate::shell::tests::storm) fn walk_back(&mut self, dice: &mut Dice, has_search: bool) {
        self.stage.pass(HALVES_S);
        for _ in 0..dice.roll(12) {
            let place = dice.roll(self.parameters.table().len());
            if self.parameters.table()[place].knob.is_movable() {
                self.parameters.controllers.take(place, dice.share());
            }
        }
        self.record_is_off();
        let text = saved(&self.parameters);
        open(&self.parameters, &text);
        let mut walk = Walk::from(self.point(dice));
        self.parameters.history.watch(&self.parameters);
        for deed in 0..STEPS {
            self.hands.set_deaf(dice.roll(3) == 0);
            self.last = "";
            match dice.roll(12) {
                _ if has_search && deed == STEPS / 2 => self.search(dice),
                0 => {
                    self.look(dice);
                    self.hands.wait();
                }
                1 => self.recording(dice),
                _ => self.step(dice),
            }
            self.record_is_off();
            let point = self.point(dice);
            self.parameters.history.watch(&self.parameters);
            let count = self.parameters.history.count();
            walk.add(point, (count, self.last), &self.parameters);
        }
        self.back_and_again(dice, &walk);
        self.count("walks");
    }

    /// A latent is moved while it is recorded.
    fn recording(&mut self, dice: &mut Dice) {
        self.hands.set_deaf(false);
        self.record();
        self.stage.play(Vec::new(), 1_024);
        self.hands.gesture(dice.roll(8), &[dice.share()]);
        self.stage.play(Vec::new(), 1_024);
        self.record();
        self.stage.moment(dice);
    }

    /// Undoes all steps, and does all of them again.
    fn back_and_again(&mut self, dice: &mut Dice, walk: &Walk) {
        let parameters = Arc::clone(&self.parameters);
        let history = &parameters.history;
        self.hands.set_deaf(true);
        for at in (0..walk.points.len() - 1).rev() {
            let is_done = self.hands.with(|setter| history.undo(&parameters, setter));
            assert!(is_done, "step {at} can be undone");
            walk.is_at(at, &self.point(dice), &parameters);
        }
        assert_eq!(history.count(), 0);
        for at in 1..walk.points.len() {
            let is_done = self.hands.with(|setter| history.redo(&parameters, setter));
            assert!(is_done, "step {at} can be done again");
            walk.is_at(at, &self.point(dice), &parameters);
        }
    }

    /// Nothing is recorded: a recording comes in its own time.
    fn record_is_off(&self) {
        let place = self.parameters.map.place("movement_record").unwrap();
        self.hands.deliver();
        self.set(place, 0.0);
    }
}

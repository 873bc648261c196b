//! What hands do in the window, one deed after the other.
//!
//! ```text
//!  dice ─► deed ─► Hands (the window's own means) ─► parameters, history ─► Stage
//! ```
//!
//! Some deeds are steps of the history; after a walk of such deeds alone all of them are undone and
//! done again. What hosts, controllers and recordings move in between is no step, so it has no place
//! in a walk.

mod walk;

use super::projects::{comes_back, open, saved};
use super::*;
use crate::editor::tests::hands::{Hands, Touch};
use crate::explore::{Amount, Kind as Looked, Search, Wish, lock_of};
use crate::history::Scope;
use crate::movement::{Span, bent};
use crate::presets::{Preset, TEXTS};
use crate::sound::{Models, Sound, Value};
use std::collections::BTreeMap;

/// Projects that are kept, at most.
const MOST_PROJECTS: usize = 6;

/// The window's hands over the stage.
pub(super) struct Deeds {
    pub(super) stage: Stage,
    hands: Hands,
    parameters: Arc<Parameters>,
    /// As it was in the beginning.
    fresh: String,
    projects: Vec<String>,
    search: Search,
    counts: BTreeMap<&'static str, usize>,
    /// What was done last.
    last: &'static str,
}

impl Deeds {
    pub(super) fn new(stage: Stage) -> Self {
        let parameters = Arc::clone(&stage.plugin.parameters);
        let fresh = saved(&parameters);
        Self {
            hands: Hands::new(&parameters, &stage.plugin.screen),
            projects: vec![fresh.clone()],
            fresh,
            stage,
            parameters,
            search: Search::default(),
            counts: BTreeMap::new(),
            last: "",
        }
    }

    /// What has been done, and how often.
    pub(super) fn said(&self) -> String {
        format!("{:?}", self.counts)
    }

    fn count(&mut self, name: &'static str) {
        *self.counts.entry(name).or_default() += 1;
        self.last = name;
    }

    /// One deed of any kind; then the host's next call, or not yet.
    pub(super) fn any(&mut self, dice: &mut Dice) -> usize {
        self.hands.set_deaf(dice.roll(3) == 0);
        // As each picture does.
        self.parameters.history.watch(&self.parameters);
        match dice.roll(100) {
            0..72 => self.step(dice),
            72..78 => self.undo(dice),
            78..82 => self.learn(dice),
            82..86 => self.record(),
            86..93 => self.automate(dice),
            93..96 => self.lock(dice),
            _ => self.rare(dice),
        }
        if dice.roll(4) > 0 {
            self.hands.deliver();
        }
        1
    }

    /// A deed that is a step of the history, or none at all.
    fn step(&mut self, dice: &mut Dice) {
        match dice.roll(72) {
            0..52 => self.gesture(dice),
            52..56 => self.morph(dice),
            56..59 => self.compare(dice),
            59..63 => self.bend(dice),
            63..66 => self.model(dice),
            66..68 => self.tune(dice),
            68..71 => self.preset(dice),
            _ => self.damaged_preset(dice),
        }
    }

    /// What costs more, or ends much.
    fn rare(&mut self, dice: &mut Dice) {
        match dice.roll(100) {
            0..8 => self.save(),
            8..14 => self.open(dice),
            14..18 => self.stage.activate_anywhere(dice),
            18..22 => self.stage.plugin.reset(),
            22..30 => self.stage.plugin.screen.silence(),
            _ => self.step(dice),
        }
    }

    fn gesture(&mut self, dice: &mut Dice) {
        let place = dice.roll(self.parameters.table().len() - 1);
        let positions: Vec<f32> = (0..dice.roll(5)).map(|_| dice.share()).collect();
        if self.parameters.table()[place].id == "movement_record" {
            return;
        }
        self.hands.gesture(place, &positions);
        self.count("gestures");
    }

    fn morph(&mut self, dice: &mut Dice) {
        let place = self.parameters.map.place("morph").unwrap();
        self.hands.gesture(place, &[dice.share()]);
        self.count("morphs");
    }

    fn undo(&mut self, dice: &mut Dice) {
        let (parameters, history) = (&*self.parameters, &self.parameters.history);
        for _ in 0..=dice.roll(4) {
            self.hands.with(|setter| match dice.roll(5) {
                0..3 => history.undo(parameters, setter),
                _ => history.redo(parameters, setter),
            });
        }
        self.count("undone or done again");
    }

    fn compare(&mut self, dice: &mut Dice) {
        let (parameters, history) = (&*self.parameters, &self.parameters.history);
        if dice.roll(3) == 0 {
            history.copy_over(parameters);
            self.count("copied over");
        } else {
            self.hands
                .with(|setter| history.change_over(parameters, setter));
            self.count("changed over");
        }
    }

    fn preset(&mut self, dice: &mut Dice) {
        let (name, text) = TEXTS[dice.roll(TEXTS.len())];
        let preset = Preset::read(name, text, &self.parameters).unwrap();
        self.load(preset);
        self.count("presets");
    }

    /// A preset that is cut off somewhere, or has a letter too many: refused in words, or loaded.
    fn damaged_preset(&mut self, dice: &mut Dice) {
        let (name, text) = TEXTS[dice.roll(TEXTS.len())];
        let mut at = dice.roll(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        let text = match dice.roll(2) {
            0 => text[..at].to_owned(),
            _ => format!(
                "{}{}{}",
                &text[..at],
                char::from(dice.small(128)),
                &text[at..]
            ),
        };
        match Preset::read(name, &text, &self.parameters) {
            Ok(preset) => self.load(preset),
            Err(error) => assert!(error.to_string().contains(name), "{error}"),
        }
        self.count("damaged presets");
    }

    fn load(&mut self, preset: Preset) {
        let (parameters, preset) = (&*self.parameters, Arc::new(preset));
        let history = &parameters.history;
        self.hands
            .with(|setter| history.load_preset(&preset, (parameters, setter)));
    }

    /// Another model in a slot, or none.
    fn model(&mut self, dice: &mut Dice) {
        let parameters = &*self.parameters;
        let ids = library::factory_ids();
        let wanted =
            (dice.roll(4) > 0).then(|| library::Wanted::factory(ids[dice.roll(ids.len())]));
        let choose = || parameters.slots.choose(dice.roll(4), wanted);
        parameters
            .history
            .change("Model", Scope::Models, parameters, choose);
        self.hands.with(|setter| parameters.mark_changed(setter));
        self.count("models");
    }

    fn tune(&mut self, dice: &mut Dice) {
        let (parameters, cents) = (&*self.parameters, 50 + dice.roll(400));
        let tune = || parameters.tuning.set(stretched(cents));
        parameters
            .history
            .change("Tuning", Scope::Tuning, parameters, tune);
        self.count("tunings");
    }

    /// The movement goes through another place at some moment, or is cleared.
    fn bend(&mut self, dice: &mut Dice) {
        let (parameters, file) = (&*self.parameters, &self.parameters.movement_file);
        let movement = file.movement();
        let at_s = movement.length_s() * (0.1 + 0.8 * dice.share());
        let span = Span {
            from_s: 0.5 * at_s,
            at_s,
            to_s: 0.5 * (at_s + movement.length_s()),
        };
        let away = std::array::from_fn(|_| dice.share() - 0.5);
        let after = bent(
            &movement,
            &span,
            &away,
            &std::array::from_fn(|_| dice.share()),
        );
        let bend = || match after.filter(|_| dice.roll(4) > 0 && movement.length_s() > 0.0) {
            Some(after) => file.bend(Arc::new(after)),
            None => file.clear(),
        };
        parameters
            .history
            .change("Movement", Scope::Movement, parameters, bend);
        self.count("movements bent or cleared");
    }

    /// Movement Record is switched over.
    fn record(&mut self) {
        let place = self.parameters.map.place("movement_record").unwrap();
        let is_on = self.parameters.movement.record.value();
        self.hands.gesture(place, &[f32::from(u8::from(!is_on))]);
        self.count("recordings begun or ended");
    }

    /// A parameter waits for a controller, which comes or does not; or its controllers are cleared.
    fn learn(&mut self, dice: &mut Dice) {
        let target = dice.roll(self.parameters.table().len());
        let is_movable = self.parameters.table()[target].knob.is_movable();
        let map = &self.parameters.map;
        match dice.roll(4) {
            0 => map.clear(target),
            1 => map.arm(None),
            // What cannot be moved has no such menu.
            _ => map.arm(Some(target).filter(|_| is_movable)),
        }
        let cc = dice.small(120);
        for value in [0.25, 0.75] {
            let moved = NoteEvent::MidiCC {
                timing: 3,
                channel: 0,
                cc,
                value,
            };
            self.stage.play(vec![moved], 64);
        }
        self.count("learnt or cleared");
    }

    /// The host moves a parameter.
    fn automate(&mut self, dice: &mut Dice) {
        let (place, position) = (dice.roll(self.parameters.table().len()), dice.share());
        self.set(place, position);
        self.count("automated");
    }

    fn set(&self, place: usize, position: f32) {
        let table = self.parameters.table();
        let entry = &table[place];
        // Outside the history: the host's own move.
        self.hands.set_deaf(false);
        self.hands.with(|setter| entry.knob.set(setter, position));
    }

    fn lock(&mut self, dice: &mut Dice) {
        let (explore, table) = (&self.parameters.explore, self.parameters.table());
        if let Some(name) = lock_of(table[dice.roll(table.len())].id) {
            explore.turn(name);
        }
        explore.set_amount(Amount::ALL[dice.roll(3)]);
        self.count("locks");
    }

    /// A sound is looked for beside the window while notes are played, and taken.
    pub(super) fn search(&mut self, dice: &mut Dice) {
        let parameters = Arc::clone(&self.parameters);
        let kind = match dice.roll(2) {
            0 => Looked::Mutation(parameters.explore.amount()),
            _ => Looked::Random,
        };
        self.search.start(Wish::new(kind, &parameters), || ());
        while self.search.is_busy() {
            self.stage.play(vec![key(60)], 64);
            std::thread::sleep(std::time::Duration::from_millis(2));
            if let Some(Some(answer)) = self.search.take() {
                let sound = answer.over(Sound::told(&parameters));
                let (name, history) = (answer.name(), &parameters.history);
                self.hands
                    .with(|setter| history.load(name, &sound, (&parameters, setter)));
                self.count("sounds found");
            }
        }
    }

    /// The window is looked at, and touched somewhere.
    pub(super) fn look(&mut self, dice: &mut Dice) {
        let place = [dice.share(), dice.share()];
        let touch = match dice.roll(8) {
            0 => Touch::RightClick,
            1 => Touch::Wheel(4.0 * dice.share() - 2.0),
            2..5 => Touch::Drag(dice.share() - 0.5, dice.share() - 0.5),
            _ => Touch::Click,
        };
        self.hands.touch(place, touch);
        if dice.roll(4) == 0 {
            self.hands.escape();
        }
        self.count("touches of the window");
    }

    fn save(&mut self) {
        self.hands.deliver();
        let text = saved(&self.parameters);
        comes_back(&text, &Models::of(&self.parameters));
        self.projects.truncate(MOST_PROJECTS - 1);
        self.projects.insert(0, text);
        self.are_in_range();
        self.count("projects saved");
    }

    fn open(&mut self, dice: &mut Dice) {
        self.hands.deliver();
        open(
            &self.parameters,
            &self.projects[dice.roll(self.projects.len())],
        );
        self.count("projects opened");
    }

    fn are_in_range(&self) {
        for entry in self.parameters.table() {
            for position in entry.knob.places() {
                assert!((0.0..=1.0).contains(&position), "{} {position}", entry.id);
            }
            let is_number = match Value::set(entry.kind) {
                Value::Real(value) => value.is_finite(),
                _ => true,
            };
            assert!(is_number, "{}", entry.id);
        }
    }

    /// Everything that could hold a note is let go; then every note dies away, a panic ends those that
    /// are held, and the project of the beginning is opened.
    pub(super) fn calm(&mut self, dice: &mut Dice) {
        let parameters = Arc::clone(&self.parameters);
        self.hands.deliver();
        for (place, entry) in parameters.table().iter().enumerate() {
            self.set(place, Value::default_of(entry.kind).position(entry.kind));
            parameters.controllers.release(place);
        }
        parameters.map.arm(None);
        parameters.map.replace(parameters.map.factory());
        parameters.movement_file.clear();
        self.stage.keys_up();
        self.stage.dies_away();
        self.stage.panics();
        self.save();
        self.projects.clear();
        self.projects.push(self.fresh.clone());
        self.open(dice);
        self.hands.picture();
        self.stage.activate(0);
        self.stage.keys_up();
    }
}

//! What a control needs to be moved and to be mapped: the host's ear, and the map of controllers.
//!
//! ```text
//!  pointer ─► gesture ─┬► host ─► parameter
//!                      └► history
//!  right click ─► menu ─┬─ a line to type a value in, Enter takes it
//!                       ├─ Learn controller ─► armed ─► the next one that moves
//!                       ├─ Clear … ──────────► no controller moves it any more
//!                       ├─ Copy, Paste ──────► the value, in words
//!                       ├─ Lock … ───────────► mutate and random leave it
//!                       └─ Default
//! ```
//!
//! While a target is armed its control says so; where a controller holds it, a mark shows the
//! place, and the words under the pointer name the controller.

use super::gesture;
use super::words::{about, control};
use crate::controllers::Mapping;
use crate::explore::{Locks, lock_of};
use crate::parameters::{Entry, Knob, Parameters};
use crate::sound::Value;
use egui::text::CCursorRange;
use egui::{Button, Id, Key, Popup, Response, SetOpenCommand, TextEdit, Ui};
use nice_plug::prelude::{Param, ParamSetter};
use std::ops::Deref;

/// Width of the line to type a value in.
const LINE: f32 = 120.0;
/// Opens the menu of what has the focus: a letter that plays no note, and comes through on every system.
const MENU: Key = Key::M;

/// The host's ear and the map, for one picture.
pub(super) struct Hand<'a> {
    setter: &'a ParamSetter<'a>,
    parameters: &'a Parameters,
    rows: Vec<Mapping>,
    armed: Option<usize>,
    locks: Locks,
}

/// What controllers do with one control.
pub(super) struct Grip<'a> {
    hand: &'a Hand<'a>,
    /// Position in the table of parameters; none of what cannot be learnt.
    target: Option<usize>,
}

impl<'a> Deref for Hand<'a> {
    type Target = ParamSetter<'a>;

    fn deref(&self) -> &Self::Target {
        self.setter
    }
}

impl<'a> Hand<'a> {
    /// The player takes a parameter: a step of the history begins, and the host hears of it.
    pub(super) fn begin<P: Param>(&self, parameter: &P) {
        self.with(parameter, |place, entry| {
            self.parameters.history.begin(self.parameters, place, entry);
        });
        self.setter.begin_set_parameter(parameter);
    }

    /// The player moves it.
    pub(super) fn set<P: Param>(&self, parameter: &P, plain: P::Plain) {
        let position = parameter.preview_normalized(plain);
        self.with(parameter, |place, entry| {
            let value = Value::at(entry.kind, position);
            self.parameters.told.note(place, entry.kind, value);
            self.parameters.history.move_to(place, value);
        });
        self.setter.set_parameter_normalized(parameter, position);
    }

    /// The player lets it go; `turned` is the time in seconds if it was the wheel.
    pub(super) fn end<P: Param>(&self, parameter: &P, turned: Option<f64>) {
        self.parameters.history.end(turned);
        self.setter.end_set_parameter(parameter);
    }

    /// What is moved.
    pub(super) fn parameters(&self) -> &'a Parameters {
        self.parameters
    }

    /// Several moves as one step.
    pub(super) fn as_one(&self, name: &str, act: impl FnOnce()) {
        self.parameters.history.begin_many(name);
        act();
        self.parameters.history.end(None);
    }

    /// Does something with a parameter's place in the table.
    fn with<P: Param>(&self, parameter: &P, act: impl Fn(usize, &Entry<'_>)) {
        let mut place = 0;
        self.parameters.each(&mut |entry| {
            if entry.knob.address() == parameter.address() {
                act(place, &entry);
            }
            place += 1;
        });
    }

    /// As things are now.
    pub(super) fn new(setter: &'a ParamSetter<'a>, parameters: &'a Parameters) -> Self {
        Self {
            setter,
            parameters,
            rows: parameters.map.rows(),
            armed: parameters.map.armed(),
            locks: parameters.explore.locks(),
        }
    }

    /// What is heard of a parameter: where a controller holds it, else where it is set.
    pub(super) fn heard<P: Param>(&self, parameter: &P) -> P::Plain {
        let held = self.grip(parameter).held();
        held.map_or_else(
            || parameter.unmodulated_plain_value(),
            |held| parameter.preview_plain(held),
        )
    }

    /// The same as a position, 0…1.
    pub(super) fn position<P: Param>(&self, parameter: &P) -> f32 {
        let held = self.grip(parameter).held();
        held.unwrap_or(parameter.unmodulated_normalized_value())
    }

    /// What controllers do with a parameter.
    pub(super) fn grip<P: Param>(&self, parameter: &P) -> Grip<'_> {
        let place = self.parameters.place_of(parameter);
        Grip {
            hand: self,
            target: place.filter(|_| parameter.is_movable()),
        }
    }
}

impl Grip<'_> {
    /// Where a controller holds it.
    pub(super) fn held(&self) -> Option<f32> {
        self.hand.parameters.controllers.position(self.target?)
    }

    /// Whether it waits for a controller.
    pub(super) fn is_waiting(&self) -> bool {
        self.target.is_some() && self.target == self.hand.armed
    }

    /// The player wants the parameter itself to rule.
    pub(super) fn release(&self) {
        if let Some(target) = self.target {
            self.hand.parameters.controllers.release(target);
        }
    }

    /// One whole gesture; what a controller held is what can be undone, so it is let go afterwards.
    fn take<P: Param>(&self, parameter: &P, position: f32) {
        gesture::once(self.hand, parameter, position);
        self.release();
    }

    /// The controllers that move it, in words; none if there are none.
    fn sources(&self) -> Option<String> {
        let own = self
            .hand
            .rows
            .iter()
            .filter(|row| Some(row.target) == self.target);
        let words: Vec<String> = own.map(|row| row.origin.to_string()).collect();
        (!words.is_empty()).then(|| words.join(", "))
    }

    /// Says what moves it under the pointer, and opens the menu on a right click.
    pub(super) fn show<P: Param>(&self, response: &Response, parameter: &P) {
        let sources = self.sources();
        let own = self.hand.parameters.id_of(parameter).and_then(about);
        let moved = words(sources.as_deref(), self.held(), parameter);
        let parts: Vec<&str> = own.into_iter().chain(moved.as_deref()).collect();
        if !parts.is_empty() {
            response.clone().on_hover_text(parts.join("\n"));
        }
        let by_key = response.has_focus() && response.ctx.input(|input| input.key_pressed(MENU));
        let mut menu = Popup::context_menu(response);
        if by_key {
            let below = response.rect.left_bottom();
            menu = menu
                .open_memory(Some(SetOpenCommand::Bool(true)))
                .at_position(below);
        }
        menu.show(|ui| self.menu(ui, parameter, sources.as_deref()));
    }

    fn menu<P: Param>(&self, ui: &mut Ui, parameter: &P, sources: Option<&str>) {
        self.typed(ui, parameter);
        if let Some(target) = self.target {
            self.learn(ui, target, sources);
        }
        self.copy(ui, parameter);
        self.lock(ui, parameter);
        if ui.button(control::DEFAULT).clicked() {
            self.take(parameter, parameter.default_normalized_value());
        }
    }

    /// Where it is heard: held by a controller, or set.
    fn position<P: Param>(&self, parameter: &P) -> f32 {
        self.held()
            .unwrap_or(parameter.unmodulated_normalized_value())
    }

    /// A value goes from one control to another in words: seconds stay seconds.
    fn copy<P: Param>(&self, ui: &mut Ui, parameter: &P) {
        let id = Id::unique("copied-value");
        let words = parameter.normalized_value_to_string(self.position(parameter), true);
        if ui.button(control::copy(&words)).clicked() {
            ui.ctx().copy_text(words.clone());
            ui.data_mut(|data| data.insert_temp(id, words));
        }
        let copied: Option<String> = ui.data(|data| data.get_temp(id));
        let Some(copied) = copied else {
            return;
        };
        let place = parameter.string_to_normalized_value(&copied);
        let button = Button::new(control::paste(&copied));
        if ui.add_enabled(place.is_some(), button).clicked()
            && let Some(place) = place
        {
            self.take(parameter, place.clamp(0.0, 1.0));
        }
    }

    /// Mutate and random leave it, and what is locked together with it.
    fn lock<P: Param>(&self, ui: &mut Ui, parameter: &P) {
        let parameters = self.hand.parameters;
        let id = parameters.id_of(parameter);
        let Some(name) = id.and_then(lock_of) else {
            return;
        };
        let is_locked = parameters.explore.locks().has(name);
        let words = match (Some(name) == id, is_locked) {
            (true, false) => control::LOCK.to_owned(),
            (true, true) => control::UNLOCK.to_owned(),
            (false, false) => control::lock_group(name),
            (false, true) => control::unlock_group(name),
        };
        let button = ui.button(words).on_hover_text(control::LOCKED);
        if button.clicked() {
            parameters.explore.turn(name);
            parameters.mark_changed(self.hand);
        }
    }

    /// Whether mutate and random leave it.
    pub(super) fn is_locked<P: Param>(&self, parameter: &P) -> bool {
        let parameters = self.hand.parameters;
        let name = parameters.id_of(parameter).and_then(lock_of);
        name.is_some_and(|name| self.hand.locks.has(name))
    }

    /// A line with the value in words; Enter takes what has been typed, if it means anything.
    fn typed<P: Param>(&self, ui: &mut Ui, parameter: &P) {
        let (id, is_measured) = (ui.scope_id().with("typed"), ui.is_sizing_pass());
        let begun: Option<(String, bool)> = ui.data(|data| data.get_temp(id));
        let (mut words, is_fresh) = begun.filter(|_| !is_measured).unwrap_or_else(|| {
            let position = self.position(parameter);
            (parameter.normalized_value_to_string(position, true), true)
        });
        let line = TextEdit::singleline(&mut words).desired_width(LINE);
        let mut line = line.show(ui);
        if is_fresh && !is_measured {
            line.response.request_focus();
            let all = CCursorRange::select_all(&line.galley);
            line.state.cursor.set_char_range(Some(all));
            line.state.store(ui.ctx(), line.response.id);
        }
        let is_done = line.response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if is_done && let Some(position) = parameter.string_to_normalized_value(&words) {
            self.take(parameter, position.clamp(0.0, 1.0));
        }
        if is_done {
            ui.close();
        }
        ui.data_mut(|data| data.insert_temp(id, (words, is_measured)));
    }

    fn learn(&self, ui: &mut Ui, target: usize, sources: Option<&str>) {
        let map = &self.hand.parameters.map;
        let words = match (self.is_waiting(), map.is_full()) {
            (true, _) => control::STOP_LEARNING,
            (false, true) => control::MAP_FULL,
            (false, false) => control::LEARN,
        };
        let can_learn = self.is_waiting() || !map.is_full();
        if ui.add_enabled(can_learn, Button::new(words)).clicked() {
            map.arm((!self.is_waiting()).then_some(target));
        }
        if let Some(sources) = sources
            && ui.button(control::clear(sources)).clicked()
        {
            map.clear(target);
        }
    }
}

/// What moves it, and where it is held; nothing, if nobody does.
fn words<P: Param>(sources: Option<&str>, held: Option<f32>, parameter: &P) -> Option<String> {
    let held = held.map(|at| {
        let place = parameter.normalized_value_to_string(at, true);
        control::held(&place)
    });
    let parts: Vec<&str> = sources.into_iter().chain(held.as_deref()).collect();
    (!parts.is_empty()).then(|| parts.join(": "))
}

//! The pointer on a parameter: every view that moves one uses the same habits.
//!
//! | the player      | the parameter                                             |
//! |-----------------|-----------------------------------------------------------|
//! | drags           | follows, the length of the widget for the whole range     |
//! | drags + shift   | follows ten times finer                                   |
//! | double-clicks   | goes to its default; so does a click with ctrl or command |
//! | turns the wheel | steps by 2 %, with shift by 0.2 %, stepped ones by one    |
//! | right-clicks    | opens its menu (module `hand`); M does the same           |
//! | presses arrows  | steps by 1 %, with shift by 0.1 %, stepped ones by one    |
//! | Home, End, Del  | goes to the lowest, the highest, the default              |
//!
//! Every change is a whole gesture for the host: begin, set, end; and one step of the history.

use super::hand::Hand;
use egui::{Event, EventFilter, Key, MouseWheelUnit, PointerButton, Response, Ui, Vec2, vec2};
use nice_plug::prelude::Param;

/// How much slower the parameter moves with shift.
pub(super) const FINE: f32 = 0.1;
/// One notch of the wheel.
const NOTCH: f32 = 0.02;
/// One press of an arrow.
const STEP: f32 = 0.01;
/// Points that a smooth wheel scrolls per notch.
const POINTS_PER_NOTCH: f32 = 40.0;

/// Follows a drag along one axis; `way` is one full range: its direction and its length in points.
/// The move begins where the sound is: at the parameter, or where a controller holds it.
pub(super) fn follow<P: Param>(
    ui: &Ui,
    response: &Response,
    parameter: &P,
    hand: &Hand<'_>,
    (start, way): (f32, Vec2),
) {
    let id = response.id;
    if response.drag_started_by(PointerButton::Primary) {
        hand.begin(parameter);
        ui.data_mut(|data| data.insert_temp(id, start));
    }
    let begun: Option<f32> = ui.data(|data| data.get_temp(id));
    if response.dragged()
        && let Some(position) = begun
    {
        let moved = response.drag_delta().dot(way) / way.length_sq().max(1.0);
        let position = (position + moved * speed(ui)).clamp(0.0, 1.0);
        ui.data_mut(|data| data.insert_temp(id, position));
        set(parameter, hand, position);
    }
    if response.drag_stopped() && begun.is_some() {
        ui.data_mut(|data| data.remove::<f32>(id));
        hand.end(parameter, None);
    }
    if wants_default(ui, response) {
        once(hand, parameter, parameter.default_normalized_value());
    }
    turn(ui, response, parameter, hand, start);
    follow_keys(ui, response, parameter, hand, start);
}

/// Whether the player asks for the default.
pub(super) fn wants_default(ui: &Ui, response: &Response) -> bool {
    response.double_clicked() || response.clicked() && ui.input(|input| input.modifiers.command)
}

/// 1, or [`FINE`] while shift is held.
pub(super) fn speed(ui: &Ui) -> f32 {
    if ui.input(|input| input.modifiers.shift) {
        FINE
    } else {
        1.0
    }
}

/// One whole gesture.
pub(super) fn once<P: Param>(hand: &Hand<'_>, parameter: &P, position: f32) {
    whole(hand, parameter, position, None);
}

fn whole<P: Param>(hand: &Hand<'_>, parameter: &P, position: f32, turned: Option<f64>) {
    hand.begin(parameter);
    set(parameter, hand, position);
    hand.end(parameter, turned);
}

/// Sets a value within a gesture, snapped to what the parameter can be; nothing if it is there. Where
/// it is there, before or afterwards, a controller that holds it elsewhere lets go: one that ends where
/// it began has moved for nobody else. Where it comes with the host's next call it lets go then.
pub(super) fn set<P: Param>(parameter: &P, hand: &Hand<'_>, position: f32) {
    let plain = || parameter.preview_plain(position);
    let is_there = || plain() == parameter.unmodulated_plain_value();
    let grip = hand.grip(parameter);
    if !is_there() || grip.held().is_some() {
        hand.set(parameter, plain());
    }
    if is_there() {
        grip.release();
    }
}

fn turn<P: Param>(ui: &Ui, response: &Response, parameter: &P, hand: &Hand<'_>, start: f32) {
    if !response.hovered() {
        return;
    }
    let notches = notches(ui);
    if notches == 0.0 {
        return;
    }
    let smallest = smallest_step(parameter);
    let change = notches.signum() * (notches.abs() * NOTCH * speed(ui)).max(smallest);
    let now = ui.input(|input| input.time);
    whole(hand, parameter, (start + change).clamp(0.0, 1.0), Some(now));
}

/// The keys move what has the focus.
fn follow_keys<P: Param>(ui: &Ui, response: &Response, parameter: &P, hand: &Hand<'_>, start: f32) {
    if !response.has_focus() {
        return;
    }
    let pressed = |key| ui.input(|input| input.key_pressed(key));
    let way = arrows(ui, response);
    let steps = way.x + way.y;
    let goals = [
        (Key::Home, 0.0),
        (Key::End, 1.0),
        (Key::Delete, parameter.default_normalized_value()),
        (Key::Backspace, parameter.default_normalized_value()),
    ];
    let goal = goals.into_iter().find(|(key, _)| pressed(*key));
    let goal = goal.map(|(_, position)| position).or_else(|| {
        let step = (STEP * speed(ui)).max(smallest_step(parameter));
        (steps != 0.0).then(|| (start + steps * step).clamp(0.0, 1.0))
    });
    if let Some(position) = goal {
        let now = ui.input(|input| input.time);
        whole(hand, parameter, position, Some(now));
    }
}

/// The arrows pressed for what has the focus, right and up being more. They are for it, not for the
/// way to the next control.
pub(super) fn arrows(ui: &Ui, response: &Response) -> Vec2 {
    let filter = EventFilter {
        horizontal_arrows: true,
        vertical_arrows: true,
        ..EventFilter::default()
    };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    let ways = [
        (Key::ArrowRight, vec2(1.0, 0.0)),
        (Key::ArrowUp, vec2(0.0, 1.0)),
        (Key::ArrowLeft, vec2(-1.0, 0.0)),
        (Key::ArrowDown, vec2(0.0, -1.0)),
    ];
    let pressed = |key| ui.input(|input| input.key_pressed(key));
    let taken = ways.iter().filter(|(key, _)| pressed(*key));
    taken.fold(Vec2::ZERO, |sum, (_, way)| sum + *way)
}

/// The least that a stepped parameter moves; nothing of others.
fn smallest_step<P: Param>(parameter: &P) -> f32 {
    let steps = parameter.step_count();
    steps.map_or(0.0, |count| 1.0 / super::layout::real(count.max(1)))
}

/// How far the wheel has been turned since the last picture.
pub(super) fn notches(ui: &Ui) -> f32 {
    ui.input(|input| input.events.iter().map(turned).sum())
}

/// Systems turn the wheel sideways while shift is held: both directions count.
fn turned(event: &Event) -> f32 {
    let Event::MouseWheel { unit, delta, .. } = event else {
        return 0.0;
    };
    let turned = delta.x + delta.y;
    match unit {
        MouseWheelUnit::Point => turned / POINTS_PER_NOTCH,
        MouseWheelUnit::Line => turned,
        MouseWheelUnit::Page => 5.0 * turned,
    }
}

//! The pointer on a parameter: every view that moves one uses the same habits.
//!
//! | the player      | the parameter                                             |
//! |-----------------|-----------------------------------------------------------|
//! | drags           | follows, the length of the widget for the whole range     |
//! | drags + shift   | follows ten times finer                                   |
//! | double-clicks   | goes to its default; so does a click with ctrl or command |
//! | turns the wheel | steps by 2 %, with shift by 0.2 %, stepped ones by one    |
//! | right-clicks    | opens its menu (module `hand`)                            |
//!
//! Every change is a whole gesture for the host: begin, set, end; and one step of the history.

use super::hand::Hand;
use egui::{Event, MouseWheelUnit, PointerButton, Response, Ui, Vec2};
use nice_plug::prelude::Param;

/// How much slower the parameter moves with shift.
pub(super) const FINE: f32 = 0.1;
/// One notch of the wheel.
const NOTCH: f32 = 0.02;
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

/// Sets a value within a gesture, snapped to what the parameter can be; nothing if it is there.
pub(super) fn set<P: Param>(parameter: &P, hand: &Hand<'_>, position: f32) {
    let plain = parameter.preview_plain(position);
    if plain != parameter.unmodulated_plain_value() {
        hand.set(parameter, plain);
    }
}

fn turn<P: Param>(ui: &Ui, response: &Response, parameter: &P, hand: &Hand<'_>, start: f32) {
    if !response.hovered() {
        return;
    }
    let notches = ui.input(|input| input.events.iter().map(notches).sum::<f32>());
    if notches == 0.0 {
        return;
    }
    let smallest = parameter
        .step_count()
        .map_or(0.0, |count| 1.0 / super::layout::real(count.max(1)));
    let change = notches.signum() * (notches.abs() * NOTCH * speed(ui)).max(smallest);
    let now = ui.input(|input| input.time);
    whole(hand, parameter, (start + change).clamp(0.0, 1.0), Some(now));
}

/// Systems turn the wheel sideways while shift is held: both directions count.
fn notches(event: &Event) -> f32 {
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

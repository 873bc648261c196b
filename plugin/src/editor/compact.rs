//! Compact sliders, for parameters that stand side by side.
//!
//! ```text
//!  name      value
//!  ▓▓▓▓▓▓▓░░░░░░░░    a click on a choice or a switch takes the next
//! ```

use super::hand::Hand;
use super::slider::{self, Look};
use super::{gesture, layout};
use nice_plug::prelude::{BoolParam, Enum, EnumParam, Param};

use egui::{Rect, Response, Ui};

/// Height of a compact slider with its words.
const HEIGHT: f32 = 34.0;

/// The lower part of a cell, where the slider lies.
pub(super) fn bottom(cell: Rect) -> Rect {
    cell.with_min_y(cell.bottom() - cell.height().min(HEIGHT))
}

/// A slider; one that nothing reads is dimmed.
pub(super) fn plain<P: Param>(
    ui: &Ui,
    area: Rect,
    parameter: &P,
    setter: &Hand<'_>,
    is_used: bool,
) -> Response {
    let look = Look {
        name: parameter.name(),
        letters: 11.0,
        is_used,
    };
    slider::show(ui, area, parameter, setter, &look)
}

/// A choice moves on to the next with each click.
pub(super) fn choice<T: Enum + PartialEq + 'static>(
    ui: &Ui,
    area: Rect,
    parameter: &EnumParam<T>,
    setter: &Hand<'_>,
    is_used: bool,
) {
    let response = plain(ui, area, parameter, setter, is_used);
    if is_plain_click(ui, &response) {
        let now = heard(parameter, setter).to_index();
        let next = (now + 1) % T::variants().len();
        let position = parameter.preview_normalized(T::from_index(next));
        gesture::once(setter, parameter, position);
        setter.grip(parameter).release();
    }
}

/// A switch turns over with each click.
pub(super) fn switch(ui: &Ui, area: Rect, parameter: &BoolParam, setter: &Hand<'_>, is_used: bool) {
    let response = plain(ui, area, parameter, setter, is_used);
    if is_plain_click(ui, &response) {
        let is_off = !heard(parameter, setter);
        gesture::once(setter, parameter, layout::real(usize::from(is_off)));
        setter.grip(parameter).release();
    }
}

/// What is heard of a parameter: where a controller holds it, else where it is set.
fn heard<P: Param>(parameter: &P, hand: &Hand<'_>) -> P::Plain {
    let held = hand.grip(parameter).held();
    held.map_or_else(
        || parameter.unmodulated_plain_value(),
        |held| parameter.preview_plain(held),
    )
}

fn is_plain_click(ui: &Ui, response: &Response) -> bool {
    response.clicked() && !gesture::wants_default(ui, response)
}

//! The parameters beside the latents, as compact sliders in the order of the signal.

use super::slider::{self, Look};
use super::{gesture, layout, theme};
use crate::parameters::Parameters;
use nice_plug::prelude::{Enum, EnumParam, Param, ParamSetter};

use egui::{Rect, Ui};

/// Sliders side by side.
const COLUMNS: usize = 6;
/// Rows of sliders.
const ROWS: usize = 2;

/// Paints the controls and follows the pointer.
pub(super) fn paint(ui: &Ui, area: Rect, parameters: &Parameters, setter: &ParamSetter<'_>) {
    let inside = theme::panel(ui, area);
    let cell = |index: usize| {
        let row = layout::row(inside, index / COLUMNS, ROWS, 12.0);
        let cell = layout::column(row, index % COLUMNS, COLUMNS, 18.0);
        cell.with_min_y(cell.bottom() - cell.height().min(34.0))
    };
    choice(ui, cell(0), &parameters.chroma, setter);
    choice(ui, cell(1), &parameters.phase, setter);
    compact(ui, cell(2), &parameters.octave, setter);
    compact(ui, cell(3), &parameters.fine_tune, setter);
    compact(ui, cell(4), &parameters.bend_range, setter);
    compact(ui, cell(5), &parameters.voices, setter);
    let contour = [
        &parameters.attack,
        &parameters.decay,
        &parameters.sustain,
        &parameters.release,
        &parameters.velocity,
        &parameters.gain,
    ];
    for (index, parameter) in contour.into_iter().enumerate() {
        compact(ui, cell(COLUMNS + index), parameter, setter);
    }
}

fn compact<P: Param>(
    ui: &Ui,
    area: Rect,
    parameter: &P,
    setter: &ParamSetter<'_>,
) -> egui::Response {
    let look = Look {
        name: parameter.name(),
        letters: 12.0,
        standing: None,
        is_used: true,
    };
    slider::show(ui, area, parameter, setter, &look)
}

/// A choice moves on to the next with each click.
fn choice<T: Enum + PartialEq + 'static>(
    ui: &Ui,
    area: Rect,
    parameter: &EnumParam<T>,
    setter: &ParamSetter<'_>,
) {
    let response = compact(ui, area, parameter, setter);
    let is_plain_click = response.clicked() && !gesture::wants_default(ui, &response);
    if is_plain_click {
        let now = parameter.unmodulated_plain_value().to_index();
        let next = (now + 1) % T::variants().len();
        let position = parameter.preview_normalized(T::from_index(next));
        gesture::once(setter, parameter, position);
    }
}

//! The parameters beside the latents, as compact sliders in the order of the signal.

use super::compact::{self, choice, plain};
use super::hand::Hand;
use super::{Editor, layout, theme};

use egui::{Rect, Ui};

/// Sliders side by side.
const COLUMNS: usize = 6;
/// Rows of sliders.
const ROWS: usize = 2;

/// Paints the controls and follows the pointer.
pub(super) fn paint(ui: &Ui, area: Rect, editor: &Editor, setter: &Hand<'_>) {
    let inside = theme::panel(ui, area);
    let cell = |index: usize| cell(inside, index);
    let parameters = &editor.parameters;
    choice(ui, cell(0), &parameters.chroma, setter, true);
    // A model of partials has no phase to be found.
    let has_phase = !editor.model.is_partials();
    choice(ui, cell(1), &parameters.phase, setter, has_phase);
    plain(ui, cell(2), &parameters.octave, setter, true);
    plain(ui, cell(3), &parameters.fine_tune, setter, true);
    plain(ui, cell(4), &parameters.bend_range, setter, true);
    plain(ui, cell(5), &parameters.voices, setter, true);
    let contour = [
        &parameters.attack,
        &parameters.decay,
        &parameters.sustain,
        &parameters.release,
        &parameters.velocity,
        &parameters.gain,
    ];
    for (index, parameter) in contour.into_iter().enumerate() {
        plain(ui, cell(COLUMNS + index), parameter, setter, true);
    }
}

/// The place of a control.
pub(super) fn cell(inside: Rect, index: usize) -> Rect {
    let row = layout::row(inside, index / COLUMNS, ROWS, 12.0);
    compact::bottom(layout::column(row, index % COLUMNS, COLUMNS, 18.0))
}

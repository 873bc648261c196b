//! The parameters beside the latents, as compact sliders in the order of the signal.

use super::compact::{self, Group};
use super::hand::Hand;
use super::{Editor, layout, theme};

use egui::{Rect, Ui};

/// Sliders side by side.
const COLUMNS: usize = 7;
/// Rows of sliders.
const ROWS: usize = 2;

/// Paints the controls and follows the pointer.
pub(super) fn paint(ui: &Ui, area: Rect, editor: &Editor, hand: &Hand<'_>) {
    let inside = theme::panel(ui, area);
    let cell = |index: usize| cell(inside, index);
    let parameters = &editor.parameters;
    let group = Group::new(ui, hand);
    group.choice(cell(0), &parameters.chroma);
    // A model of partials has no phase to be found.
    let has_phase = !editor.model.is_partials();
    group.used(has_phase).choice(cell(1), &parameters.phase);
    group.bipolar(cell(2), &parameters.octave);
    group.bipolar(cell(3), &parameters.fine_tune);
    group.plain(cell(4), &parameters.bend_range);
    group.plain(cell(5), &parameters.voices);
    group.switch(cell(6), &parameters.economy);
    let contour = [
        &parameters.attack,
        &parameters.decay,
        &parameters.sustain,
        &parameters.release,
        &parameters.velocity,
        &parameters.gain,
    ];
    for (index, parameter) in contour.into_iter().enumerate() {
        group.plain(cell(COLUMNS + index), parameter);
    }
    let has_two = parameters.slots.wanted().iter().flatten().count() > 1;
    group
        .used(has_two)
        .plain(cell(2 * COLUMNS - 1), &parameters.morph);
}

/// The place of a control.
pub(super) fn cell(inside: Rect, index: usize) -> Rect {
    let row = layout::row(inside, index / COLUMNS, ROWS, 12.0);
    compact::bottom(layout::column(row, index % COLUMNS, COLUMNS, 14.0))
}

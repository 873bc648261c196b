//! What is heard of the pitch, and how many voices there are.
//!
//! ```text
//!  chroma       phase
//!  octave       fine tune
//!  bend range   voices
//!  economy
//! ```

use super::compact::{self, Group};
use super::hand::Hand;
use super::{Editor, layout, theme, words};

use egui::{Rect, Ui};

/// Sliders side by side.
const COLUMNS: usize = 2;
/// Rows of them.
const ROWS: usize = 4;
/// Height of a row at most.
const ROW: f32 = 60.0;
/// Room for the heading.
const HEADING: f32 = 16.0;

/// Paints the controls and follows the pointer.
pub(super) fn paint(ui: &Ui, area: Rect, editor: &Editor, hand: &Hand<'_>) {
    let inside = theme::panel(ui, area);
    theme::heading(ui, inside, words::sound::PITCH_AND_VOICES);
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
}

/// The place of a control.
pub(super) fn cell(inside: Rect, index: usize) -> Rect {
    let (_, below) = layout::off_top(inside, HEADING, 0.0);
    let height = (layout::real(ROWS) * ROW).min(below.height());
    let rows = below.with_max_y(below.top() + height);
    let row = layout::row(rows, index / COLUMNS, ROWS, 10.0);
    compact::bottom(layout::column(row, index % COLUMNS, COLUMNS, 14.0))
}

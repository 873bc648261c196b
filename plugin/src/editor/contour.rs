//! How loud a note is in time, and how loud everything is; the morph between models.
//!
//! ```text
//!  attack   decay   sustain   release   velocity   gain   morph
//! ```

use super::compact::{self, Group};
use super::hand::Hand;
use super::{Editor, drawing, layout, theme, words};
use crate::snapshot;

use egui::{Rect, Ui};

/// Sliders side by side.
const COUNT: usize = 7;
/// Space between them.
const SPACE: f32 = 14.0;
/// Height of the sliders under the picture.
const SLIDERS: f32 = 44.0;

/// Paints the sliders in a row and follows the pointer.
pub(super) fn paint(ui: &Ui, area: Rect, editor: &Editor, hand: &Hand<'_>) {
    let inside = theme::panel(ui, area);
    let inside = inside.expand2(egui::vec2(0.0, 4.0)).intersect(area);
    sliders(ui, editor, hand, |index| cell(inside, index));
}

/// Paints the course of a note over the sliders, and follows the pointer.
pub(super) fn paint_tall(ui: &Ui, area: Rect, editor: &Editor, hand: &Hand<'_>) {
    let inside = theme::panel(ui, area);
    theme::heading(ui, inside, words::sound::LOUDNESS);
    let (_, below) = layout::off_top(inside, 16.0, 0.0);
    let (picture, rows) = layout::off_bottom(below, 2.0 * SLIDERS, layout::GAP);
    let own = &editor.parameters;
    let turned = [&own.attack, &own.decay, &own.release].map(|time| hand.position(time));
    let contour = snapshot::heard(own).controls.envelope;
    drawing::envelope(ui, picture, (&contour, turned), true, None);
    sliders(ui, editor, hand, |index| {
        let row = layout::row(rows, index / 4, 2, 0.0);
        compact::bottom(layout::column(row, index % 4, 4, SPACE))
    });
}

fn sliders(ui: &Ui, editor: &Editor, hand: &Hand<'_>, cell: impl Fn(usize) -> Rect) {
    let own = &editor.parameters;
    let group = Group::new(ui, hand);
    let contour = [
        &own.attack,
        &own.decay,
        &own.sustain,
        &own.release,
        &own.velocity,
        &own.gain,
    ];
    for (index, parameter) in contour.into_iter().enumerate() {
        group.plain(cell(index), parameter);
    }
    let has_two = own.slots.wanted().iter().flatten().count() > 1;
    group.used(has_two).plain(cell(COUNT - 1), &own.morph);
}

/// The place of a slider in the row.
pub(super) fn cell(inside: Rect, index: usize) -> Rect {
    compact::bottom(layout::column(inside, index, COUNT, SPACE))
}

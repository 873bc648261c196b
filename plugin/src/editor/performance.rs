//! What a model of partials can be asked for, in groups; dimmed where the model is another one.
//!
//! ```text
//!  TIME             TONE               PITCH
//!  speed            noise              vibrato rate
//!  freeze           inharmonicity      vibrato depth
//!  freeze point     tilt               vibrato delay
//!  STEREO           formant            vibrato jitter
//!  width            formant follow     drift, natural tuning
//! ```

use super::compact::{self, Group};
use super::hand::Hand;
use super::{Editor, layout, theme, words};

use egui::{Align2, Rect, Ui};

/// Sliders one above the other.
const ROWS: usize = 6;
/// Room for a group's heading above its sliders.
const HEADING: f32 = 16.0;

/// Paints the controls and follows the pointer.
pub(super) fn paint(ui: &Ui, area: Rect, editor: &Editor, hand: &Hand<'_>) {
    let is_read = editor.model.is_partials();
    let place = |column: usize| theme::panel(ui, layout::column(area, column, 3, layout::GAP));
    let [first, second, third] = [0, 1, 2].map(place);
    theme::heading(ui, first, words::sound::TIME);
    theme::heading(
        ui,
        whole_cell(first, 4).translate(egui::vec2(0.0, -2.0)),
        words::sound::STEREO,
    );
    theme::heading(ui, second, words::sound::TONE);
    theme::heading(ui, third, words::sound::PITCH);
    if !is_read {
        let look = (11.0, theme::ink().warm);
        theme::words(
            ui.painter(),
            third.right_top(),
            Align2::RIGHT_TOP,
            words::sound::UNREAD,
            look,
        );
    }
    let performance = &editor.parameters.performance;
    let (time, pitch, tone) = (&performance.time, &performance.pitch, &performance.tone);
    let group = Group::new(ui, hand).used(is_read);
    group.bipolar(cell(first, 0), &time.speed);
    group.switch(cell(first, 1), &time.freeze);
    group.plain(cell(first, 2), &time.freeze_point);
    group.plain(cell(first, 5), &performance.stereo.width);
    group.plain(cell(second, 0), &tone.noise);
    group.plain(cell(second, 1), &tone.inharmonicity);
    group.bipolar(cell(second, 2), &tone.tilt);
    group.bipolar(cell(second, 3), &tone.formant);
    group.plain(cell(second, 4), &tone.formant_follow);
    let pitched = [
        &pitch.vibrato_rate,
        &pitch.vibrato_depth,
        &pitch.vibrato_delay,
        &pitch.vibrato_jitter,
        &pitch.drift,
        &pitch.natural_tuning,
    ];
    for (row, parameter) in pitched.into_iter().enumerate() {
        group.plain(cell(third, row), parameter);
    }
}

/// The place of a control.
fn cell(inside: Rect, row: usize) -> Rect {
    compact::bottom(whole_cell(inside, row))
}

fn whole_cell(inside: Rect, row: usize) -> Rect {
    let (_, rows) = layout::off_top(inside, HEADING, 0.0);
    layout::row(rows, row, ROWS, 4.0)
}

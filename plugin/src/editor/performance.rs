//! What a model of partials can be asked for, in groups; dimmed where the model is another one.
//!
//! ```text
//!  TIME   speed, freeze, its point       TONE   noise, inharmonicity, tilt, formant, its following
//!  PITCH  vibrato ×4, drift, natural tuning     STEREO  width
//! ```

use super::compact::{self, Group};
use super::hand::Hand;
use super::{Editor, layout, theme};

use egui::{Align2, Rect, Ui, pos2};

/// Sliders side by side.
const COLUMNS: usize = 8;
/// Rows of sliders.
const ROWS: usize = 2;
/// Room for a group's heading above its sliders.
const HEADING: f32 = 14.0;
/// The groups: heading, row, first column.
const GROUPS: [(&str, usize, usize); 4] = [
    ("TIME", 0, 0),
    ("TONE", 0, 3),
    ("PITCH", 1, 0),
    ("STEREO", 1, 6),
];
/// Why the controls are dimmed.
const UNREAD: &str = "not read by this model: it draws frames, not partials";

/// Paints the controls and follows the pointer.
pub(super) fn paint(ui: &Ui, area: Rect, editor: &Editor, hand: &Hand<'_>) {
    let inside = theme::panel(ui, area);
    let is_read = editor.model.is_partials();
    for (name, row, column) in GROUPS {
        theme::heading(ui, whole_cell(inside, row, column), name);
    }
    if !is_read {
        let look = (11.0, theme::WARM);
        let corner = pos2(inside.right(), whole_cell(inside, 0, 0).top());
        theme::words(ui.painter(), corner, Align2::RIGHT_TOP, UNREAD, look);
    }
    let performance = &editor.parameters.performance;
    let (time, pitch, tone) = (&performance.time, &performance.pitch, &performance.tone);
    let group = Group::new(ui, hand).used(is_read);
    group.bipolar(cell(inside, 0, 0), &time.speed);
    group.switch(cell(inside, 0, 1), &time.freeze);
    let plain = [
        (2, &time.freeze_point),
        (3, &tone.noise),
        (4, &tone.inharmonicity),
        (7, &tone.formant_follow),
    ];
    for (column, parameter) in plain {
        group.plain(cell(inside, 0, column), parameter);
    }
    group.bipolar(cell(inside, 0, 5), &tone.tilt);
    group.bipolar(cell(inside, 0, 6), &tone.formant);
    let second = [
        &pitch.vibrato_rate,
        &pitch.vibrato_depth,
        &pitch.vibrato_delay,
        &pitch.vibrato_jitter,
        &pitch.drift,
        &pitch.natural_tuning,
        &performance.stereo.width,
    ];
    for (column, parameter) in second.into_iter().enumerate() {
        group.plain(cell(inside, 1, column), parameter);
    }
}

/// The place of a control.
pub(super) fn cell(inside: Rect, row: usize, column: usize) -> Rect {
    let whole = whole_cell(inside, row, column);
    compact::bottom(whole.with_min_y((whole.top() + HEADING).min(whole.bottom())))
}

fn whole_cell(inside: Rect, row: usize, column: usize) -> Rect {
    layout::column(layout::row(inside, row, ROWS, 10.0), column, COLUMNS, 12.0)
}

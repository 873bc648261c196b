//! How keys become notes, and the recorded movement of the latents.
//!
//! ```text
//!  KEYS  play mode, glide …   UNISON  voices, detune, spread, width   MPE  zones, bend range
//!  MOVEMENT  (module `movement`)
//! ```

use super::compact::{self, Group};
use super::hand::Hand;

use super::{Editor, layout, movement, theme, words};
use crate::snapshot;
use betwixt_engine::Controls;

use egui::{Rect, Ui, vec2};

/// Space between the panels.
const GAP: f32 = 8.0;
/// Controls side by side.
const COLUMNS: usize = 2;
/// Size of the words that explain.
const LETTERS: f32 = 11.0;
/// Room for the heading.
const HEADING: f32 = 18.0;
/// From one row of controls to the next.
const ROW: f32 = 48.0;
/// Tallest panels above the movement.
const UPPER: f32 = 226.0;

/// A panel of the page.
struct Panel<'a> {
    ui: &'a Ui,
    hand: &'a Hand<'a>,
    inside: Rect,
}

/// Paints the page and follows the pointer.
pub(super) fn paint(ui: &mut Ui, page: Rect, editor: &mut Editor, hand: &Hand<'_>) {
    let heard = snapshot::heard(&editor.parameters).controls;
    let upper = page.with_max_y(page.top() + page.height().min(2.0 * UPPER) / 2.0);
    let lower = page.with_min_y((upper.bottom() + GAP).min(page.bottom()));
    let panel = |index: usize, name: &str| {
        let inside = theme::panel(ui, layout::column(upper, index, 3, GAP));
        theme::heading(ui, inside, name);
        Panel { ui, hand, inside }
    };
    panel(0, words::playing::KEYS).keys(editor, &heard);
    panel(1, words::playing::UNISON).unison(editor, &heard);
    panel(2, words::playing::MPE).mpe(editor);
    movement::paint(ui, lower, editor, (hand, &heard));
}

impl Panel<'_> {
    fn keys(&self, editor: &Editor, heard: &Controls) {
        let own = &editor.parameters.playing;
        let group = Group::new(self.ui, self.hand);
        group.choice(self.cell(0), &own.mode);
        group.plain(self.cell(1), &own.glide);
        let glides = heard.playing.glide.time_s > 0.0;
        group.used(glides).choice(self.cell(2), &own.glide_mode);
        self.say(2, words::playing::KEYS_HINT);
    }

    fn unison(&self, editor: &Editor, heard: &Controls) {
        let own = &editor.parameters.playing;
        let group = Group::new(self.ui, self.hand);
        group.plain(self.cell(0), &own.unison);
        let group = group
            .without(words::stems::UNISON)
            .used(heard.playing.unison.voices > 1);
        group.plain(self.cell(1), &own.detune);
        group.plain(self.cell(2), &own.spread);
        group.plain(self.cell(3), &own.width);
        self.say(2, words::playing::UNISON_HINT);
    }

    fn mpe(&self, editor: &Editor) {
        let own = &editor.parameters.playing;
        let group = Group::new(self.ui, self.hand);
        group.choice(self.cell(0), &own.mpe);
        let group = group.without(words::stems::MPE);
        group.plain(self.cell(1), &own.mpe_bend);
        self.say(1, words::playing::MPE_HINT);
    }

    /// The place of a control.
    fn cell(&self, index: usize) -> Rect {
        let top = self.inside.top() + HEADING + ROW * layout::real(index / COLUMNS);
        let row = self.inside.with_min_y(top.min(self.inside.bottom()));
        compact::top(layout::column(row, index % COLUMNS, COLUMNS, 14.0))
    }

    /// Words that explain, under so many rows of controls; left out where there is no room.
    fn say(&self, rows: usize, words: &str) {
        let top = self.inside.top() + HEADING + ROW * layout::real(rows);
        let room = self.inside.with_min_y(top.min(self.inside.bottom()));
        let font = egui::FontId::proportional(LETTERS);
        let painter = self.ui.painter().with_clip_rect(room);
        let galley = painter.layout(words.to_owned(), font, theme::ink().dim, room.width());
        if galley.size().y <= room.height() {
            painter.galley(room.left_top() + vec2(0.0, 1.0), galley, theme::ink().dim);
        }
    }
}

//! What was heard in the last seconds: time across, log frequency up, level as colour.
//!
//! ```text
//!  Tap: samples ─► every 1/60 s: window, transform ─► Column: rows of dB ─┐
//!                                                                        ▼
//!   field ◄─ two parts of a picture, the newest column at the right ◄─ ring of columns
//! ```
//!
//! It is computed from the sound itself, at the window's leisure: at most one column behind. It
//! stands still in silence, so that what was heard can be looked at.

mod analysis;

use super::spectrum::{HEADING, share_of_octaves};
use super::{Editor, layout, theme, words};
use crate::screen::Tap;
use crate::settings::Theme;
use analysis::{Analysis, Column, FLOOR_DB};
use betwixt_engine::Telemetry;

use egui::{
    Align2, Color32, ColorImage, Pos2, Rect, Role, Sense, TextureHandle, TextureOptions, Ui,
    WidgetInfo, pos2, vec2,
};

/// Columns kept: seconds times columns per second.
const COLUMNS: usize = 4 * 60;
/// Rows of a column.
const ROWS: usize = 144;
/// Shades of a level.
const SHADES: usize = 128;

/// What it remembers between pictures.
pub(super) struct View {
    analysis: Analysis,
    columns: Vec<Column>,
    /// Where the next column goes.
    next: usize,
    picture: Option<TextureHandle>,
    theme: Theme,
    shades: [Color32; SHADES],
}

impl View {
    /// Nothing heard yet.
    pub(super) fn new() -> Self {
        Self {
            analysis: Analysis::new(),
            columns: vec![[FLOOR_DB; ROWS]; COLUMNS],
            next: 0,
            picture: None,
            theme: Theme::Dark,
            shades: shades(),
        }
    }

    /// Nothing sounds: what was heard stays, and silence is no part of it.
    fn rest(&mut self, ui: &Ui, theme: Theme, tap: &Tap) {
        self.dress(ui, theme);
        self.analysis.pass_over(tap);
    }

    /// Takes the colours of a theme.
    fn dress(&mut self, ui: &Ui, theme: Theme) {
        if self.theme != theme || self.picture.is_none() {
            (self.theme, self.shades) = (theme, shades());
            self.picture = Some(self.whole(ui));
        }
    }

    /// Takes what was heard since the last picture.
    fn follow(&mut self, ui: &Ui, theme: Theme, heard: Option<(&Tap, f32)>) {
        self.dress(ui, theme);
        let Some((tap, rate_hz)) = heard else {
            return;
        };
        while let Some(column) = self.analysis.next(tap, rate_hz) {
            let place = self.next;
            self.columns[place] = column;
            self.next = (place + 1) % COLUMNS;
            let pixels = column.iter().rev().map(|level| self.shade(*level));
            let image = ColorImage::new([1, ROWS], pixels.collect());
            if let Some(picture) = &mut self.picture {
                picture.set_partial([place, 0], image, TextureOptions::LINEAR);
            }
        }
    }

    fn whole(&self, ui: &Ui) -> TextureHandle {
        let mut pixels = vec![Color32::BLACK; COLUMNS * ROWS];
        for (across, column) in self.columns.iter().enumerate() {
            for (down, level) in column.iter().rev().enumerate() {
                pixels[down * COLUMNS + across] = self.shade(*level);
            }
        }
        let image = ColorImage::new([COLUMNS, ROWS], pixels);
        let context = ui.ctx();
        context.load_texture("spectrogram", image, TextureOptions::LINEAR)
    }

    fn shade(&self, level_db: f32) -> Color32 {
        let share = (1.0 - level_db / FLOOR_DB).clamp(0.0, 1.0);
        self.shades[layout::whole(share * layout::real(SHADES - 1))]
    }
}

/// A level's colours in the theme of this picture.
fn shades() -> [Color32; SHADES] {
    std::array::from_fn(|shade| {
        theme::number_colour(layout::real(shade) / layout::real(SHADES - 1))
    })
}

/// Paints it.
pub(super) fn paint(ui: &Ui, area: Rect, editor: &mut Editor, telemetry: &Telemetry) {
    let inside = theme::panel(ui, area);
    theme::heading(ui, inside, words::spectrogram::HEADING);
    let (_, field) = layout::off_top(inside, HEADING, 0.0);
    let response = ui.interact(field, ui.scope_id().with("spectrogram"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, words::spectrogram::NAME));
    let rate_hz = editor.screen.rate_hz();
    let heard = rate_hz.map(|rate_hz| (&editor.screen.tap, rate_hz));
    let theme = editor.settings.get().theme;
    let view = &mut editor.spectrogram;
    if telemetry.voices() > 0 || telemetry.peak() > super::STILL {
        view.follow(ui, theme, heard);
    } else {
        view.rest(ui, theme, &editor.screen.tap);
    }
    if !ui.is_rect_visible(field) {
        return;
    }
    let painter = ui.painter().with_clip_rect(field);
    if let Some(picture) = &view.picture {
        // The oldest column is the next one to be written.
        let cut = layout::real(view.next) / layout::real(COLUMNS);
        let middle = field.left() + (1.0 - cut) * field.width();
        let part = |from: Pos2, to: Pos2, left: f32, right: f32| {
            let uv = Rect::from_min_max(pos2(left, 0.0), pos2(right, 1.0));
            painter.image(
                picture.id(),
                Rect::from_min_max(from, to),
                uv,
                Color32::WHITE,
            );
        };
        part(field.min, pos2(middle, field.bottom()), cut, 1.0);
        part(pos2(middle, field.top()), field.max, 0.0, cut);
    }
    for (frequency_hz, name) in words::spectrum::MARKS {
        let y = field.bottom() - share_of_octaves(frequency_hz) * field.height();
        let at = pos2(field.left(), y);
        painter.hline(
            field.left()..=field.left() + 4.0,
            y,
            theme::thin(theme::ink().dim),
        );
        let look = (10.0, theme::ink().dim);
        theme::words(
            &painter,
            at + vec2(7.0, 0.0),
            Align2::LEFT_CENTER,
            name,
            look,
        );
    }
}

//! The spectrum of all that sounds, frames or partials: log frequency across, decibels up; what has a
//! pitch and what is noise in colours of their own.

use super::{layout, theme, words};
use betwixt_engine::Telemetry;
use betwixt_engine::telemetry::{SPECTRUM_HIGH_HZ, SPECTRUM_LOW_HZ, SPECTRUM_POINTS, Spectrum};

use egui::{Align2, Color32, Painter, Rect, Role, Sense, Ui, WidgetInfo, pos2};

/// The highest and the lowest level shown: no single partial is as loud as the whole.
const LEVELS: [f32; 2] = [-12.0, -96.0];
/// Levels that are named.
const LEVELS_DB: [f32; 3] = [-30.0, -54.0, -78.0];
/// Room for the heading.
pub(super) const HEADING: f32 = 16.0;

/// Paints the spectrum.
pub(super) fn paint(ui: &Ui, area: Rect, telemetry: &Telemetry) {
    let inside = theme::panel(ui, area);
    theme::heading(ui, inside, words::spectrum::HEADING);
    legend(ui, inside);
    let (_, field) = layout::off_top(inside, HEADING, 0.0);
    let response = ui.interact(field, ui.scope_id().with("spectrum"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, words::spectrum::NAME));
    let painter = ui.painter().with_clip_rect(field);
    painter.rect_filled(field, 3.0, theme::ink().background);
    grid(&painter, field);
    if telemetry.voices() > 0 {
        let mut spectrum = Spectrum::default();
        telemetry.read_spectrum(&mut spectrum);
        curve(&painter, field, &spectrum.noise, theme::ink().noise);
        curve(&painter, field, &spectrum.tone, theme::ink().accent);
    }
}

/// Which colour is what.
fn legend(ui: &Ui, inside: Rect) {
    let ink = theme::ink();
    let mut right = inside.right();
    for (name, colour) in [
        (words::spectrum::NOISE, ink.noise),
        (words::spectrum::TONE, ink.accent),
    ] {
        let at = pos2(right, inside.top());
        let font = egui::FontId::proportional(11.0);
        let words = ui.painter().text(at, Align2::RIGHT_TOP, name, font, colour);
        right = words.left() - 10.0;
    }
}

fn grid(painter: &Painter, field: Rect) {
    let line = theme::thin(theme::ink().panel);
    let look = (10.0, theme::ink().dim);
    for (frequency_hz, name) in words::spectrum::MARKS {
        let x = field.left() + field.width() * share_of_octaves(frequency_hz);
        painter.vline(x, field.y_range(), line);
        let at = pos2(x - 3.0, field.bottom() - 2.0);
        theme::words(painter, at, Align2::RIGHT_BOTTOM, name, look);
    }
    for level_db in LEVELS_DB {
        let y = height(field, level_db);
        painter.hline(field.x_range(), y, line);
        let at = pos2(field.left() + 3.0, y);
        let name = words::spectrum::level(level_db);
        theme::words(painter, at, Align2::LEFT_CENTER, name, look);
    }
}

fn curve(painter: &Painter, field: Rect, values: &[f32; SPECTRUM_POINTS], colour: Color32) {
    let step = field.width() / layout::real(SPECTRUM_POINTS - 1);
    let mut x = field.left();
    let top = |value: &f32| {
        let top = pos2(x, height(field, decibels(*value)));
        x += step;
        top
    };
    let line = values.iter().map(top).collect();
    theme::filled_line(painter, line, field.bottom(), colour, [0.30, 0.04]);
}

/// How far along the octaves shown a frequency lies, 0…1.
#[expect(clippy::cast_possible_truncation, reason = "a place on the screen")]
pub(super) fn share_of_octaves(frequency_hz: f64) -> f32 {
    let octaves = |frequency_hz: f64| (frequency_hz / SPECTRUM_LOW_HZ).log2();
    (octaves(frequency_hz) / octaves(SPECTRUM_HIGH_HZ)) as f32
}

fn decibels(magnitude: f32) -> f32 {
    let level_db = 20.0 * magnitude.max(1e-9).log10();
    if level_db.is_nan() {
        LEVELS[1]
    } else {
        level_db
    }
}

fn height(field: Rect, level_db: f32) -> f32 {
    let share = ((level_db - LEVELS[0]) / (LEVELS[1] - LEVELS[0])).clamp(0.0, 1.0);
    field.top() + share * field.height()
}

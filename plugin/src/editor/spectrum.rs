//! The spectrum of the newest note, frame or partials: log frequency across, decibels up.

use super::theme;
use betwixt_engine::Telemetry;
use betwixt_engine::telemetry::{SPECTRUM_HIGH_HZ, SPECTRUM_LOW_HZ, SPECTRUM_POINTS};

use egui::{Align2, Mesh, Painter, Pos2, Rect, Stroke, pos2};

/// The lowest level shown.
const FLOOR_DB: f32 = -84.0;
/// Levels that are named.
const LEVELS_DB: [f32; 3] = [-24.0, -48.0, -72.0];
/// Frequencies that are named.
const MARKS: [(f64, &str); 3] = [(100.0, "100 Hz"), (1_000.0, "1 kHz"), (10_000.0, "10 kHz")];

/// Paints the spectrum.
pub(super) fn paint(ui: &egui::Ui, area: Rect, telemetry: &Telemetry) {
    let inside = theme::panel(ui, area);
    theme::heading(ui, inside, "SPECTRUM");
    let field = inside.with_min_y((inside.top() + 16.0).min(inside.bottom()));
    let painter = ui.painter().with_clip_rect(field);
    painter.rect_filled(field, 3.0, theme::BACKGROUND);
    grid(&painter, field);
    if telemetry.voices() > 0 {
        curve(&painter, field, telemetry);
    }
}

fn grid(painter: &Painter, field: Rect) {
    let line = theme::thin(theme::PANEL);
    for (frequency_hz, name) in MARKS {
        let x = field.left() + field.width() * share_of_octaves(frequency_hz);
        painter.vline(x, field.y_range(), line);
        let at = pos2(x - 3.0, field.bottom() - 2.0);
        theme::words(painter, at, Align2::RIGHT_BOTTOM, name, (10.0, theme::DIM));
    }
    for level_db in LEVELS_DB {
        let y = height(field, level_db);
        painter.hline(field.x_range(), y, line);
        let at = pos2(field.left() + 3.0, y);
        let name = format!("{level_db:.0} dB");
        theme::words(painter, at, Align2::LEFT_CENTER, name, (10.0, theme::DIM));
    }
}

fn curve(painter: &Painter, field: Rect, telemetry: &Telemetry) {
    let mut magnitudes = [0.0; SPECTRUM_POINTS];
    telemetry.read_spectrum(&mut magnitudes);
    let step = field.width() / super::layout::real(SPECTRUM_POINTS - 1);
    let mut mesh = Mesh::default();
    let mut line: Vec<Pos2> = Vec::with_capacity(SPECTRUM_POINTS);
    let mut x = field.left();
    for (index, magnitude) in (0u32..).zip(magnitudes) {
        let top = pos2(x, height(field, decibels(magnitude)));
        mesh.colored_vertex(top, theme::ACCENT.gamma_multiply(0.30));
        mesh.colored_vertex(pos2(x, field.bottom()), theme::ACCENT.gamma_multiply(0.04));
        if let Some(left) = index.checked_sub(1) {
            mesh.add_triangle(2 * left, 2 * left + 1, 2 * index);
            mesh.add_triangle(2 * left + 1, 2 * index, 2 * index + 1);
        }
        line.push(top);
        x += step;
    }
    painter.add(mesh);
    painter.line(line, Stroke::new(1.5, theme::ACCENT));
}

/// How far along the octaves shown a frequency lies, 0…1.
#[expect(clippy::cast_possible_truncation, reason = "a place on the screen")]
fn share_of_octaves(frequency_hz: f64) -> f32 {
    let octaves = |frequency_hz: f64| (frequency_hz / SPECTRUM_LOW_HZ).log2();
    (octaves(frequency_hz) / octaves(SPECTRUM_HIGH_HZ)) as f32
}

fn decibels(magnitude: f32) -> f32 {
    let level_db = 20.0 * magnitude.max(1e-9).log10();
    if level_db.is_nan() {
        FLOOR_DB
    } else {
        level_db
    }
}

fn height(field: Rect, level_db: f32) -> f32 {
    let share = (level_db / FLOOR_DB).clamp(0.0, 1.0);
    field.top() + share * field.height()
}

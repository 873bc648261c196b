//! How loud it is: the level, what the limiter does; and the way to silence.
//!
//! ```text
//!  [Panic]
//!   -12.1 dB ▓▓▓▓▓▓▓░░░░░░ ▪   lit while the limiter holds peaks back, fading when it rests
//! ```

use super::{Editor, theme, words};
use betwixt_engine::Telemetry;

use egui::{Align2, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

/// Width of the level meter with its mark.
const METER: f32 = 120.0;
/// Width of the mark and of the space before it.
const MARK: f32 = 12.0;
/// Room for the level in words.
const WORDS: f32 = 90.0;
/// Width of all of it.
pub(super) const WIDTH: f32 = METER + WORDS;
/// The way to silence.
const BUTTON: egui::Vec2 = vec2(60.0, 20.0);
/// The lowest level that the meter shows.
const FLOOR_DB: f32 = -60.0;
/// How long the mark takes to fade, in seconds.
const FADE_S: f64 = 0.8;

/// When the limiter was last at work.
#[derive(Default)]
pub(super) struct Limiter {
    /// Samples that it had touched at the last look.
    seen: Option<u64>,
    lit_at_s: Option<f64>,
}

impl Limiter {
    /// How bright the mark is, 0…1. Another engine counts anew.
    fn look(&mut self, limited: u64, now_s: f64) -> f32 {
        if self.seen.is_some_and(|seen| limited > seen) {
            self.lit_at_s = Some(now_s);
        }
        self.seen = Some(limited);
        let since = self.lit_at_s.map_or(FADE_S, |lit| now_s - lit);
        betwixt_spectral::number::narrow((1.0 - since / FADE_S).clamp(0.0, 1.0))
    }
}

/// Paints the figures; a click on *Panic* ends every sound.
pub(super) fn paint(ui: &Ui, inside: Rect, editor: &mut Editor, telemetry: &Telemetry) {
    let left = (inside.right() - WIDTH + 14.0).max(inside.left());
    let area = inside.with_min_x(left);
    let button = Rect::from_min_size(area.min, BUTTON).intersect(area);
    let panic = theme::button(ui, button, words::level::PANIC, 12.0);
    if panic.clicked() {
        editor.screen.silence();
    }
    panic.on_hover_text(words::level::PANIC_HINT);
    let meter = Rect::from_min_size(
        pos2(area.right() - METER, area.bottom() - 9.0),
        vec2(METER, 6.0),
    );
    let now_s = ui.input(|input| input.time);
    let light = editor.limiter.look(telemetry.limited_samples(), now_s);
    if light > 0.0 {
        ui.ctx().request_repaint_after(super::PICTURE);
    }
    level(ui, meter.with_max_x(meter.right() - MARK), telemetry);
    mark(ui, meter, light);
}

fn level(ui: &Ui, meter: Rect, telemetry: &Telemetry) {
    let painter = ui.painter();
    let peak_db = 20.0 * telemetry.peak().max(1e-6).log10();
    let share = (1.0 - peak_db / FLOOR_DB).clamp(0.0, 1.0);
    let colour = if peak_db > -1.0 {
        theme::ink().warm
    } else {
        theme::ink().accent
    };
    let filled = meter.with_max_x(meter.left() + share * meter.width());
    painter.rect_filled(meter, 3.0, theme::ink().track);
    painter.rect_filled(filled, 3.0, colour);
    let words = if peak_db <= FLOOR_DB {
        words::level::SILENT.to_owned()
    } else {
        words::level::peak(peak_db)
    };
    let (beside, look) = (
        meter.left_center() - vec2(8.0, 0.0),
        (12.0, theme::ink().dim),
    );
    theme::words(painter, beside, Align2::RIGHT_CENTER, words, look);
}

fn mark(ui: &Ui, meter: Rect, light: f32) {
    let area = meter
        .with_min_x(meter.right() - 8.0)
        .expand2(vec2(0.0, 1.0));
    let response = ui.interact(area, ui.scope_id().with("limiter"), Sense::hover());
    let words = if light > 0.0 {
        words::level::LIMITER_WORKS
    } else {
        words::level::LIMITER_RESTS
    };
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, words));
    let colour = theme::ink().track.lerp_to_gamma(theme::ink().warm, light);
    ui.painter().rect_filled(area, 2.0, colour);
    response.on_hover_text(words);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The mark is lit while the count grows, half as bright half a fade later, then dark; what a
    /// new engine begins to count is no work, and neither is what was counted before the window.
    #[test]
    fn the_mark_lights_and_fades() {
        let mut limiter = Limiter::default();
        assert_eq!(limiter.look(500, 1.0), 0.0);
        assert_eq!(limiter.look(501, 2.0), 1.0);
        assert!((limiter.look(501, 2.0 + FADE_S / 2.0) - 0.5).abs() < 1e-6);
        assert_eq!(limiter.look(501, 3.5), 0.0);
        assert_eq!(limiter.look(0, 4.0), 0.0);
        assert_eq!(limiter.look(3, 5.0), 1.0);
    }
}

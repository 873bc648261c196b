//! The course of an oscillator, the contour of an envelope, a recorded movement, as the engine plays
//! them.
//!
//! ```text
//!  Lfo ── height at so many turns ─► line      Envelope ── level at so many seconds ─► filled line
//! ```
//!
//! The times of a contour are drawn as wide as their knobs are turned, so that a millisecond can be
//! told from ten.

use super::{layout, theme};
use betwixt_engine::telemetry::Stage;
use betwixt_engine::{Envelope, LATENTS, Lfo, Shape, Trajectory};
use betwixt_spectral::number::narrow;

use egui::{Painter, Pos2, Rect, Stroke, Ui, pos2};

/// Points of a line.
const POINTS: usize = 121;
/// Turns shown of a course that repeats, and of one that is drawn by lot.
const TURNS: (f32, f32) = (2.0, 8.0);
/// Share of the width that a time takes at most; the rest is the key held, and the margin.
const PART: f32 = 0.29;
/// Share of the width that a held key takes at least.
const HELD: f32 = 0.1;

/// Size of the dot that tells where something stands.
const DOT: f32 = 3.0;
/// Halvings that find a place to a thousandth of a point.
const HALVINGS: u8 = 16;

/// How far the knobs of a contour are turned, 0…1: attack, decay, release.
pub(super) type Turned = [f32; 3];

/// Draws a course over some turns; `now` is where the newest note's stands: how many have passed, and
/// the height.
pub(super) fn lfo(ui: &Ui, area: Rect, lfo: &Lfo, is_used: bool, now: Option<(f64, f32)>) {
    let (painter, field) = field(ui, area);
    let middle = theme::thin(theme::ink().line);
    painter.hline(field.x_range(), field.center().y, middle);
    let turns = match lfo.shape {
        Shape::Steps | Shape::Wander => TURNS.1,
        _ => TURNS.0,
    };
    // What is drawn by lot is another course after these turns.
    let now = now.filter(|_| is_used);
    let passed = now.map_or(0.0, |(passed, _)| passed / f64::from(turns));
    let at = |share: f32| (passed.floor() + f64::from(share)) * f64::from(turns);
    line(&painter, field, is_used, |share| {
        0.5 + 0.5 * lfo.height(at(share))
    });
    if let Some((_, height)) = now {
        dot(&painter, field, narrow(passed.fract()), 0.5 + 0.5 * height);
    }
}

/// Draws a contour from the key's stroke to its end; `now` is where the newest note's stands.
pub(super) fn envelope(
    ui: &Ui,
    area: Rect,
    (envelope, turned): (&Envelope, Turned),
    is_used: bool,
    now: Option<(Stage, f32)>,
) {
    let (painter, field) = field(ui, area);
    let [attack, decay, release] = turned.map(|turned| PART * turned.clamp(0.0, 1.0).max(0.01));
    let held = (1.0 - attack - decay - release).max(HELD);
    let parts = [
        (attack, envelope.attack_s),
        (decay, envelope.decay_s),
        // Holding takes no time of its own: the contour stands still.
        (held, 0.0),
        (release, envelope.release_s),
    ];
    let held_s = envelope.attack_s + envelope.decay_s;
    let level = |share: f32| {
        let (mut left, mut passed_s) = (share, 0.0);
        for (width, time_s) in parts {
            passed_s += time_s * (left / width).clamp(0.0, 1.0);
            left -= width;
        }
        envelope.level(passed_s, held_s)
    };
    let corners = [attack, attack + decay, attack + decay + held];
    for corner in corners {
        let x = field.left() + corner * field.width();
        painter.vline(x, field.y_range(), theme::thin(theme::ink().panel));
    }
    line(&painter, field, is_used, level);
    if let Some((stage, height)) = now.filter(|_| is_used) {
        let [risen, fallen, let_go] = corners;
        let across = match stage {
            Stage::Attack => place_of(height, [0.0, risen], level),
            Stage::Decay => place_of(height, [risen, fallen], level),
            Stage::Release => place_of(height, [let_go, 1.0], level),
        };
        dot(&painter, field, across, height);
    }
}

/// Where a contour that only rises or only falls between two places has a height; the end that is
/// nearer to it where it has none.
fn place_of(height: f32, [from, to]: [f32; 2], level: impl Fn(f32) -> f32) -> f32 {
    let rises = level(to) > level(from);
    let (mut low, mut high) = (from, to);
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        if (level(middle) < height) == rises {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

/// Where it stands now.
fn dot(painter: &Painter, field: Rect, across: f32, height: f32) {
    let x = field.left() + across * field.width();
    let spot = pos2(x, field.bottom() - height.clamp(0.0, 1.0) * field.height());
    painter.circle_filled(spot, DOT + 1.5, theme::ink().background);
    painter.circle_filled(spot, DOT, theme::ink().accent_bright);
}

/// Draws the courses of a movement, each latent in a colour of its own.
pub(super) fn movement(ui: &Ui, area: Rect, movement: &Trajectory) {
    let (painter, field) = field(ui, area);
    for (index, latent) in (0u32..).zip(0..LATENTS) {
        let value = |point: usize| {
            let share = layout::real(point) / layout::real(POINTS - 1);
            let value = movement.value(latent, share * movement.length_s())?;
            let x = field.left() + share * field.width();
            Some(pos2(x, field.bottom() - value * field.height()))
        };
        let course: Vec<Pos2> = (0..POINTS).filter_map(value).collect();
        if course.len() > 1 {
            painter.line(course, Stroke::new(1.5, theme::label_colour(index)));
        }
    }
}

fn field(ui: &Ui, area: Rect) -> (Painter, Rect) {
    let painter = ui.painter().with_clip_rect(area);
    painter.rect_filled(area, 3.0, theme::ink().background);
    (painter, area.shrink2(egui::vec2(2.0, 4.0)))
}

/// A line through heights of 0…1, filled below.
fn line(painter: &Painter, field: Rect, is_used: bool, height: impl Fn(f32) -> f32) {
    let colour = if is_used {
        theme::ink().accent
    } else {
        theme::ink().faint
    };
    let top = |point| {
        let share = layout::real(point) / layout::real(POINTS - 1);
        pos2(
            field.left() + share * field.width(),
            field.bottom() - height(share).clamp(0.0, 1.0) * field.height(),
        )
    };
    let line = (0..POINTS).map(top).collect();
    theme::filled_line(painter, line, field.bottom(), colour, [0.22, 0.05]);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A height is found where the contour has it, rising and falling; one that it never has at the
    /// nearer end.
    #[test]
    fn heights_are_found_on_the_contour() {
        let near = |found: f32, expected: f32| assert!((found - expected).abs() < 1e-4, "{found}");
        near(place_of(0.25, [0.0, 0.4], |at| at / 0.4), 0.1);
        near(place_of(0.25, [0.4, 0.8], |at| 1.0 - (at - 0.4) / 0.4), 0.7);
        near(place_of(2.0, [0.4, 0.8], |at| 1.0 - (at - 0.4) / 0.4), 0.4);
        near(place_of(-1.0, [0.4, 0.8], |at| 1.0 - (at - 0.4) / 0.4), 0.8);
    }
}

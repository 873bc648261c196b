//! The top of the window: which preset and model play, in which tuning, how loud.
//!
//! ```text
//!  [◂][▸][preset      ▾]    Tuning    [A ▾] [B ▾]   [Panic]
//!  the model: what it is    [its ▾]   [C ▾] [D ▾]   level
//! ```

use super::{Editor, level, theme};
use betwixt_engine::Telemetry;

use egui::{Rect, Ui, pos2};

/// Width of the choice of a model: a share of the header's, within limits.
const CHOOSER: (f32, f32, f32) = (0.2, 140.0, 220.0);
/// Width of the tuning's name, the same way.
const TUNING: (f32, f32, f32) = (0.16, 110.0, 170.0);

/// Paints the header.
pub(super) fn paint(ui: &Ui, area: Rect, editor: &mut Editor, telemetry: &Telemetry) {
    let inside = theme::panel(ui, area);
    level::paint(ui, inside, editor, telemetry);
    let header = &editor.model.header;
    let painter = ui.painter().with_clip_rect(inside);
    let room = tuning(inside).left() - inside.left() - 12.0;
    let below = inside.left_bottom();
    let words = format!("{}: {}", header.name, header.description);
    theme::elided(&painter, below, &words, room, (12.0, theme::ink().dim));
}

/// Where the preset stands (module `presets`).
pub(super) fn presets(inside: Rect) -> Rect {
    inside.with_max_x((tuning(inside).left() - 12.0).max(inside.left()))
}

/// Where the models are chosen.
pub(super) fn models(inside: Rect) -> Rect {
    let right = (inside.right() - level::WIDTH).max(inside.left());
    let left = (right - width(inside, CHOOSER)).max(inside.left());
    Rect::from_min_max(pos2(left, inside.top()), pos2(right, inside.bottom()))
}

/// Where the tuning stands.
pub(super) fn tuning(inside: Rect) -> Rect {
    let right = (models(inside).left() - 12.0).max(inside.left());
    let left = (right - width(inside, TUNING)).max(inside.left());
    Rect::from_min_max(pos2(left, inside.top()), pos2(right, inside.bottom()))
}

fn width(inside: Rect, (share, least, most): (f32, f32, f32)) -> f32 {
    (share * inside.width()).clamp(least, most)
}

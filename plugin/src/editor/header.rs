//! The top of the window: which model plays, in which tuning, how many voices, how loud.
//!
//! ```text
//!  name of the model        Tuning    [A ▾] [B ▾]   [Panic]  voices
//!  what it is               [its ▾]   [C ▾] [D ▾]   level
//! ```

use super::{Editor, level, theme};
use crate::library::Found;
use crate::library::slots::NAMES;
use betwixt_engine::Telemetry;

use egui::{Rect, Ui, pos2};

/// Size of the model's name in points.
const NAME: f32 = 20.0;
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
    let line = pos2(inside.left(), inside.top() + NAME * 1.2);
    let (below, look) = (inside.left_bottom(), (12.0, theme::DIM));
    if let Some((slot, problem)) = missing(editor) {
        let title = format!("Model {} is missing: silent", NAMES[slot]);
        theme::elided(&painter, line, &title, room, (NAME, theme::WARM));
        theme::elided(&painter, below, &problem, room, (12.0, theme::TEXT));
        return;
    }
    theme::elided(&painter, line, &header.name, room, (NAME, theme::TEXT));
    let later = editor.parameters.later.count();
    if later > 0 {
        let words = format!("Saved by a later version: {later} settings are kept, but not played");
        theme::elided(&painter, below, &words, room, (12.0, theme::WARM));
        return;
    }
    theme::elided(&painter, below, &header.description, room, look);
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

/// A slot that is heard and whose model is not there, and why.
fn missing(editor: &Editor) -> Option<(usize, String)> {
    let found = editor.parameters.slots.found();
    let heard = editor.heard_slots().into_iter();
    let missing = |slot: usize| match &found[slot] {
        Found::Missing(problem) => Some((slot, problem.clone())),
        _ => None,
    };
    heard.filter_map(missing).next()
}

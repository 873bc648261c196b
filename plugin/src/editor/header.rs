//! The top of the window: which preset and model play, in which tuning, how many voices, how loud.
//!
//! ```text
//!  [◂][▸][preset      ▾]    Tuning    Model        [Panic]  voices
//!  the model: what it is    [its ▾]   [chosen ▾]   level
//! ```

use super::compact::{self, Group};
use super::hand::Hand;
use super::{Editor, level, theme};
use betwixt_engine::Telemetry;

use egui::{Align2, Rect, Ui, pos2};

/// Width of the choice of a model: a share of the header's, within limits.
const CHOOSER: (f32, f32, f32) = (0.2, 140.0, 220.0);
/// Width of the tuning's name, the same way.
const TUNING: (f32, f32, f32) = (0.16, 110.0, 170.0);

/// Paints the header.
pub(super) fn paint(
    ui: &Ui,
    area: Rect,
    editor: &mut Editor,
    telemetry: &Telemetry,
    hand: &Hand<'_>,
) {
    let inside = theme::panel(ui, area);
    if editor.parameters.model.is_missing() {
        missing(ui, inside, editor);
        return;
    }
    level::paint(ui, inside, editor, telemetry);
    let chooser = compact::bottom(chooser(inside));
    Group::new(ui, hand).choice(chooser, &editor.parameters.choice);
    let header = &editor.model.header;
    let painter = ui.painter().with_clip_rect(inside);
    let room = tuning(inside).left() - inside.left() - 12.0;
    let below = inside.left_bottom();
    let words = format!("{}: {}", header.name, header.description);
    theme::elided(&painter, below, &words, room, (12.0, theme::DIM));
}

/// Where the preset stands (module `presets`).
pub(super) fn presets(inside: Rect) -> Rect {
    inside.with_max_x((tuning(inside).left() - 12.0).max(inside.left()))
}

/// Where the model is chosen.
pub(super) fn chooser(inside: Rect) -> Rect {
    let right = (inside.right() - level::WIDTH).max(inside.left());
    let left = (right - width(inside, CHOOSER)).max(inside.left());
    Rect::from_min_max(pos2(left, inside.top()), pos2(right, inside.bottom()))
}

/// Where the tuning stands.
pub(super) fn tuning(inside: Rect) -> Rect {
    let right = (chooser(inside).left() - 12.0).max(inside.left());
    let left = (right - width(inside, TUNING)).max(inside.left());
    Rect::from_min_max(pos2(left, inside.top()), pos2(right, inside.bottom()))
}

fn width(inside: Rect, (share, least, most): (f32, f32, f32)) -> f32 {
    (share * inside.width()).clamp(least, most)
}

/// The project wants a model that is not here: silence, said out loud, and the way out.
fn missing(ui: &Ui, area: Rect, editor: &Editor) {
    let button = Rect::from_min_max(pos2(area.right() - 190.0, area.top()), area.max);
    let painter = ui
        .painter()
        .with_clip_rect(area.with_max_x(button.left() - 8.0));
    let wanted = editor.parameters.model.wanted();
    let short: String = wanted.chars().take(12).collect();
    let title = "This project's model is missing: silent";
    theme::words(
        &painter,
        area.left_top(),
        Align2::LEFT_TOP,
        title,
        (17.0, theme::WARM),
    );
    let below = format!("It was made with the model {short}…, which this version does not have.");
    theme::words(
        &painter,
        area.left_bottom(),
        Align2::LEFT_BOTTOM,
        below,
        (12.0, theme::TEXT),
    );

    let name = format!("Play {} instead", editor.model.header.name);
    let response = theme::button(ui, button, &name, 13.0);
    if response.clicked() {
        editor.parameters.model.adopt();
    }
}

//! The top of the window: which model plays, in which tuning, how many voices, how loud.

use super::compact::choice;
use super::hand::Hand;
use super::{Editor, theme};
use betwixt_engine::Telemetry;

use egui::{Align2, Rect, Sense, Ui, WidgetInfo, pos2, vec2};

/// Width of the level meter.
const METER: f32 = 120.0;
/// Width of the choice of a model.
const CHOOSER: f32 = 220.0;
/// Width of the tuning's name.
const TUNING: f32 = 150.0;
/// Size of the button for the map of controllers.
const BUTTON: egui::Vec2 = vec2(88.0, 20.0);
/// The lowest level that the meter shows.
const FLOOR_DB: f32 = -60.0;

/// Paints the header.
pub(super) fn paint(
    ui: &Ui,
    area: Rect,
    editor: &Editor,
    telemetry: &Telemetry,
    setter: &Hand<'_>,
) {
    let inside = theme::panel(ui, area);
    if editor.parameters.model.is_missing() {
        missing(ui, inside, editor);
        return;
    }
    let header = &editor.model.header;
    let painter = ui
        .painter()
        .with_clip_rect(inside.with_max_x(tuning(inside).left()));
    let corner = inside.left_top();
    theme::words(
        &painter,
        corner,
        Align2::LEFT_TOP,
        &header.name,
        (20.0, theme::TEXT),
    );
    let below = inside.left_bottom();
    let chooser = chooser(inside);
    let room = tuning(inside).left() - inside.left() - 12.0;
    let look = (12.0, theme::DIM);
    theme::elided(&painter, below, &header.description, room, look);
    choice(ui, chooser, &editor.parameters.choice, setter, true);
    figures(ui, inside, editor, telemetry);
}

/// Where the model is chosen.
pub(super) fn chooser(inside: Rect) -> Rect {
    let right = (inside.right() - METER - 90.0).max(inside.left());
    let left = (right - CHOOSER).max(inside.left());
    Rect::from_min_max(pos2(left, inside.top()), pos2(right, inside.bottom()))
}

/// Where the tuning stands.
pub(super) fn tuning(inside: Rect) -> Rect {
    let right = (chooser(inside).left() - 12.0).max(inside.left());
    let left = (right - TUNING).max(inside.left());
    Rect::from_min_max(pos2(left, inside.top()), pos2(right, inside.bottom()))
}

/// Where the map of controllers is opened, above the level.
pub(super) fn button(inside: Rect) -> Rect {
    let corner = chooser(inside).right_top() + vec2(14.0, 0.0);
    Rect::from_min_size(corner, BUTTON).intersect(inside)
}

fn figures(ui: &Ui, area: Rect, editor: &Editor, telemetry: &Telemetry) {
    let painter = ui.painter();
    let limit = editor.parameters.voices.value();
    let voices = format!("{} of {limit} voices", telemetry.voices());
    let corner = area.right_top();
    theme::words(
        painter,
        corner,
        Align2::RIGHT_TOP,
        voices,
        (13.0, theme::TEXT),
    );

    let peak_db = 20.0 * telemetry.peak().max(1e-6).log10();
    let meter = Rect::from_min_size(
        pos2(area.right() - METER, area.bottom() - 9.0),
        vec2(METER, 6.0),
    );
    let share = (1.0 - peak_db / FLOOR_DB).clamp(0.0, 1.0);
    let colour = if peak_db > -1.0 {
        theme::WARM
    } else {
        theme::ACCENT
    };
    painter.rect_filled(meter, 3.0, theme::TRACK);
    painter.rect_filled(meter.with_max_x(meter.left() + share * METER), 3.0, colour);
    let words = if peak_db <= FLOOR_DB {
        "silent".to_owned()
    } else {
        format!("{peak_db:.1} dB")
    };
    let beside = meter.left_center() - vec2(8.0, 0.0);
    theme::words(
        painter,
        beside,
        Align2::RIGHT_CENTER,
        words,
        (12.0, theme::DIM),
    );
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

    let response = ui.interact(button, ui.scope_id().with("adopt"), Sense::click());
    let name = format!("Play {} instead", editor.model.header.name);
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, &name));
    let fill = if response.hovered() {
        theme::LINE
    } else {
        theme::TRACK
    };
    ui.painter().rect_filled(button, theme::ROUND, fill);
    let clipped = ui.painter().with_clip_rect(button);
    theme::words(
        &clipped,
        button.center(),
        Align2::CENTER_CENTER,
        name,
        (13.0, theme::TEXT),
    );
    if response.clicked() {
        editor.parameters.model.adopt();
    }
}

//! A parameter as a bar: its name, its value in words, and how far along its range it is.
//!
//! ```text
//!  name                value    of what is heard
//!  ▓▓▓▓▓▓▓▓▓▓▓▓▓|░░░▪░░░░░░░      | where it is set     ▪ where a controller holds it
//! ```

use super::hand::{Grip, Hand, WAITING};
use super::{gesture, theme};

use egui::{Align2, FontId, Rect, Response, Sense, Ui, WidgetInfo, pos2, vec2};
use nice_plug::prelude::Param;

/// Height of the bar under the words.
const BAR: f32 = 8.0;

/// Least space between the name and the value.
const WORD_GAP: f32 = 4.0;

/// How a slider looks.
pub(super) struct Look<'a> {
    /// What stands above the bar on the left.
    pub(super) name: &'a str,
    /// Size of the words in points.
    pub(super) letters: f32,
    /// A control that does nothing now is greyed, but can still be moved.
    pub(super) is_used: bool,
}

/// Paints a parameter and lets the pointer move it.
pub(super) fn show<P: Param>(
    ui: &Ui,
    area: Rect,
    parameter: &P,
    hand: &Hand<'_>,
    look: &Look<'_>,
) -> Response {
    let id = ui.scope_id().with(parameter.name());
    let response = ui.interact(area, id, Sense::click_and_drag());
    let way = vec2(area.width().max(1.0), 0.0);
    let grip = hand.grip(parameter);
    let start = grip.held();
    let start = start.unwrap_or(parameter.unmodulated_normalized_value());
    gesture::follow(ui, &response, parameter, hand, (start, way));
    if gesture::wants_default(ui, &response) {
        grip.release();
    }
    grip.show(&response, parameter);
    let position = parameter.unmodulated_normalized_value().clamp(0.0, 1.0);
    response
        .widget_info(|| WidgetInfo::slider(look.is_used, f64::from(position), parameter.name()));
    if ui.is_rect_visible(area) {
        paint(ui, area, parameter, look, (&response, &grip));
    }
    response
}

fn paint<P: Param>(
    ui: &Ui,
    area: Rect,
    parameter: &P,
    look: &Look<'_>,
    (response, grip): (&Response, &Grip<'_>),
) {
    let painter = ui.painter().with_clip_rect(area.expand(2.0));
    let is_held = response.hovered() || response.dragged();
    let (name_colour, value_colour, fill) = match (look.is_used, is_held) {
        (false, _) => (theme::FAINT, theme::FAINT, theme::LINE),
        (true, true) => (theme::TEXT, theme::TEXT, theme::ACCENT_BRIGHT),
        (true, false) => (theme::DIM, theme::TEXT, theme::ACCENT),
    };
    let bar = Rect::from_min_max(pos2(area.left(), area.bottom() - BAR), area.max);
    let (place, value_colour) = match grip.held() {
        Some(held) => (held, theme::WARM),
        None => (parameter.unmodulated_normalized_value(), value_colour),
    };
    let value = parameter.normalized_value_to_string(place, true);
    let line = bar.top() - 3.0;
    let shown = painter.text(
        pos2(area.right(), line),
        Align2::RIGHT_BOTTOM,
        value,
        FontId::proportional(look.letters),
        value_colour,
    );
    let room = shown.left() - area.left() - WORD_GAP;
    let (name, colour) = if grip.is_waiting() {
        (WAITING, theme::WARM)
    } else {
        (look.name, name_colour)
    };
    let left = pos2(area.left(), line);
    theme::elided(&painter, left, name, room, (look.letters, colour));

    let at = |position: f32| bar.left() + bar.width() * position.clamp(0.0, 1.0);
    painter.rect_filled(bar, BAR / 2.0, theme::TRACK);
    let set = at(parameter.unmodulated_normalized_value());
    painter.rect_filled(bar.with_max_x(set.max(bar.left())), BAR / 2.0, fill);
    painter.vline(
        at(parameter.default_normalized_value()),
        bar.y_range(),
        theme::thin(theme::LINE),
    );
    if let Some(held) = grip.held() {
        painter.circle_filled(pos2(at(held), bar.center().y), BAR / 2.0, theme::WARM);
    }
}

//! A parameter as a bar: its name, its value in words, and how far along its range it is.
//!
//! ```text
//!  name                value    of what is heard     narrow: name          low:
//!  ▓▓▓▓▓▓▓▓▓▓▓▓▓|░░░▪░░░░░░░                                  [▂▂▂  value]  [name▂▂    value]
//!
//!  | where it is set     ▪ where a controller holds it
//! ```

use super::hand::{Grip, Hand};
use super::words::control;
use super::{gesture, theme};

use egui::{Align2, FontId, Painter, Rect, Response, Sense, Ui, WidgetInfo, pos2, vec2};
use nice_plug::prelude::Param;

/// Height of the bar under the words.
const BAR: f32 = 8.0;
/// Below this height the words stand in the bar.
const LOW: f32 = 26.0;
/// Below this width the value stands in the bar.
const NARROW: f32 = 112.0;
/// Height of a bar that words stand in, under the name.
const THICK: f32 = 18.0;
/// Thickness of the line under what is filled of it.
const LINE: f32 = 2.5;
/// Least space between the name and the value.
const WORD_GAP: f32 = 4.0;
/// Room for the sign of a lock.
const LOCK: f32 = 9.0;
/// Space between the end of a bar and the words in it.
const INSET: f32 = 6.0;

/// How a slider looks.
pub(super) struct Look<'a> {
    /// What stands above the bar on the left.
    pub(super) name: &'a str,
    /// Size of the words in points.
    pub(super) letters: f32,
    /// A control that does nothing now is greyed, but can still be moved.
    pub(super) is_used: bool,
    /// Where the bar is filled from, 0…1: its beginning, or the middle of what goes both ways.
    pub(super) origin: f32,
}

/// What is painted of a parameter.
struct Shown<'a> {
    look: &'a Look<'a>,
    name: &'a str,
    /// In words, of what is heard.
    value: String,
    set: f32,
    default: f32,
    held: Option<f32>,
    is_waiting: bool,
    is_touched: bool,
    is_locked: bool,
}

/// Paints a parameter and lets the pointer move it.
pub(super) fn show<P: Param>(
    ui: &Ui,
    area: Rect,
    parameter: &P,
    hand: &Hand<'_>,
    look: &Look<'_>,
) -> Response {
    let (response, grip) = interact(ui, area, parameter, hand);
    // What is heard, as the words beside it say.
    let position = hand.position(parameter).clamp(0.0, 1.0);
    response
        .widget_info(|| WidgetInfo::slider(look.is_used, f64::from(position), parameter.name()));
    if ui.is_rect_visible(area) {
        let painter = ui.painter().with_clip_rect(area.expand(2.0));
        let shown = Shown::of(parameter, look, &response, &grip);
        if area.height() < LOW {
            shown.paint_low(&painter, area, shown.name);
        } else if area.width() < NARROW {
            shown.paint_narrow(&painter, area);
        } else {
            shown.paint(&painter, area);
        }
        if response.has_focus() {
            theme::focus(&painter, area);
        }
    }
    response
}

/// The pointer's habits on a parameter, and what controllers do with it.
pub(super) fn interact<'a, P: Param>(
    ui: &Ui,
    area: Rect,
    parameter: &P,
    hand: &'a Hand<'a>,
) -> (Response, Grip<'a>) {
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
    (response, grip)
}

impl<'a> Shown<'a> {
    fn of<P: Param>(
        parameter: &P,
        look: &'a Look<'a>,
        response: &Response,
        grip: &Grip<'_>,
    ) -> Self {
        let set = parameter.unmodulated_normalized_value();
        let held = grip.held();
        let is_waiting = grip.is_waiting();
        Self {
            look,
            name: if is_waiting {
                control::WAITING
            } else {
                look.name
            },
            value: parameter.normalized_value_to_string(held.unwrap_or(set), true),
            set,
            default: parameter.default_normalized_value(),
            held,
            is_waiting,
            is_touched: response.hovered() || response.dragged(),
            is_locked: grip.is_locked(parameter),
        }
    }

    /// Of the name, the value and the bar.
    fn colours(&self) -> [egui::Color32; 3] {
        let [name, value, fill] = match (self.look.is_used, self.is_touched) {
            (false, _) => [theme::ink().faint, theme::ink().faint, theme::ink().line],
            (true, true) => [
                theme::ink().text,
                theme::ink().text,
                theme::ink().accent_bright,
            ],
            (true, false) => [theme::ink().dim, theme::ink().text, theme::ink().accent],
        };
        let name = if self.is_waiting {
            theme::ink().warm
        } else {
            name
        };
        let value = self.held.map_or(value, |_| theme::ink().warm);
        [name, value, fill]
    }

    /// Words above the bar.
    fn paint(&self, painter: &Painter, area: Rect) {
        let bar = bar(area);
        let line = bar.top() - 3.0;
        self.words(painter, [area.left(), area.right()], line, self.name);
        let [_, _, fill] = self.colours();
        painter.rect_filled(bar, BAR / 2.0, theme::ink().track);
        painter.rect_filled(self.filled(bar), BAR / 2.0, fill);
        let default = along(bar, self.default);
        painter.vline(default, bar.y_range(), theme::thin(theme::ink().line));
        self.mark(painter, bar);
    }

    /// The name above the bar, the value in it.
    fn paint_narrow(&self, painter: &Painter, area: Rect) {
        let [name, ..] = self.colours();
        let bar = area.with_min_y(area.bottom() - THICK);
        let line = pos2(area.left(), bar.top() - 2.0);
        let look = (self.look.letters, name);
        theme::elided(painter, line, self.name, area.width(), look);
        self.paint_low(painter, bar, "");
    }

    /// Words in the bar: what is filled is underlined, so that no edge crosses them.
    fn paint_low(&self, painter: &Painter, bar: Rect, name: &str) {
        let [_, _, fill] = self.colours();
        painter.rect_filled(bar, 3.0, theme::ink().track);
        let filled = self.filled(bar);
        painter.rect_filled(filled, 3.0, fill.gamma_multiply(0.25));
        let middle = filled.center().x;
        let width = filled.width().max(LINE);
        let line =
            Rect::from_center_size(pos2(middle, bar.bottom() - 0.5 * LINE), vec2(width, LINE));
        painter.rect_filled(line.intersect(bar), 1.0, fill);
        let default = pos2(along(bar, self.default), bar.bottom());
        painter.vline(
            default.x,
            bar.bottom() - 2.0 * LINE..=default.y,
            theme::thin(theme::ink().dim),
        );
        self.mark(painter, bar);
        let line = bar.center().y + 0.62 * self.look.letters - 0.5;
        let ends = [bar.left() + INSET, bar.right() - INSET];
        self.words(painter, ends, line, name);
    }

    fn words(&self, painter: &Painter, [left, right]: [f32; 2], line: f32, text: &str) {
        let [name, value, _] = self.colours();
        let letters = self.look.letters;
        let shown = painter.text(
            pos2(right, line),
            Align2::RIGHT_BOTTOM,
            &self.value,
            FontId::proportional(letters),
            value,
        );
        let mut room = shown.left() - left - WORD_GAP;
        if self.is_locked && room > 2.0 * LOCK {
            let at = pos2(shown.left() - LOCK, shown.center().y);
            theme::lock(painter, at, name);
            room -= LOCK + WORD_GAP;
        }
        theme::elided(painter, pos2(left, line), text, room, (letters, name));
    }

    /// The part of a bar between its origin and where it is set.
    fn filled(&self, bar: Rect) -> Rect {
        let ends = [self.look.origin, self.set].map(|position| along(bar, position));
        bar.with_min_x(ends[0].min(ends[1]))
            .with_max_x(ends[0].max(ends[1]))
    }

    /// Where a controller holds it.
    fn mark(&self, painter: &Painter, bar: Rect) {
        if let Some(held) = self.held {
            let centre = pos2(along(bar, held), bar.center().y);
            painter.circle_filled(centre, BAR / 2.0, theme::ink().warm);
        }
    }
}

/// The bar of a slider whose words stand above it.
pub(super) fn bar(area: Rect) -> Rect {
    Rect::from_min_max(pos2(area.left(), area.bottom() - BAR), area.max)
}

/// A position as a place along a bar.
pub(super) fn along(bar: Rect, position: f32) -> f32 {
    bar.left() + bar.width() * position.clamp(0.0, 1.0)
}

//! A choice among many as a box that opens a list: by pointer or by keyboard.
//!
//! ```text
//!  name                 click, or Tab and Enter ─► list ─┬─ click, or arrows and Enter ─► chosen
//!  [value          ▾]                                    └─ click beside it, Escape ────► as it was
//! ```
//!
//! The box has the habits of every other control too: drag, wheel, default, menu of controllers.

use super::compact::is_plain_click;
use super::hand::{Grip, Hand};
use super::slider::{self, Look};
use super::words::control;
use super::{gesture, theme};

use egui::{
    Popup, Rect, Response, Role, ScrollArea, SetOpenCommand, Shape, Stroke, Ui, WidgetInfo, pos2,
    vec2,
};
use nice_plug::prelude::{Enum, EnumParam, Param};

/// Height of the box under the name.
const BOX: f32 = 19.0;
/// Below this height there is no room for the name.
const LOW: f32 = 26.0;
/// Size of the name in points.
const LETTERS: f32 = 11.0;
/// Space between the box and its words.
const INSET: f32 = 6.0;
/// Room for the sign that it opens.
const SIGN: f32 = 16.0;
/// A list is at least so wide, and at most so high.
const LIST: egui::Vec2 = vec2(130.0, 400.0);

/// What a variant is called, by its place.
pub(super) type Names<'a> = &'a dyn Fn(usize) -> String;

/// Paints a choice and lets the player open its list.
pub(super) fn show<T: Enum + PartialEq + 'static>(
    ui: &Ui,
    area: Rect,
    parameter: &EnumParam<T>,
    hand: &Hand<'_>,
    (look, names): (&Look<'_>, Names<'_>),
) -> Response {
    let (response, grip) = slider::interact(ui, area, parameter, hand);
    let chosen = hand.heard(parameter).to_index();
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ComboBox, look.is_used, parameter.name());
        info.current_text_value = Some(names(chosen));
        info
    });
    if ui.is_rect_visible(area) {
        paint(ui, look, names(chosen), (&response, &grip));
    }
    if let Some(taken) = list(ui, &response, (T::variants().len(), chosen), names) {
        let position = parameter.preview_normalized(T::from_index(taken));
        gesture::once(hand, parameter, position);
        grip.release();
    }
    response
}

fn paint(ui: &Ui, look: &Look<'_>, value: String, (response, grip): (&Response, &Grip<'_>)) {
    let (value, is_warm) = match (grip.is_waiting(), grip.held()) {
        (true, _) => (control::WAITING.to_owned(), true),
        (false, held) => (value, held.is_some()),
    };
    let words = (look.name, value.as_str());
    face(
        ui,
        response,
        words,
        Face {
            is_used: look.is_used,
            is_warm,
        },
    );
}

/// How a box looks.
#[derive(Clone, Copy)]
pub(super) struct Face {
    /// Dimmed if not.
    pub(super) is_used: bool,
    /// Whether the value is not what the player has set here.
    pub(super) is_warm: bool,
}

/// A box that opens something: a name above it, if there is room, and a value in it.
pub(super) fn face(ui: &Ui, response: &Response, (name, value): (&str, &str), face: Face) {
    let area = response.rect;
    let painter = ui.painter().with_clip_rect(area.expand(2.0));
    let field = if area.height() < LOW {
        area
    } else {
        area.with_min_y(area.bottom() - BOX)
    };
    let is_touched = response.hovered() || response.dragged();
    let (dim, words, fill) = match (face.is_used, is_touched) {
        (false, _) => (theme::ink().faint, theme::ink().faint, theme::ink().track),
        (true, true) => (theme::ink().text, theme::ink().text, theme::ink().line),
        (true, false) => (theme::ink().dim, theme::ink().text, theme::ink().track),
    };
    painter.rect_filled(field, 3.0, fill);
    if response.has_focus() {
        theme::focus(&painter, field);
    }
    if field != area {
        let line = pos2(area.left(), field.top() - 2.0);
        theme::elided(&painter, line, name, area.width(), (LETTERS, dim));
    }
    let words = if face.is_warm {
        theme::ink().warm
    } else {
        words
    };
    let letters = (field.height() - 4.0).clamp(1.0, 12.0);
    let line = pos2(field.left() + INSET, field.center().y + 0.62 * letters);
    let room = field.width() - INSET - SIGN;
    theme::elided(&painter, line, value, room, (letters, words));
    let sign = pos2(field.right() - 0.5 * SIGN, field.center().y);
    let corners = [vec2(-3.5, -2.0), vec2(3.5, -2.0), vec2(0.0, 2.5)].map(|corner| sign + corner);
    painter.add(Shape::convex_polygon(corners.to_vec(), dim, Stroke::NONE));
}

/// The list while it is open; what the player takes from it.
fn list(
    ui: &Ui,
    response: &Response,
    (count, chosen): (usize, usize),
    names: Names<'_>,
) -> Option<usize> {
    let opens = is_plain_click(ui, response);
    let width = response.rect.width().max(LIST.x);
    let popup = Popup::menu(response)
        .id(response.id.with("list"))
        .open_memory(opens.then_some(SetOpenCommand::Toggle))
        .width(width);
    let shown = popup.show(|ui| {
        theme::menu(ui);
        ui.set_min_width(width - 2.0 * INSET);
        ui.style_mut().wrap_mode = Some(egui::TextWrapMode::Extend);
        ScrollArea::vertical()
            .auto_shrink([false, true])
            .max_height(LIST.y)
            .show(ui, |ui| rows(ui, (count, chosen), names))
            .inner
    });
    let (taken, by_key) = shown?.inner?;
    if by_key {
        response.request_focus();
    }
    Some(taken)
}

/// What is taken, and whether the keyboard took it. The keyboard begins at what is chosen.
fn rows(ui: &mut Ui, (count, chosen): (usize, usize), names: Names<'_>) -> Option<(usize, bool)> {
    let fresh = ui.scope_id().with("fresh");
    let is_measured = ui.is_sizing_pass();
    let is_fresh = ui.data_mut(|data| {
        let was_measured = data.get_temp(fresh).unwrap_or(false);
        data.insert_temp(fresh, is_measured);
        was_measured && !is_measured
    });
    let mut taken = None;
    for place in 0..count {
        let row = ui.selectable_label(place == chosen, names(place));
        if is_fresh && place == chosen {
            row.request_focus();
            row.scroll_to_me(Some(egui::Align::Center));
        }
        if row.clicked() {
            taken = Some((place, row.has_focus()));
            ui.close();
        }
    }
    taken
}

/// The name that the host shows.
pub(super) fn plain_name<T: Enum>(place: usize) -> String {
    T::variants()[place].to_owned()
}

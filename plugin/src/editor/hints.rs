//! What to do in the first minute: a few words beside what they are about, until they are put away.
//!
//! ```text
//!  [1 Choose a sound]  …  [2 Drag here to move it]  …  [3 Play]      [Not now] [Never again]
//! ```
//!
//! Nothing is blocked by them: every control under and beside them works.

use super::layout::Areas;
use super::{Editor, tabs, theme, words};

use egui::{Align2, FontId, Pos2, Rect, Ui, pos2, vec2};

/// Size of the words.
const LETTERS: f32 = 13.0;
/// Space between the words and the plate's edge.
const MARGIN: egui::Vec2 = vec2(10.0, 6.0);
/// Narrower maps have no room for them.
const LEAST: f32 = 400.0;
/// The two buttons: their words and widths, and whether they put the hints away for ever.
const BUTTONS: [(&str, f32, bool); 2] = [
    (words::hints::NOT_NOW, 76.0, false),
    (words::hints::NEVER, 130.0, true),
];

/// What it remembers between pictures.
#[derive(Default)]
pub(super) struct View {
    /// Put away until the window opens again.
    is_closed: bool,
}

impl View {
    /// Shows them again, if they are wanted at all.
    pub(super) fn reopen(&mut self) {
        self.is_closed = false;
    }
}

/// Paints the hints over the page to play on.
pub(super) fn paint(ui: &Ui, areas: &Areas, editor: &mut Editor) {
    let is_wanted = editor.settings.get().hints && !editor.hints.is_closed;
    let has_room = areas.map.width() > LEAST;
    if !is_wanted || !has_room || editor.tab != tabs::Tab::Map || editor.presets.is_open() {
        return;
    }
    let header = areas.header;
    let plates = [
        (
            header.left_bottom() + vec2(60.0, -30.0),
            Align2::LEFT_TOP,
            words::hints::CHOOSE,
        ),
        (
            areas.keyboard.center_top() - vec2(0.0, 12.0),
            Align2::CENTER_BOTTOM,
            if editor.settings.get().typing {
                words::hints::PLAY
            } else {
                words::hints::PLAY_KEYS
            },
        ),
        (
            areas.map.center_top() + vec2(0.0, 64.0),
            Align2::CENTER_TOP,
            words::hints::DRAG,
        ),
        (
            areas.latents.left_center() + vec2(14.0, 0.0),
            Align2::LEFT_TOP,
            words::hints::MENU,
        ),
    ];
    for (at, anchor, words) in plates {
        plate(ui, (at, anchor), words);
    }
    buttons(ui, areas.map, editor);
}

fn plate(ui: &Ui, (at, anchor): (Pos2, Align2), words: &str) {
    let ink = theme::ink();
    let font = FontId::proportional(LETTERS);
    let galley = ui
        .painter()
        .layout_no_wrap(words.to_owned(), font, ink.background);
    let size = galley.size() + 2.0 * MARGIN;
    let place = anchor.anchor_size(at, size);
    let window = ui.max_rect().shrink(4.0);
    let inside = place.translate(vec2(
        (window.left() - place.left()).max(0.0) + (window.right() - place.right()).min(0.0),
        0.0,
    ));
    ui.painter().rect_filled(inside, 6.0, ink.accent);
    ui.painter()
        .galley(inside.min + MARGIN, galley, ink.background);
}

fn buttons(ui: &Ui, map: Rect, editor: &mut Editor) {
    let mut right = map.right() - 14.0;
    let top = map.bottom() - 58.0;
    for (name, width, is_for_ever) in BUTTONS.into_iter().rev() {
        let place = Rect::from_min_max(pos2(right - width, top), pos2(right, top + 24.0));
        ui.painter()
            .rect_filled(place.expand(2.0), 7.0, theme::ink().accent);
        if theme::button(ui, place, name, LETTERS).clicked() {
            editor.hints.is_closed = true;
            if is_for_ever {
                // A file that cannot be written only brings the hints back another day.
                drop(editor.settings.change(|settings| settings.hints = false));
            }
        }
        right -= width + 8.0;
    }
}

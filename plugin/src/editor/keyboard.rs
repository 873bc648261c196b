//! The keys: what sounds on them, and a way to play without another keyboard.
//!
//! ```text
//!  ┌┬█┬█┬┬█┬█┬█┬┬ … ┐   held keys are lit, fading ones fade; a click plays, lower on the key harder,
//!  │A│S│D│F│G│H│J│ …│   a drag glides; the computer's keys play where their letters stand
//!  └ ▔▔▔▔▔▔▔▔▔▔▔ ────┘  the keys that the model was trained on are underlined
//! ```

use super::fingers::typed;
use super::{Editor, layout, theme, words};
use crate::settings::Letters;
use betwixt_engine::Telemetry;

use egui::{
    Align2, Color32, CornerRadius, Painter, Pos2, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2,
};

/// The lowest and the highest key shown: from C1 to C8.
const RANGE: (u8, u8) = (24, 108);
/// Height and width of a black key, of a white one's.
const BLACK: [f32; 2] = [0.6, 0.62];
/// How hard the upper and the lower end of a key strike.
const VELOCITIES: [f32; 2] = [0.35, 1.0];
/// Which keys of an octave are black.
const IS_BLACK: [bool; 12] = [
    false, true, false, true, false, false, true, false, true, false, true, false,
];

/// Paints the keys and follows the pointer and the computer's keys.
pub(super) fn paint(ui: &Ui, area: Rect, editor: &mut Editor, telemetry: &Telemetry) {
    let field = theme::panel(ui, area)
        .expand2(vec2(4.0, 6.0))
        .intersect(area);
    let keys = Keys { field };
    let id = ui.scope_id().with("keyboard");
    let response = ui.interact(field, id, Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(Role::Group, true, words::keyboard::NAME));
    let is_down = response.is_pointer_button_down_on();
    let pointer = response.interact_pointer_pos().filter(|_| is_down);
    editor.fingers.point(pointer.and_then(|at| keys.at(at)));
    let lit = lit(telemetry);
    let painter = ui.painter().with_clip_rect(field);
    for is_black in [false, true] {
        for key in RANGE.0..=RANGE.1 {
            if IS_BLACK[usize::from(key % 12)] == is_black {
                keys.paint(&painter, key, lit[usize::from(key)]);
            }
        }
    }
    let settings = editor.settings.get();
    if settings.typing {
        keys.letters(&painter, settings.letters, editor.fingers.first(), &lit);
    }
    let (low, high) = editor.model.header.conditioning.note.keys();
    keys.trained(&painter, low, high);
    response.on_hover_text(words::keyboard::HINT);
}

/// How bright each key is, 0…1: held ones fully, fading ones as loud as they are.
fn lit(telemetry: &Telemetry) -> [f32; 128] {
    let mut lit = [0.0_f32; 128];
    for voice in telemetry.sounding() {
        let light = if voice.is_held {
            1.0
        } else {
            0.7 * voice.level.clamp(0.0, 1.0)
        };
        let key = &mut lit[usize::from(voice.key & 127)];
        *key = key.max(light);
    }
    lit
}

/// Where the keys lie.
struct Keys {
    field: Rect,
}

impl Keys {
    /// The key at a place, and how hard it is struck there.
    fn at(&self, at: Pos2) -> Option<(u8, f32)> {
        let struck = |is_black: bool| {
            let own = move |key: &u8| IS_BLACK[usize::from(key % 12)] == is_black;
            let mut keys = (RANGE.0..=RANGE.1).filter(own);
            let key = keys.find(|key| self.place(*key).contains(at))?;
            let place = self.place(key);
            let share = ((at.y - place.top()) / place.height().max(1.0)).clamp(0.0, 1.0);
            Some((key, VELOCITIES[0] + share * (VELOCITIES[1] - VELOCITIES[0])))
        };
        struck(true).or_else(|| struck(false))
    }

    fn place(&self, key: u8) -> Rect {
        let white = self.field.width() / layout::real(whites_below(RANGE.1 + 1));
        let left = self.field.left() + white * layout::real(whites_below(key));
        if IS_BLACK[usize::from(key % 12)] {
            let width = BLACK[1] * white;
            let corner = pos2(left - 0.5 * width, self.field.top());
            return Rect::from_min_size(corner, vec2(width, BLACK[0] * self.field.height()));
        }
        Rect::from_min_size(
            pos2(left, self.field.top()),
            vec2(white, self.field.height()),
        )
    }

    fn paint(&self, painter: &Painter, key: u8, light: f32) {
        let ink = theme::ink();
        let (place, is_black) = (self.place(key), IS_BLACK[usize::from(key % 12)]);
        let rest = if is_black { BLACK_KEY } else { WHITE_KEY };
        let fill = rest.lerp_to_gamma(ink.accent, light);
        let round = CornerRadius {
            nw: 0,
            ne: 0,
            sw: 3,
            se: 3,
        };
        painter.rect_filled(place.shrink2(vec2(0.5, 0.0)), round, fill);
        if key.is_multiple_of(12) {
            let at = place.center_bottom() - vec2(0.0, 5.0);
            let name = words::keyboard::key(key);
            let look = (9.0, words_on(ON_WHITE, light));
            theme::words(painter, at, Align2::CENTER_BOTTOM, name, look);
        }
    }

    /// The letters of the computer's keys.
    fn letters(&self, painter: &Painter, letters: Letters, first: u8, lit: &[f32; 128]) {
        for (semitone, letter) in (0u8..).zip(typed(letters).0) {
            let key = first.saturating_add(semitone);
            if !(RANGE.0..=RANGE.1).contains(&key) {
                continue;
            }
            let place = self.place(key);
            let (down, colour) = if IS_BLACK[usize::from(key % 12)] {
                (8.0, ON_BLACK)
            } else {
                (17.0, ON_WHITE)
            };
            let at = place.center_bottom() - vec2(0.0, down);
            let colour = words_on(colour, lit[usize::from(key & 127)]);
            let look = (10.0, colour);
            theme::words(painter, at, Align2::CENTER_BOTTOM, letter.name(), look);
        }
    }

    /// A line under the keys that the model knows; others are played from them.
    fn trained(&self, painter: &Painter, low: u8, high: u8) {
        let [left, right] = [low, high].map(|key| self.place(key.clamp(RANGE.0, RANGE.1)));
        let y = self.field.bottom() - 1.0;
        let line = egui::Stroke::new(2.0, theme::ink().accent);
        painter.hline(left.left()..=right.right(), y, line);
    }
}

/// Words that can be read on a lit key too.
fn words_on(dark: Color32, light: f32) -> Color32 {
    if light > 0.5 {
        theme::ink().background
    } else {
        dark
    }
}

/// Keys look like keys in every theme.
const WHITE_KEY: Color32 = Color32::from_rgb(0xd8, 0xda, 0xde);
const BLACK_KEY: Color32 = Color32::from_rgb(0x1c, 0x1e, 0x24);
/// Letters on them.
const ON_WHITE: Color32 = Color32::from_rgb(0x3c, 0x40, 0x48);
const ON_BLACK: Color32 = Color32::from_rgb(0xc8, 0xcc, 0xd4);

/// White keys between the lowest one shown and a key.
fn whites_below(key: u8) -> usize {
    let white = |key: &u8| !IS_BLACK[usize::from(key % 12)];
    (RANGE.0..key).filter(white).count()
}

//! The twelve pitch classes around a ring: which ones sound, and which one colours the timbre.
//!
//! ```text
//!        C            lit: notes that sound
//!     B     C#        outlined: the pitch class that the decoder is given, where one is chosen
//!    A#  ○   D        a click on one chooses it; again, or in the middle: the key's own
//! ```

use super::hand::Hand;
use super::{Editor, gesture, layout, theme, words};
use crate::parameters::Chroma;
use betwixt_engine::Telemetry;
use nice_plug::prelude::{Enum, EnumParam, Param};

use egui::{
    Align2, Color32, Mesh, Painter, Pos2, Rect, Response, Role, Sense, Ui, Vec2, WidgetInfo, vec2,
};
use std::f32::consts::TAU;

/// Pitch classes.
const CLASSES: usize = 12;
/// The inner edge of the ring, of its radius.
const INNER: f32 = 0.52;
/// Straight pieces of one pitch class's arc.
const PIECES: u8 = 6;

/// Paints the ring and follows the pointer.
pub(super) fn paint(ui: &Ui, area: Rect, editor: &Editor, telemetry: &Telemetry, hand: &Hand<'_>) {
    let inside = theme::panel(ui, area).expand(7.0).intersect(area);
    let ring = Ring {
        centre: inside.center(),
        radius: 0.5 * inside.width().min(inside.height()),
    };
    let parameter = &editor.parameters.chroma;
    let chosen = hand.heard(parameter).to_index();
    let id = ui.scope_id().with("ring");
    let whole = ui.interact(ring.square(), id, Sense::click());
    let pointed = whole.hover_pos().and_then(|at| ring.at(at));
    let clicked = whole.interact_pointer_pos().filter(|_| whole.clicked());
    let clicked = clicked.and_then(|at| ring.at(at));
    if clicked == Some(Place::Middle) {
        choose(parameter, hand, 0);
    }
    for (class, light) in lit(telemetry).into_iter().enumerate() {
        // The first choice is the key's own.
        let choice = class + 1;
        let is_chosen = choice == chosen;
        let response = class_response(ui, &ring, class, is_chosen);
        let is_at = |place: Option<Place>| place == Some(Place::Class(class));
        if is_at(clicked) || response.clicked() {
            choose(parameter, hand, if is_chosen { 0 } else { choice });
        }
        let look = Look {
            light,
            is_chosen,
            is_touched: is_at(pointed) || response.hovered() || response.has_focus(),
        };
        ring.class(ui.painter(), class, look);
    }
    let (words, colour) = match chosen {
        0 => (words::ring::PLAYED, theme::ink().dim),
        choice => (Chroma::variants()[choice], theme::ink().accent),
    };
    let look = (10.0, colour);
    theme::words(
        ui.painter(),
        ring.centre,
        Align2::CENTER_CENTER,
        words,
        look,
    );
}

/// How loud each pitch class is, 0…1.
fn lit(telemetry: &Telemetry) -> [f32; CLASSES] {
    let mut lit = [0.0_f32; CLASSES];
    for voice in telemetry.sounding() {
        let light = if voice.is_held {
            1.0
        } else {
            0.6 * voice.level
        };
        let class = &mut lit[usize::from(voice.key % 12)];
        *class = class.max(light.clamp(0.0, 1.0));
    }
    lit
}

/// A pitch class for the keyboard, and in words.
fn class_response(ui: &Ui, ring: &Ring, class: usize, is_chosen: bool) -> Response {
    let id = ui.scope_id().with(("ring", class));
    let response = ui.interact(ring.spot(class), id, Sense::click());
    let name = Chroma::variants()[class + 1];
    let words = words::ring::colour(name);
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, is_chosen, &words));
    let hint = if is_chosen {
        words::ring::is_chosen(name)
    } else {
        words::ring::can_be_chosen(name)
    };
    response.on_hover_text(hint)
}

/// Another pitch class colours the timbre, by its place among the choices.
fn choose(parameter: &EnumParam<Chroma>, hand: &Hand<'_>, choice: usize) {
    let position = parameter.preview_normalized(Chroma::from_index(choice));
    gesture::once(hand, parameter, position);
    hand.grip(parameter).release();
}

/// How one pitch class looks.
#[derive(Clone, Copy)]
struct Look {
    light: f32,
    is_chosen: bool,
    is_touched: bool,
}

/// What lies at a place of the ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// The key's own.
    Middle,
    /// A pitch class.
    Class(usize),
}

struct Ring {
    centre: Pos2,
    radius: f32,
}

impl Ring {
    /// A way from the middle, clockwise from the top, in turns.
    fn way(&self, turns: f32, share: f32) -> Pos2 {
        let (sin, cos) = (turns * TAU).sin_cos();
        self.centre + vec2(sin, -cos) * (share * self.radius)
    }

    fn square(&self) -> Rect {
        Rect::from_center_size(self.centre, Vec2::splat(2.0 * self.radius))
    }

    /// What lies at a place; nothing beside the ring.
    fn at(&self, at: Pos2) -> Option<Place> {
        let way = at - self.centre;
        let share = way.length() / self.radius.max(1.0);
        if share > 1.0 {
            return None;
        }
        if share < INNER {
            return Some(Place::Middle);
        }
        let turns = (way.x.atan2(-way.y) / TAU).rem_euclid(1.0);
        let class = layout::whole((turns * layout::real(CLASSES)).round()) % CLASSES;
        Some(Place::Class(class))
    }

    /// Where the keyboard, and who cannot see the ring, meet a pitch class.
    fn spot(&self, class: usize) -> Rect {
        let turns = layout::real(class) / layout::real(CLASSES);
        let middle = self.way(turns, 0.5 * (1.0 + INNER));
        Rect::from_center_size(middle, Vec2::splat(0.26 * self.radius))
    }

    fn class(&self, painter: &Painter, class: usize, look: Look) {
        let name = Chroma::variants()[class + 1];
        let ink = theme::ink();
        let begin = (layout::real(class) - 0.46) / layout::real(CLASSES);
        let width = 0.92 / layout::real(CLASSES);
        let rest = if look.is_touched { ink.line } else { ink.track };
        let fill = rest.lerp_to_gamma(ink.accent, look.light);
        let mut mesh = Mesh::default();
        let mut outline = Vec::new();
        for piece in 0..=PIECES {
            let turns = begin + width * f32::from(piece) / f32::from(PIECES);
            let (outer, inner) = (self.way(turns, 1.0), self.way(turns, INNER));
            mesh.colored_vertex(outer, fill);
            mesh.colored_vertex(inner, fill);
            outline.push(outer);
            if let Some(last) = u32::from(piece).checked_sub(1) {
                mesh.add_triangle(2 * last, 2 * last + 1, 2 * last + 2);
                mesh.add_triangle(2 * last + 1, 2 * last + 2, 2 * last + 3);
            }
        }
        painter.add(mesh);
        if look.is_chosen {
            painter.line(outline, egui::Stroke::new(3.0, ink.warm));
        }
        let turns = layout::real(class) / layout::real(CLASSES);
        let at = self.way(turns, 0.5 * (1.0 + INNER));
        let colour = words_on(look.light);
        theme::words(painter, at, Align2::CENTER_CENTER, name, (9.5, colour));
    }
}

/// Words that can be read on a lit pitch class too.
fn words_on(light: f32) -> Color32 {
    let ink = theme::ink();
    if light > 0.5 {
        ink.background
    } else {
        ink.text
    }
}

//! The map: the sounds that the model learned, to play on.
//!
//! ```text
//!  y │ ·  ·∘ ·        · a training sound, coloured by its instrument or its key; hills behind them
//!    │  ∘ ◉ ·         ◉ where the sound is set      • where a controller holds it
//!    │ ·  ●  ·        ● a voice, with the way that it came      ── the recorded movement
//!    └────────── x    All latents: the plane in which the sounds differ most; or two of them
//! ```
//!
//! | module     | what it does                                                             |
//! |------------|--------------------------------------------------------------------------|
//! | `plane`    | latents to a place on the map, and back                                  |
//! | `view`     | how near, around which place                                             |
//! | `cloud`    | the training sounds, their names and colours                             |
//! | `density`  | how thickly they lie                                                     |
//! | `ground`   | the picture of both, kept from one picture of the window to the next     |
//! | `names`    | names on the map and under the pointer                                   |
//! | `moving`   | drags, clicks, the wheel, keys                                           |
//! | `voices`   | what sounds, and the way that it came                                    |
//! | `course`   | the recorded movement, and points to bend it by                          |
//! | `ink`      | what is being recorded, as it is drawn                                   |
//! | `audition` | a short listen to a sound that is clicked on                             |
//! | `corner`   | the controls around it                                                   |

mod audition;
mod cloud;
mod corner;
mod course;
mod density;
mod ground;
mod ink;
mod moving;
mod names;
mod plane;
mod view;
mod voices;

use super::hand::Hand;
use super::{Editor, theme, words};
use crate::library::Description;
use crate::parameters::Parameters;
use crate::screen::Screen;
use crate::state;
use audition::Audition;
use betwixt_engine::Telemetry;
use cloud::Cloud;
use ground::{Ground, Look};
use moving::Player;
use plane::Plane;
use std::sync::Arc;
use view::{Sheet, Zoom};
use voices::Voices;

use egui::{
    Align2, Painter, Pos2, Rect, Response, Sense, Stroke, Ui, Vec2, WidgetInfo, pos2, vec2,
};

/// Width of the strip on the left, with numbers.
const BESIDE: f32 = 18.0;
/// Height of the strip below, with numbers and the movement.
const BELOW: f32 = 26.0;
/// Height of the heading with its switches.
const HEADING: f32 = 18.0;
/// Space under it.
const GAP: f32 = 7.0;
/// A movement that has stood still for so long rests.
const LATELY_S: f64 = 0.3;
/// Two places closer than this are one, in points.
const SAME: f32 = 1.5;

/// What the map remembers between pictures.
pub(super) struct View {
    cloud: Cloud,
    /// The plane of all latents, if the model knows one.
    all: Option<Plane>,
    plane: Plane,
    /// Where the sounds lie on it.
    shares: Vec<Vec2>,
    ground: Ground,
    zoom: Zoom,
    /// As it was when the map was taken to be moved.
    taken: Option<Zoom>,
    drag: Option<moving::Drag>,
    voices: Voices,
    line: course::Line,
    ink: ink::Ink,
    playing: Playing,
    audition: Audition,
}

impl View {
    /// The map of a model; sounds are heard through the screen.
    pub(super) fn new(model: &Description, screen: Arc<Screen>) -> Self {
        let plane = Plane::of_latents([0, 1]);
        let cloud = Cloud::new(model);
        let mut view = Self {
            all: Plane::of_all(&model.header, &cloud.sounds),
            shares: Vec::new(),
            cloud,
            plane,
            ground: Ground::default(),
            zoom: Zoom::default(),
            taken: None,
            drag: None,
            voices: Voices::default(),
            line: course::Line::default(),
            ink: ink::Ink::default(),
            playing: Playing::default(),
            audition: Audition::new(screen),
        };
        view.lay();
        view
    }

    /// Shows another model.
    pub(super) fn show(&mut self, model: &Description) {
        self.cloud = Cloud::new(model);
        self.all = Plane::of_all(&model.header, &self.cloud.sounds);
        self.zoom = Zoom::default();
        self.lay();
    }

    /// Time passes, also while another page is shown.
    pub(super) fn pass(&mut self, ui: &Ui, parameters: &Parameters) {
        let now_s = ui.input(|input| input.time);
        let has_come = || !moving::are_on_their_way(parameters);
        if let Some(left) = self.audition.pass(now_s, has_come) {
            ui.ctx().request_repaint_after(left);
        }
    }

    /// The dots of the last picture.
    #[cfg(test)]
    pub(super) fn dots(&self) -> Option<Arc<egui::Mesh>> {
        self.ground.dots()
    }

    /// Where the voices are seen, by key.
    #[cfg(test)]
    pub(super) fn voices(&self) -> Vec<(u8, Vec2)> {
        self.voices.places()
    }

    /// Which plane is shown: that of all latents only if there is one.
    fn shown(&self, parameters: &Parameters) -> state::Plane {
        match self.all {
            Some(_) => parameters.plane.get(),
            None => state::Plane::Two,
        }
    }

    /// Shows the plane that is chosen; a drag under way ends on the one where it began.
    fn follow(&mut self, parameters: &Parameters) {
        let plane = match (self.shown(parameters), &self.all) {
            (state::Plane::All, Some(all)) => all.clone(),
            _ => Plane::of_latents(parameters.pad.get()),
        };
        if plane != self.plane && self.drag.is_none() {
            self.plane = plane;
            self.zoom = Zoom::default();
            self.lay();
        }
    }

    /// Lays the sounds out on the plane.
    fn lay(&mut self) {
        self.shares = self.cloud.shares(&self.plane);
        self.ground.of(&self.shares);
        self.voices.forget();
        self.line.forget();
        self.ink.forget();
    }
}

/// Where the map itself lies in the area of the view.
pub(super) fn field(area: Rect) -> Rect {
    let inside = area.shrink(12.0);
    let top = (inside.top() + HEADING + GAP).min(inside.bottom());
    let right = inside.right().max(inside.left() + BESIDE);
    let bottom = (inside.bottom() - BELOW).max(top);
    Rect::from_min_max(pos2(inside.left() + BESIDE, top), pos2(right, bottom))
}

/// The strips on the left of the map and below it.
fn strips(area: Rect) -> [Rect; 2] {
    let (inside, field) = (area.shrink(12.0), field(area));
    let beside = field
        .with_max_x(field.left())
        .with_min_x(field.left() - BESIDE);
    let top = (field.bottom() + 6.0).min(inside.bottom().max(field.bottom()));
    let below = Rect::from_min_max(
        pos2(field.left(), top),
        pos2(field.right(), inside.bottom()),
    );
    [beside, below.with_max_y(below.bottom().max(top))]
}

/// Paints the map and follows the pointer.
pub(super) fn paint(
    ui: &Ui,
    area: Rect,
    editor: &mut Editor,
    telemetry: &Telemetry,
    hand: &Hand<'_>,
) {
    let inside = theme::panel(ui, area);
    theme::heading(ui, inside, words::map::HEADING);
    let field = field(area);
    let row = inside.with_max_y((inside.top() + HEADING).min(inside.bottom()));
    corner::heading(ui, row, field, editor, hand);
    let strips = strips(area);
    corner::axes(ui, strips, editor, hand);
    corner::movement(ui, strips[1], &editor.parameters, hand);
    editor.map.follow(&editor.parameters);

    let response = ui.interact(field, ui.scope_id().with("map"), Sense::click_and_drag());
    describe(&response, editor, hand);
    let model = Arc::clone(&editor.model);
    let player = Player {
        ui,
        response: &response,
        sheet: Sheet::new(field, editor.map.zoom),
        hand,
        latents: &model.header.latents,
        auditions: editor.settings.get().audition,
    };
    player.follow(&mut editor.map);
    draw(ui, &response, editor, telemetry, hand);
    course::points(
        ui,
        &Sheet::new(field, editor.map.zoom),
        &mut editor.map,
        hand,
    );
}

/// What assistive tools say of the map.
fn describe(response: &Response, editor: &Editor, hand: &Hand<'_>) {
    let [across, up] = editor.parameters.pad.get();
    let name = match editor.map.shown(&editor.parameters) {
        state::Plane::All => words::map::NAME_ALL.to_owned(),
        state::Plane::Two => words::map::name_two(across + 1, up + 1),
    };
    let share = editor.map.plane.share(&moving::heard(hand));
    response.widget_info(|| WidgetInfo::slider(true, f64::from(share.x), &name));
}

fn draw(ui: &Ui, response: &Response, editor: &mut Editor, telemetry: &Telemetry, hand: &Hand<'_>) {
    let field = response.rect;
    let sheet = Sheet::new(field, editor.map.zoom);
    let painter = ui.painter().with_clip_rect(field);
    painter.rect_filled(field, 3.0, theme::ink().background);
    let pointer = response.hover_pos();
    let pointer = pointer.filter(|_| editor.map.drag.is_none());
    let under = pointer.and_then(|at| cloud::nearest(&editor.map.shares, &sheet, at));
    let (view, settings) = (&mut editor.map, editor.settings.get());
    let look = Look {
        sheet,
        colours: settings.colours,
        theme: theme::ink().theme,
        label: under.map(|place| view.cloud.sounds[place].label),
    };
    let sounds = (&view.cloud, &*view.shares);
    view.ground.paint(ui, &painter, sounds, look);
    if view.shown(&editor.parameters) == state::Plane::Two {
        name_axes(&painter, field, &editor.parameters, &editor.model);
    }
    movers(ui, &painter, (&sheet, view), telemetry, hand);
    if let (Some(place), Some(pointer)) = (under, pointer) {
        let sound = &view.cloud.sounds[place];
        let spot = sheet.spot(view.shares[place]);
        painter.circle_stroke(spot, 6.0, Stroke::new(1.5, theme::ink().text));
        let hue = view.cloud.colour(sound.label);
        let name = view.cloud.name(sound);
        names::plate(&painter, field, pointer, (&name, hue));
    }
    if response.has_focus() {
        theme::focus(ui.painter(), field);
    }
}

/// What moves: the recorded movement, the sound, the voices. Asks for the next picture as long as
/// anything of it does.
fn movers(
    ui: &Ui,
    painter: &Painter,
    (sheet, view): (&Sheet, &mut View),
    telemetry: &Telemetry,
    hand: &Hand<'_>,
) {
    let now_s = ui.input(|input| input.time);
    let is_recording = hand.heard(&hand.parameters().movement.record);
    view.line.look(hand, &view.plane);
    let playing_s = telemetry.movement_s();
    let playing_s = playing_s.filter(|_| view.line.is_there() && !is_recording);
    if !is_recording {
        view.line.paint(painter, sheet, playing_s);
    }
    let heard = view.plane.share(&moving::heard(hand));
    view.ink.follow(is_recording, heard);
    view.ink.paint(painter, sheet);
    let set = sheet.spot_within(view.plane.share(&moving::set(hand)));
    let standing = standing(telemetry, &view.plane).unwrap_or(heard);
    mark(painter, set, sheet.spot_within(standing));
    view.voices.look(telemetry, &view.plane, now_s);
    view.voices.paint(painter, sheet, set, now_s);
    let plays = view.playing.moves(playing_s, now_s);
    if plays || view.voices.are_seen() {
        ui.ctx().request_repaint_after(super::PICTURE);
    }
}

/// Whether the movement goes on, and the next picture is another one.
#[derive(Default)]
struct Playing {
    at_s: Option<f32>,
    /// When it moved last.
    moved_s: Option<f64>,
}

impl Playing {
    /// Where it is now; true while it has moved lately.
    fn moves(&mut self, at_s: Option<f32>, now_s: f64) -> bool {
        if std::mem::replace(&mut self.at_s, at_s) != at_s {
            self.moved_s = Some(now_s);
        }
        let since = self.moved_s.map(|moved_s| now_s - moved_s);
        since.is_some_and(|since| (0.0..LATELY_S).contains(&since))
    }
}

/// Where the engine has the knobs while it sounds: after controllers and the host's modulation.
fn standing(telemetry: &Telemetry, plane: &Plane) -> Option<Vec2> {
    let latents = std::array::from_fn(|index| telemetry.latent(index));
    (telemetry.voices() > 0).then(|| plane.share(&latents))
}

/// Where the sound is set, and where it is held.
fn mark(painter: &Painter, set: Pos2, standing: Pos2) {
    let (ring, shade) = (theme::ink().accent_bright, theme::ink().background);
    if set.distance(standing) > SAME {
        let line = theme::thin(theme::ink().warm.gamma_multiply(0.8));
        painter.line_segment([set, standing], line);
        painter.circle_filled(standing, 4.5, theme::ink().warm);
    }
    painter.circle_stroke(set, 9.0, Stroke::new(4.0, shade.gamma_multiply(0.6)));
    painter.circle_stroke(set, 9.0, Stroke::new(2.0, ring));
    painter.circle_filled(set, 1.5, ring);
}

/// The names that the model gives the two latents.
fn name_axes(painter: &Painter, field: Rect, parameters: &Parameters, model: &Description) {
    let look = (11.0, theme::ink().dim);
    let [across, up] = parameters
        .pad
        .get()
        .map(|axis| model.header.latents.get(axis));
    if let Some(latent) = across {
        let corner = field.right_bottom() - vec2(6.0, 4.0);
        let words = format!("{} →", latent.name);
        theme::words(painter, corner, Align2::RIGHT_BOTTOM, words, look);
    }
    if let Some(latent) = up {
        let corner = field.left_top() + vec2(6.0, 4.0);
        let words = format!("↑ {}", latent.name);
        theme::words(painter, corner, Align2::LEFT_TOP, words, look);
    }
}

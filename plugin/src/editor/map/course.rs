//! The recorded movement on the map: its course, where it plays, and points to bend it by.
//!
//! ```text
//!  movement, plane ─► 240 moments ─► line, from dim to bright ── ○ where it plays
//!                          └─ the corners among them, ≤ 24 ─► ◇ to be dragged
//!  drag ─► where the moment goes ─► bend ─► movement, heard at once; let go: one step of the history
//! ```
//!
//! The corners are those samples that tell the course best: the one farthest from the line between
//! those before, again and again.
//!
//! *Source:* D. H. Douglas and T. K. Peucker, "Algorithms for the reduction of the number of points
//! required to represent a digitized line", 1973; here the farthest point of all comes first.

use super::plane::{Latents, Plane};
use super::view::Sheet;
use super::{View, ground, moving};
use crate::editor::hand::Hand;
use crate::editor::{gesture, theme, words};
use crate::history::Scope;
use crate::movement::{Span, bent, straightened};
use crate::parameters::Parameters;
use betwixt_engine::{LATENTS, Trajectory};
use betwixt_spectral::number::real;
use std::sync::Arc;

use egui::{
    Color32, Key, Mesh, Painter, PointerButton, Pos2, Rect, Response, Role, Sense, Shape, Stroke,
    Ui, Vec2, WidgetInfo,
};

/// Moments of the course.
const MOMENTS: usize = 240;
/// Points to bend it by, at most.
const MOST_POINTS: usize = 24;
/// The course is told when no moment is farther from it, as a share of the map.
const TOLD: f32 = 0.012;
/// Half the width of the line with its soft edge, in points; of the shade under it.
const LINE: f32 = 2.3;
const SHADE: f32 = 4.2;
/// How strong the course is where it plays, and where it does not.
const STRENGTH: [f32; 2] = [1.0, 0.7];
/// How strong its beginning is as a share of its end.
const BEGINNING: f32 = 0.4;
/// A movement that is followed by less than this has no points.
const LEAST_DEPTH: f32 = 0.05;
/// Half the size of what a point is taken by.
const HANDLE: f32 = 7.0;
/// What a change is called.
const STEP: &str = words::steps::MOVEMENT;

/// What the map remembers of the movement.
#[derive(Default)]
pub(super) struct Line {
    /// The movement that is shown.
    seen: Option<Arc<Trajectory>>,
    /// Where latents stand that do not move, and how far the others follow, at the last look.
    knobs: Latents,
    depth: f32,
    /// Its moments, as shares of the map.
    shares: Vec<Vec2>,
    /// The moments to bend it by, in seconds.
    points: Vec<f32>,
    grab: Option<Grab>,
}

/// A point in the player's hand.
struct Grab {
    /// Which one it is.
    point: usize,
    /// The movement before.
    before: Arc<Trajectory>,
    span: Span,
    /// The latents at the moment.
    start: Latents,
}

/// What the player does with a point.
enum Act {
    Bend(Vec2),
    LetGo,
    /// By so much, as a step of its own.
    Nudge(Vec2),
    Straighten,
}

impl Line {
    /// The plane is another one.
    pub(super) fn forget(&mut self) {
        self.seen = None;
    }

    /// Looks at the movement; one that is bent here keeps its points.
    pub(super) fn look(&mut self, hand: &Hand<'_>, plane: &Plane) {
        let movement = hand.parameters().movement_file.movement();
        let knobs = moving::heard(hand);
        let depth = hand.heard(&hand.parameters().movement.depth);
        let is_same = self
            .seen
            .as_ref()
            .is_some_and(|seen| Arc::ptr_eq(seen, &movement));
        if is_same && knobs == self.knobs && depth == self.depth {
            return;
        }
        (self.knobs, self.depth) = (knobs, depth);
        if !is_same {
            // Another movement has come: what was held is not there any more.
            self.grab = None;
        }
        self.shares = course(&movement, plane, &knobs, depth);
        if !is_same {
            let corners = corners(&course(&movement, plane, &knobs, 1.0));
            self.points = corners.into_iter().map(|at| at_s(&movement, at)).collect();
        }
        self.seen = Some(movement);
    }

    /// Whether there is something to be seen.
    pub(super) fn is_there(&self) -> bool {
        !self.shares.is_empty()
    }

    /// Paints the course, and the playhead where it plays.
    pub(super) fn paint(&self, painter: &Painter, sheet: &Sheet, playing_s: Option<f32>) {
        if !self.is_there() {
            return;
        }
        let strength = STRENGTH[usize::from(playing_s.is_none())];
        let shade = theme::ink().background.gamma_multiply(0.5);
        let mut mesh = Mesh::default();
        self.ribbon(&mut mesh, sheet, SHADE, |_| shade);
        let colour = theme::ink().accent_bright;
        self.ribbon(&mut mesh, sheet, LINE, |share| {
            colour.gamma_multiply(strength * (BEGINNING + (1.0 - BEGINNING) * share))
        });
        painter.add(Shape::mesh(mesh));
        if let (Some(playing_s), Some(movement)) = (playing_s, &self.seen) {
            let share = self.share_at(playing_s / movement.length_s());
            let spot = sheet.spot_within(share);
            painter.circle_filled(spot, 6.0, theme::ink().background);
            painter.circle_filled(spot, 4.5, colour);
        }
    }

    fn ribbon(&self, mesh: &mut Mesh, sheet: &Sheet, half: f32, colour: impl Fn(f32) -> Color32) {
        for (at, pair) in self.shares.windows(2).enumerate() {
            let ends = [sheet.spot(pair[0]), sheet.spot(pair[1])];
            let way = ends[1] - ends[0];
            if way.length_sq() > 1e-4 {
                let side = way.normalized().rot90() * half;
                ground::ribbon(mesh, ends, side, colour(real(at) / real(MOMENTS)));
            }
        }
    }

    /// Where the movement is at a share of its length.
    fn share_at(&self, share: f32) -> Vec2 {
        let at = share.clamp(0.0, 1.0) * real(MOMENTS - 1);
        let before = crate::editor::layout::whole(at).min(MOMENTS - 2);
        let (from, to) = (self.shares[before], self.shares[before + 1]);
        from + (to - from) * (at - real(before))
    }

    /// The span of a point: up to its neighbours.
    fn span(&self, point: usize) -> Span {
        let at_s = self.points[point];
        Span {
            from_s: point
                .checked_sub(1)
                .map_or(at_s, |before| self.points[before]),
            at_s,
            to_s: self.points.get(point + 1).copied().unwrap_or(at_s),
        }
    }

    /// Another movement takes the place of the one that is shown, with the same points.
    fn put(&mut self, movement: Arc<Trajectory>, parameters: &Parameters) {
        parameters.movement_file.bend(Arc::clone(&movement));
        self.seen = Some(movement);
        // Its moments are looked at anew.
        self.knobs = [f32::NAN; LATENTS];
    }

    /// A point goes to a place on the map.
    fn bend(&mut self, point: usize, share: Vec2, plane: &Plane, hand: &Hand<'_>) {
        let (Some(movement), span) = (self.seen.clone(), self.span(point)) else {
            return;
        };
        let heard = (&moving::heard(hand), self.depth);
        let grab = self.grab.get_or_insert_with(|| Grab {
            point,
            start: latents(&movement, heard, span.at_s),
            before: movement,
            span,
        });
        let goal = plane.go(&grab.start, share);
        let away = std::array::from_fn(|index| (goal[index] - grab.start[index]) / self.depth);
        let after = bent(&grab.before, &grab.span, &away, &grab.start);
        if let Some(after) = after {
            self.put(Arc::new(after), hand.parameters());
        }
    }

    /// One step of the history.
    fn keep(&mut self, before: Arc<Trajectory>, after: Arc<Trajectory>, hand: &Hand<'_>) {
        let parameters = hand.parameters();
        // What was heard while it was bent is no step of its own.
        self.put(before, parameters);
        parameters
            .history
            .change(STEP, Scope::Movement, parameters, || {
                self.put(after, parameters);
            });
        parameters.mark_changed(hand);
    }

    fn act(&mut self, point: usize, act: Act, plane: &Plane, hand: &Hand<'_>) {
        let (Some(movement), span) = (self.seen.clone(), self.span(point)) else {
            return;
        };
        match act {
            Act::Bend(share) => self.bend(point, share, plane, hand),
            Act::LetGo => {
                if let Some(grab) = self.grab.take() {
                    self.keep(grab.before, movement, hand);
                }
            }
            Act::Nudge(way) => {
                let share = self.share_at(span.at_s / movement.length_s()) + way;
                self.bend(
                    point,
                    share.clamp(Vec2::ZERO, Vec2::splat(1.0)),
                    plane,
                    hand,
                );
                self.act(point, Act::LetGo, plane, hand);
            }
            Act::Straighten => {
                let is_inner = span.from_s < span.at_s && span.at_s < span.to_s;
                if is_inner && let Some(after) = straightened(&movement, &span) {
                    self.points.remove(point);
                    self.keep(movement, Arc::new(after), hand);
                }
            }
        }
    }
}

/// The moments of a movement as shares of the map; none where nothing moves.
fn course(movement: &Trajectory, plane: &Plane, knobs: &Latents, depth: f32) -> Vec<Vec2> {
    if movement.tracks().iter().all(Vec::is_empty) {
        return Vec::new();
    }
    let share = |moment| plane.share(&latents(movement, (knobs, depth), at_s(movement, moment)));
    (0..MOMENTS).map(share).collect()
}

/// Paints the points to bend the movement by, and follows the pointer on them.
pub(super) fn points(ui: &Ui, sheet: &Sheet, view: &mut View, hand: &Hand<'_>) {
    // What is being recorded is another movement.
    let is_recording = hand.heard(&hand.parameters().movement.record);
    // What is not followed lies on the sound itself, and would be taken instead of it.
    if is_recording || !view.line.is_there() || view.line.depth < LEAST_DEPTH {
        return;
    }
    let Some(movement) = view.line.seen.clone() else {
        return;
    };
    let count = view.line.points.len();
    let held = view.line.grab.as_ref().map(|grab| grab.point);
    let mut done = None;
    for (point, place_s) in view.line.points.iter().enumerate() {
        let spot = sheet.spot(view.line.share_at(place_s / movement.length_s()));
        let is_held = held == Some(point);
        if !sheet.field.contains(spot) && !is_held {
            continue;
        }
        // One that is held beyond the edge is still asked about: it has to be let go.
        let spot = spot.clamp(sheet.field.min, sheet.field.max.max(sheet.field.min));
        let area = Rect::from_center_size(spot, Vec2::splat(2.0 * HANDLE)).intersect(sheet.field);
        let id = ui.scope_id().with(("movement-point", point));
        let response = ui.interact(area, id, Sense::click_and_drag());
        let name = words::map::point(point + 1, count);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
        paint_point(ui, spot, &response);
        if let Some(act) = wish(ui, &response, sheet) {
            done = Some((point, act));
        }
        response.on_hover_text(words::map::POINT_HINT);
    }
    // It may have been let go while another page was shown.
    let is_up = !ui.input(|input| input.pointer.any_down());
    let left = held.filter(|_| is_up).map(|point| (point, Act::LetGo));
    if let Some((point, act)) = done.or(left) {
        view.line.act(point, act, &view.plane, hand);
    }
}

fn paint_point(ui: &Ui, spot: Pos2, response: &Response) {
    let painter = ui.painter();
    let is_held = response.hovered() || response.dragged() || response.has_focus();
    let (radius, fill) = if is_held {
        (5.0, theme::ink().accent_bright)
    } else {
        (2.8, theme::ink().background)
    };
    painter.circle_filled(spot, radius, fill);
    let line = Stroke::new(1.4, theme::ink().accent_bright);
    painter.circle_stroke(spot, radius, line);
    if response.has_focus() {
        theme::focus(painter, response.rect);
    }
}

/// What the player wants of a point.
fn wish(ui: &Ui, response: &Response, sheet: &Sheet) -> Option<Act> {
    let alt = ui.input(|input| input.modifiers.alt);
    let pressed = |key| response.has_focus() && ui.input(|input| input.key_pressed(key));
    let is_gone = pressed(Key::Delete) || pressed(Key::Backspace);
    if response.secondary_clicked() || response.clicked() && alt || is_gone {
        return Some(Act::Straighten);
    }
    if response.has_focus() {
        let way = gesture::arrows(ui, response);
        if way != Vec2::ZERO {
            return Some(Act::Nudge(way * moving::ARROW * gesture::speed(ui)));
        }
    }
    if response.drag_stopped() {
        return Some(Act::LetGo);
    }
    let pointer = response.interact_pointer_pos()?;
    let share = sheet.share(pointer).clamp(Vec2::ZERO, Vec2::splat(1.0));
    response
        .dragged_by(PointerButton::Primary)
        .then_some(Act::Bend(share))
}

/// The seconds of a moment.
fn at_s(movement: &Trajectory, moment: usize) -> f32 {
    movement.length_s() * (real(moment) / real(MOMENTS - 1))
}

/// The latents at a moment, followed as far as is asked; those without a track stand where their
/// knobs do.
fn latents(movement: &Trajectory, (knobs, depth): (&Latents, f32), at_s: f32) -> Latents {
    std::array::from_fn(|index| {
        let value = movement.value(index, at_s);
        knobs[index] + value.map_or(0.0, |value| depth * (value - knobs[index]))
    })
}

/// The places of a course that tell it best, in their order: its ends, and the corners between.
fn corners(places: &[Vec2]) -> Vec<usize> {
    if places.is_empty() {
        return Vec::new();
    }
    let mut corners = vec![0, places.len() - 1];
    while corners.len() < MOST_POINTS {
        let farthest = corners
            .windows(2)
            .flat_map(|pair| {
                let ends = [places[pair[0]], places[pair[1]]];
                (pair[0] + 1..pair[1]).map(move |at| (away(places[at], ends), at))
            })
            .max_by(|a, b| a.0.total_cmp(&b.0));
        let Some((_, at)) = farthest.filter(|(far, _)| *far > TOLD) else {
            break;
        };
        corners.insert(corners.partition_point(|corner| *corner < at), at);
    }
    corners
}

/// How far a place is from the line between two others.
fn away(place: Vec2, [from, to]: [Vec2; 2]) -> f32 {
    let way = to - from;
    let share = (place - from).dot(way) / way.length_sq().max(f32::MIN_POSITIVE);
    (place - from - way * share.clamp(0.0, 1.0)).length()
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::vec2;

    /// A straight course is told by its ends; a corner is found where it is; a circle by so many
    /// points that none is farther from it than its arrow says.
    #[test]
    fn corners_tell_a_course() {
        let straight: Vec<Vec2> = (0..MOMENTS)
            .map(|at| Vec2::splat(real(at) / 300.0))
            .collect();
        assert_eq!(corners(&straight), [0, MOMENTS - 1]);
        let mut bent = straight.clone();
        for (at, place) in bent.iter_mut().enumerate().skip(101) {
            place.y = real(100) / 300.0 - (real(at) - 100.0) / 300.0;
        }
        assert_eq!(corners(&bent), [0, 100, MOMENTS - 1]);
        let angle = |at: usize| std::f32::consts::TAU * real(at) / real(MOMENTS - 1);
        let round: Vec<Vec2> = (0..MOMENTS)
            .map(|at| 0.4 * vec2(angle(at).cos(), angle(at).sin()))
            .collect();
        let told = corners(&round);
        assert!((8..=MOST_POINTS).contains(&told.len()), "{told:?}");
    }
}

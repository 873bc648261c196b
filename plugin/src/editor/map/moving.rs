//! The player on the map: drags, clicks, the wheel and keys.
//!
//! | the player             | the sound, or the map                                            |
//! |------------------------|------------------------------------------------------------------|
//! | drags                  | goes to where the pointer is, with shift a tenth of the way      |
//! | clicks on a sound      | goes to it, with all its latents; it is heard for a moment       |
//! | clicks elsewhere       | goes there                                                       |
//! | double-clicks          | goes to the model's first sound; so does a click with command    |
//! | turns the wheel        | the map comes closer around the pointer                          |
//! | drags, another button  | the map moves under the pointer                                  |
//! | arrows, + − 0          | 1 % of the map, with shift 0.1 %; closer, farther, all of it     |
//!
//! A drag begins where the sound is, so what is orthogonal to the plane comes back when the pointer
//! does. Every move is a whole gesture of each latent that moves, and one step of the history.

use super::plane::{Latents, Plane};
use super::view::{self, Sheet, Zoom};
use super::{View, cloud};
use crate::editor::gesture;
use crate::editor::hand::Hand;
use crate::editor::words;
use betwixt_engine::LATENTS;
use nice_plug::prelude::Param;

use egui::{Event, EventFilter, Key, PointerButton, Response, Ui, Vec2, vec2};

/// What a move of the latents is called.
const STEP: &str = words::steps::MAP;
/// What one press of an arrow moves, as a share of the map.
const ARROW: f32 = 0.01;

/// A drag under way.
pub(super) struct Drag {
    /// Where the sound was.
    start: Latents,
    /// Where the drag has come to.
    share: Vec2,
}

/// What the player's moves need.
pub(super) struct Player<'a> {
    pub(super) ui: &'a Ui,
    pub(super) response: &'a Response,
    pub(super) sheet: Sheet,
    pub(super) hand: &'a Hand<'a>,
    /// How many latents the model has.
    pub(super) count: usize,
    /// Whether sounds are heard when they are clicked on.
    pub(super) auditions: bool,
}

/// Where the latents are set, or held by a controller.
pub(super) fn heard(hand: &Hand<'_>) -> Latents {
    std::array::from_fn(|index| hand.position(hand.parameters().latent(index)))
}

/// Where the latents are set.
pub(super) fn set(hand: &Hand<'_>) -> Latents {
    let latent = |index| hand.parameters().latent(index);
    std::array::from_fn(|index| latent(index).unmodulated_normalized_value())
}

impl Player<'_> {
    /// Follows pointer and keys.
    pub(super) fn follow(&self, view: &mut View) {
        self.click(view);
        self.drag(view);
        self.look(view);
        if self.response.has_focus() {
            self.keys(view);
        }
    }

    /// A click goes to the sound under it, or else to its own place; a double-click to the first
    /// sound.
    fn click(&self, view: &mut View) {
        let Some(pointer) = self.response.interact_pointer_pos() else {
            return;
        };
        if gesture::wants_default(self.ui, self.response) {
            let latent = |index| self.hand.parameters().latent(index);
            let first = |index| Param::default_normalized_value(latent(index));
            self.once(|_| true, &std::array::from_fn(first));
        } else if !self.response.clicked() {
        } else if let Some(place) = cloud::nearest(&view.shares, &self.sheet, pointer) {
            let sound = &view.cloud.sounds[place];
            self.once(|_| true, &sound.latents);
            if self.auditions {
                let now_s = self.ui.input(|input| input.time);
                view.audition.strike(sound.note, now_s);
            }
        } else {
            self.go(&view.plane, self.sheet.share(pointer));
        }
    }

    /// The sound goes to a place at once.
    fn go(&self, plane: &Plane, share: Vec2) {
        let share = share.clamp(Vec2::ZERO, Vec2::splat(1.0));
        let latents = plane.go(&heard(self.hand), share);
        self.once(|index| plane.moves(index), &latents);
    }

    /// Some latents go to their places, as one step.
    fn once(&self, moves: impl Fn(usize) -> bool, latents: &Latents) {
        self.hand.as_one(STEP, || {
            for index in (0..self.count.min(LATENTS)).filter(|index| moves(*index)) {
                let latent = self.hand.parameters().latent(index);
                gesture::once(self.hand, latent, latents[index]);
            }
        });
    }

    fn drag(&self, view: &mut View) {
        let (response, hand) = (self.response, self.hand);
        let moved = |plane: &Plane| {
            let moves = (0..self.count.min(LATENTS)).map(|index| (index, plane.moves(index)));
            moves
                .filter(|(_, moves)| *moves)
                .map(|(index, _)| index)
                .collect::<Vec<_>>()
        };
        if response.drag_started_by(PointerButton::Primary) {
            // Held until all are let go.
            hand.parameters().history.begin_many(STEP);
            for index in moved(&view.plane) {
                hand.begin(hand.parameters().latent(index));
            }
            let start = heard(hand);
            let share = view.plane.share(&start);
            view.drag = Some(Drag { start, share });
        }
        if response.dragged_by(PointerButton::Primary)
            && let Some(pointer) = response.interact_pointer_pos()
            && let Some(drag) = &mut view.drag
        {
            let speed = gesture::speed(self.ui);
            let share = if speed < 1.0 {
                drag.share + self.sheet.stretch(response.drag_delta()) * speed
            } else {
                self.sheet.share(pointer)
            };
            drag.share = share.clamp(Vec2::ZERO, Vec2::splat(1.0));
            let latents = view.plane.go(&drag.start, drag.share);
            for index in moved(&view.plane) {
                gesture::set(hand.parameters().latent(index), hand, latents[index]);
            }
        }
        if response.drag_stopped() && view.drag.take().is_some() {
            for index in moved(&view.plane) {
                hand.end(hand.parameters().latent(index), None);
            }
            hand.parameters().history.end(None);
        }
    }

    /// The map comes closer, or moves.
    fn look(&self, view: &mut View) {
        let (field, response) = (self.sheet.field, self.response);
        let others = [PointerButton::Secondary, PointerButton::Middle];
        let is_taken = others.iter().any(|button| response.dragged_by(*button));
        match response.total_drag_delta().filter(|_| is_taken) {
            // From where it was taken: what is under the pointer stays there.
            Some(way) => view.zoom = view.taken.get_or_insert(view.zoom).moved(field, way),
            None => view.taken = None,
        }
        let Some(pointer) = response.hover_pos() else {
            return;
        };
        let notches = gesture::notches(self.ui);
        if notches != 0.0 {
            view.zoom = view.zoom.about(field, pointer, view::NOTCH.powf(notches));
        }
        for event in self.ui.input(|input| input.events.clone()) {
            if let Event::Zoom(by) = event {
                view.zoom = view.zoom.about(field, pointer, by);
            }
        }
    }

    fn keys(&self, view: &mut View) {
        let filter = EventFilter {
            horizontal_arrows: true,
            vertical_arrows: true,
            ..EventFilter::default()
        };
        let id = self.response.id;
        self.ui
            .memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
        let pressed = |key| self.ui.input(|input| input.key_pressed(key));
        let middle = self.sheet.field.center();
        let zoomed = |zoom: Zoom, by| zoom.about(self.sheet.field, middle, by);
        if pressed(Key::Plus) || pressed(Key::Equals) {
            view.zoom = zoomed(view.zoom, view::NOTCH);
        }
        if pressed(Key::Minus) {
            view.zoom = zoomed(view.zoom, 1.0 / view::NOTCH);
        }
        if pressed(Key::Num0) {
            view.zoom = Zoom::default();
        }
        let arrows = [
            (Key::ArrowLeft, vec2(-1.0, 0.0)),
            (Key::ArrowRight, vec2(1.0, 0.0)),
            (Key::ArrowDown, vec2(0.0, -1.0)),
            (Key::ArrowUp, vec2(0.0, 1.0)),
        ];
        let steps = arrows.iter().filter(|(key, _)| pressed(*key));
        let way = steps.fold(Vec2::ZERO, |sum, (_, step)| sum + *step);
        if way != Vec2::ZERO {
            let step = way * ARROW * gesture::speed(self.ui);
            self.go(&view.plane, view.plane.share(&heard(self.hand)) + step);
        }
    }
}

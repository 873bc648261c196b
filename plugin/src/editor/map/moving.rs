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
//! | presses arrows         | 1 % of the map, with shift 0.1 %                                 |
//! | presses + − 0          | closer, farther, all of it                                       |
//!
//! A drag begins where the sound is, so what is orthogonal to the plane comes back when the pointer
//! does. Every move is a whole gesture of each latent that moves, and one step of the history.

use super::plane::{Latents, Plane};
use super::view::{self, Sheet, Zoom};
use super::{View, cloud};
use crate::editor::gesture;
use crate::editor::hand::Hand;
use crate::editor::words;
use crate::parameters::{Kind, Parameters};
use betwixt_engine::LATENTS;
use betwixt_model::header::Latent;
use nice_plug::prelude::Param;

use egui::{Event, Key, PointerButton, Response, Ui, Vec2};

/// What a move of the latents is called.
const STEP: &str = words::steps::MAP;
/// What one press of an arrow moves, as a share of the map.
pub(super) const ARROW: f32 = 0.01;

/// A drag under way.
pub(super) struct Drag {
    /// Where the sound was.
    start: Latents,
    /// The latents that it moves: the host is told the end of each.
    moves: Vec<usize>,
    /// Where the drag has come to.
    share: Vec2,
    /// How far that is from the pointer: nothing, until it has moved finely.
    beside: Vec2,
}

/// What the player's moves need.
pub(super) struct Player<'a> {
    pub(super) ui: &'a Ui,
    pub(super) response: &'a Response,
    pub(super) sheet: Sheet,
    pub(super) hand: &'a Hand<'a>,
    /// The model's latents.
    pub(super) latents: &'a [Latent],
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
            let first = |index: usize| self.latents.get(index).map_or(0.5, |own| own.default);
            self.once(|_| true, &std::array::from_fn(first));
        } else if !self.response.clicked() {
        } else if let Some(place) = cloud::nearest(&view.shares, &self.sheet, pointer) {
            let sound = &view.cloud.sounds[place];
            self.once(|_| true, &sound.latents);
            if self.auditions {
                let now_s = self.ui.input(|input| input.time);
                view.audition.strike(sound.note, now_s);
                self.ui.ctx().request_repaint();
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
            for index in self.places().filter(|index| moves(*index)) {
                let latent = self.hand.parameters().latent(index);
                gesture::once(self.hand, latent, latents[index]);
            }
        });
    }

    /// The places of the model's latents.
    fn places(&self) -> impl Iterator<Item = usize> {
        0..self.latents.len().min(LATENTS)
    }

    fn drag(&self, view: &mut View) {
        let (response, hand) = (self.response, self.hand);
        if response.drag_started_by(PointerButton::Primary) {
            let moves = self.places().filter(|index| view.plane.moves(*index));
            let start = heard(hand);
            let drag = Drag {
                start,
                moves: moves.collect(),
                share: view.plane.share(&start),
                beside: Vec2::ZERO,
            };
            // Held until all are let go.
            hand.parameters().history.begin_many(STEP);
            for index in &drag.moves {
                hand.begin(hand.parameters().latent(*index));
            }
            view.drag = Some(drag);
        }
        if response.dragged_by(PointerButton::Primary)
            && let Some(pointer) = response.interact_pointer_pos()
            && let Some(drag) = &mut view.drag
        {
            let (speed, pointed) = (gesture::speed(self.ui), self.sheet.share(pointer));
            let share = if speed < 1.0 {
                drag.share + self.sheet.stretch(response.drag_delta()) * speed
            } else {
                pointed + drag.beside
            };
            drag.share = share.clamp(Vec2::ZERO, Vec2::splat(1.0));
            if speed < 1.0 {
                drag.beside = drag.share - pointed;
            }
            let latents = view.plane.go(&drag.start, drag.share);
            for index in &drag.moves {
                gesture::set(hand.parameters().latent(*index), hand, latents[*index]);
            }
        }
        if response.drag_stopped()
            && let Some(drag) = view.drag.take()
        {
            for index in drag.moves {
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
        let middle = self.sheet.field.center();
        let zoomed = |zoom: Zoom, by| zoom.about(self.sheet.field, middle, by);
        // The signs lie on other keys everywhere: they are read as they are written.
        let written = |signs: &[&str]| {
            let is_sign = |event: &Event| matches!(event, Event::Text(text) if signs.contains(&text.as_str()));
            self.ui.input(|input| input.events.iter().any(is_sign))
        };
        if written(&["+", "="]) {
            view.zoom = zoomed(view.zoom, view::NOTCH);
        }
        if written(&["-", "−"]) {
            view.zoom = zoomed(view.zoom, 1.0 / view::NOTCH);
        }
        if self.ui.input(|input| input.key_pressed(Key::Num0)) {
            view.zoom = Zoom::default();
        }
        let way = gesture::arrows(self.ui, self.response);
        if way != Vec2::ZERO {
            let step = way * ARROW * gesture::speed(self.ui);
            self.go(&view.plane, view.plane.share(&heard(self.hand)) + step);
        }
    }
}

/// Whether the host has been told of latents and has not handed them on yet.
pub(super) fn are_on_their_way(parameters: &Parameters) -> bool {
    (0..LATENTS).any(|index| {
        let latent = parameters.latent(index);
        let place = parameters.place_of(latent);
        let told = place.and_then(|place| parameters.told.on_its_way(place, Kind::Real(latent)));
        told.is_some()
    })
}

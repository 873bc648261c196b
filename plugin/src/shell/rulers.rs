//! Who rules each parameter, itself or a controller: whoever moved last.
//!
//! ```text
//!  where each is set, now ─┬─ as in the last call ─► whoever ruled rules
//!                          └─ moved ───────────────► the controller lets go
//! ```
//!
//! What is read of the parameters is kept: while nothing moves it is not read again, so that an idle
//! instrument costs next to nothing.
//!
//! *Real time:* the table of parameters is walked where one of them has moved; nothing allocates.

use crate::controllers::Router;
use crate::events::EventList;
use crate::parameters::{Parameters, ROOM};
use crate::snapshot::{self, Heard};

/// Who rules each parameter, itself or a controller: whoever moved last.
pub(super) struct Rulers {
    /// Where the parameters were set in the last call.
    pub(super) set: [f32; ROOM],
    /// Where they were heard: with what the host modulates, and where controllers held them.
    modulated: [f32; ROOM],
    held: [f32; ROOM],
    /// What that meant.
    heard: Option<Heard>,
    /// How often any of them had moved then.
    moves: u32,
    /// Whether there was one.
    has_seen: bool,
    /// Whether the engine knows where the wheel stands.
    is_told: bool,
}

impl Rulers {
    /// No call yet.
    pub(super) fn new() -> Self {
        Self {
            set: [0.0; ROOM],
            modulated: [0.0; ROOM],
            held: [0.0; ROOM],
            heard: None,
            moves: 0,
            has_seen: false,
            is_told: false,
        }
    }

    /// The engine is another one, or begins anew.
    pub(super) fn forget(&mut self) {
        self.is_told = false;
    }

    /// Lets a parameter that has moved take itself back; where a project has just been loaded
    /// nothing has moved. An engine that does not know the wheel is told. Gives what the player has
    /// set.
    pub(super) fn agree(
        &mut self,
        parameters: &Parameters,
        router: &mut Router,
        events: &mut EventList,
    ) -> Heard {
        let controllers = &parameters.controllers;
        let is_loaded = controllers.take_loaded();
        let is_first = is_loaded || !std::mem::replace(&mut self.has_seen, true);
        let moves = parameters.moves.count();
        let has_moved = std::mem::replace(&mut self.moves, moves) != moves;
        let is_other = (is_first || has_moved) && self.look(parameters, router, is_first);
        if is_first {
            router.forget();
        }
        if is_loaded || !std::mem::replace(&mut self.is_told, true) {
            events.add_wheel(controllers.wheel());
        }
        let heard = self.heard.filter(|_| !is_other);
        *self
            .heard
            .insert(heard.unwrap_or_else(|| snapshot::heard(parameters)))
    }
}

impl Rulers {
    /// Looks at every parameter; tells whether any is heard elsewhere than before.
    fn look(&mut self, parameters: &Parameters, router: &mut Router, is_first: bool) -> bool {
        let controllers = &parameters.controllers;
        let (mut place, mut is_moved) = (0, is_first);
        parameters.each(&mut |entry| {
            let [position, modulated] = entry.knob.places();
            let is_set = moves(&mut self.set[place], position);
            if !is_first && is_set {
                controllers.release(place);
                router.let_go(place);
            }
            let held = controllers.position(place).unwrap_or(-1.0);
            is_moved |= is_set;
            is_moved |= moves(&mut self.modulated[place], modulated);
            is_moved |= moves(&mut self.held[place], held);
            place += 1;
        });
        is_moved
    }
}

/// Takes a value over; tells whether it is another one.
fn moves(own: &mut f32, value: f32) -> bool {
    std::mem::replace(own, value).to_bits() != value.to_bits()
}

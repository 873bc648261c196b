//! Who rules each parameter, itself or a controller: whoever moved last.
//!
//! ```text
//!  where each is set, now ─┬─ as in the last call ─► whoever ruled rules
//!                          └─ moved ───────────────► the controller lets go
//! ```
//!
//! *Real time:* the table of parameters is walked once per call; nothing allocates.

use crate::controllers::Router;
use crate::events::EventList;
use crate::parameters::{Parameters, ROOM};

/// Who rules each parameter, itself or a controller: whoever moved last.
pub(super) struct Rulers {
    /// Where the parameters were set in the last call.
    pub(super) set: [f32; ROOM],
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
            has_seen: false,
            is_told: false,
        }
    }

    /// The engine is another one, or begins anew.
    pub(super) fn forget(&mut self) {
        self.is_told = false;
    }

    /// Lets a parameter that has moved take itself back; where a project has just been loaded
    /// nothing has moved. An engine that does not know the wheel is told.
    pub(super) fn agree(
        &mut self,
        parameters: &Parameters,
        router: &mut Router,
        events: &mut EventList,
    ) {
        let controllers = &parameters.controllers;
        let is_loaded = controllers.take_loaded();
        let is_first = is_loaded || !std::mem::replace(&mut self.has_seen, true);
        let mut place = 0;
        parameters.each(&mut |entry| {
            let position = entry.knob.position();
            let before = std::mem::replace(&mut self.set[place], position);
            if !is_first && before.to_bits() != position.to_bits() {
                controllers.release(place);
                router.let_go(place);
            }
            place += 1;
        });
        if is_first {
            router.forget();
        }
        if is_loaded || !std::mem::replace(&mut self.is_told, true) {
            events.add_wheel(controllers.wheel());
        }
    }
}

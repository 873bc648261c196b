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
    /// Whether there was one since the reset.
    has_seen: bool,
}

impl Rulers {
    /// No call yet.
    pub(super) fn new() -> Self {
        Self {
            set: [0.0; ROOM],
            has_seen: false,
        }
    }

    /// The next call is the first one.
    pub(super) fn forget(&mut self) {
        self.has_seen = false;
    }

    /// Lets a parameter that has moved take itself back. After a reset, for a new engine and where a
    /// project has just been loaded nothing has moved; then the engine is told the wheel.
    pub(super) fn agree(
        &mut self,
        parameters: &Parameters,
        router: &mut Router,
        events: &mut EventList,
    ) {
        let controllers = &parameters.controllers;
        let is_loaded = controllers.take_loaded();
        let is_fresh = is_loaded || !std::mem::replace(&mut self.has_seen, true);
        let mut place = 0;
        parameters.each(&mut |entry| {
            let position = entry.knob.position();
            let before = std::mem::replace(&mut self.set[place], position);
            if !is_fresh && before.to_bits() != position.to_bits() {
                controllers.release(place);
                router.let_go(place);
            }
            place += 1;
        });
        if is_fresh {
            router.forget();
            events.add_wheel(controllers.wheel());
        }
    }
}

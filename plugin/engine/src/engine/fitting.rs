//! Models come into the engine and leave it while it plays.
//!
//! ```text
//!  Fitting ─► slot ─► voices go over to it, 21 ms each ─► what stood there is given back
//! ```
//!
//! *Real time:* pointers move; nothing is freed here.

use super::Engine;
use crate::controls::MODELS;
use crate::voice::{Fitting, Left};

impl Engine {
    /// Whether a slot can be fitted anew: not while something is still on its way out
    /// ([`Engine::take_left`]). Real-time.
    #[must_use]
    pub fn can_fit(&self) -> bool {
        self.sources.can_fit()
    }

    /// Fits a slot, 0 … 3. Voices that sound go over to what is heard there now, without a click.
    /// The timbre must have been made with this engine's settings. Real-time.
    ///
    /// # Errors
    ///
    /// Gives the fitting back while something is on its way out ([`Engine::can_fit`]).
    pub fn fit(&mut self, slot: usize, fitting: Fitting) -> Result<(), Fitting> {
        let exchanged = self.sources.fit(slot, fitting)?;
        for voice in self.notes.sounding() {
            voice.exchange(exchanged);
        }
        Ok(())
    }

    /// A model that was taken out of its slot and is not heard any more, or what a model brought
    /// that is not needed, to be freed elsewhere. Real-time.
    pub fn take_left(&mut self) -> Option<Left> {
        let leaving = self.sources.leaving();
        let is_heard = leaving.is_some()
            && !self.is_idle
            && self.notes.sounding().any(|voice| voice.has(leaving));
        self.sources.take_left(is_heard)
    }

    /// Fits a slot of an engine that does not play; what stood there is freed.
    pub fn install(&mut self, slot: usize, fitting: Fitting) {
        drop(self.fit(slot.min(MODELS - 1), fitting));
        while self.take_left().is_some() {}
    }
}

//! What controllers hold: the audio thread cannot move a parameter, so it is remembered beside them.
//!
//! ```text
//!  controller ─► take ─► positions [latents + wheel] ─► saved with the project
//!  parameter moves ─► release
//! ```
//!
//! *Real time:* single atomics.

use betwixt_engine::LATENTS;
use nice_plug::params::persist::PersistentField;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};

/// What controllers can hold: the latents, and behind them the modulation wheel.
pub(crate) const HELD: usize = LATENTS + 1;
/// Place of the modulation wheel among what is held.
pub(crate) const WHEEL: usize = LATENTS;

/// Where controllers have taken latents whose parameter has not moved since, and the wheel.
///
/// The audio thread cannot move a parameter; what a controller plays is remembered here instead, so
/// that a project sounds as it was left.
#[derive(Debug)]
pub(crate) struct Controllers {
    /// Bits of a position of 0…1; not a number where the parameter rules.
    positions: [AtomicU32; HELD],
    is_loaded: AtomicBool,
}

impl Controllers {
    /// A controller has moved something.
    pub(crate) fn take(&self, held: usize, position: f32) {
        self.positions[held].store(position.to_bits(), Relaxed);
    }

    /// The parameter has moved: it rules again.
    pub(crate) fn release(&self, latent: usize) {
        self.take(latent, f32::NAN);
    }

    /// Where a controller holds something.
    pub(crate) fn position(&self, held: usize) -> Option<f32> {
        let position = f32::from_bits(self.positions[held].load(Relaxed));
        (!position.is_nan()).then_some(position)
    }

    /// Whether a state has been loaded since the last time that this was asked.
    pub(crate) fn take_loaded(&self) -> bool {
        self.is_loaded.swap(false, Relaxed)
    }

    fn get(&self) -> Vec<Option<f32>> {
        (0..HELD).map(|held| self.position(held)).collect()
    }
}

impl Default for Controllers {
    fn default() -> Self {
        Self {
            positions: std::array::from_fn(|_| AtomicU32::new(f32::NAN.to_bits())),
            is_loaded: AtomicBool::new(false),
        }
    }
}

/// A list may be shorter, as it was before there was a wheel.
impl PersistentField<'_, Vec<Option<f32>>> for Controllers {
    fn set(&self, positions: Vec<Option<f32>>) {
        let positions = positions.into_iter().chain(std::iter::repeat(None));
        for (held, position) in positions.take(HELD).enumerate() {
            let position = position.map_or(f32::NAN, |position| position.clamp(0.0, 1.0));
            self.take(held, position);
        }
        self.is_loaded.store(true, Relaxed);
    }

    fn map<F: Fn(&Vec<Option<f32>>) -> R, R>(&self, read: F) -> R {
        read(&self.get())
    }
}

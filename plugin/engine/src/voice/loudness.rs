//! How loud a voice is, sample for sample: velocity, contour, rounded corners.
//!
//! ```text
//!  Contour (attack, decay, sustain, release) × velocity ─► Smoother ─► gain of each sample
//! ```
//!
//! *Real time:* a few numbers.

use super::envelope::{Contour, Rates};
use super::smoother::Smoother;

/// One voice's loudness.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Loudness {
    contour: Contour,
    smoother: Smoother,
    velocity_gain: f32,
}

impl Loudness {
    /// Silence, at a host's rate.
    pub(super) fn new(sample_rate_hz: f32) -> Self {
        Self {
            contour: Contour::Ended,
            smoother: Smoother::new(0.0, sample_rate_hz),
            velocity_gain: 0.0,
        }
    }

    /// A note begins.
    pub(super) fn start(&mut self, velocity_gain: f32) {
        self.contour = Contour::start();
        self.smoother.jump(0.0);
        self.velocity_gain = velocity_gain;
    }

    /// The key comes up, or the pedal.
    pub(super) fn release(&mut self) {
        self.contour = self.contour.release();
    }

    /// The note ends as fast as it can without a click.
    pub(super) fn cut(&mut self) {
        self.contour = Contour::Ended;
    }

    /// Where it stands now, linear.
    pub(super) fn level(&self) -> f32 {
        self.contour.level() * self.velocity_gain
    }

    /// The gain of the next sample.
    #[inline]
    pub(super) fn next(&mut self, rates: &Rates) -> f32 {
        let level = self.contour.next(rates) * self.velocity_gain;
        self.smoother.next(level)
    }

    /// The gain of every sample from here on, if nothing moves: what [`Self::next`] would give.
    #[inline]
    pub(super) fn still(&self, rates: &Rates) -> Option<f32> {
        let mut contour = self.contour;
        let level = contour.next(rates) * self.velocity_gain;
        (contour == self.contour && self.smoother.rests_at(level)).then_some(level)
    }

    /// Whether nothing will be heard any more.
    #[inline]
    pub(super) fn is_over(&self) -> bool {
        self.contour == Contour::Ended && self.smoother.is_silent()
    }
}

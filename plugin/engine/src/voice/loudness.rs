//! How loud a voice is, sample for sample: velocity, contour, rounded corners.
//!
//! ```text
//!  Contour (attack, decay, sustain, release) × velocity ─► Smoother ─► × sides ─► gain of each
//!  touch, pan, modulation ─► lines from tick to tick ─► Smoother ────────┘
//! ```
//!
//! *Real time:* a few numbers.

use super::envelope::{Contour, Rates};
use super::smoother::Smoother;
use betwixt_spectral::number::real;

/// One voice's loudness.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Loudness {
    contour: Contour,
    smoother: Smoother,
    velocity_gain: f32,
    sides: [Line; 2],
}

/// A gain on its way from one tick to the next, its corners rounded.
#[derive(Clone, Copy, Debug)]
struct Line {
    now: f32,
    /// Per sample.
    step: f32,
    to: f32,
    smoother: Smoother,
    /// Whether it has come to where it goes.
    rests: bool,
}

impl Loudness {
    /// Silence, at a host's rate.
    pub(super) fn new(sample_rate_hz: f32) -> Self {
        Self {
            contour: Contour::Ended,
            smoother: Smoother::new(0.0, sample_rate_hz),
            velocity_gain: 0.0,
            sides: [Line::new(sample_rate_hz); 2],
        }
    }

    /// A note begins.
    pub(super) fn start(&mut self, velocity_gain: f32, sides: [f32; 2]) {
        self.contour = Contour::start();
        self.smoother.jump(0.0);
        self.velocity_gain = velocity_gain;
        for (line, side) in self.sides.iter_mut().zip(sides) {
            line.jump(side);
        }
    }

    /// The gains of left and right go here in so many samples.
    pub(super) fn lean(&mut self, sides: [f32; 2], samples: usize) {
        for (line, side) in self.sides.iter_mut().zip(sides) {
            line.head_for(side, samples);
        }
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
        let [left, right] = self.sides.map(|line| line.now);
        self.contour.level() * self.velocity_gain * left.max(right)
    }

    /// The gains of the next sample, left and right.
    #[inline]
    fn next(&mut self, rates: &Rates) -> [f32; 2] {
        let level = self.contour.next(rates) * self.velocity_gain;
        let level = self.smoother.next(level);
        self.sides.each_mut().map(|line| level * line.next())
    }

    /// The gains of every sample from here on, if nothing moves: what [`Self::next`] would give.
    #[inline]
    fn still(&self, rates: &Rates) -> Option<[f32; 2]> {
        let mut contour = self.contour;
        let level = contour.next(rates) * self.velocity_gain;
        let rests = contour == self.contour
            && self.smoother.rests_at(level)
            && self.sides.iter().all(|line| line.rests);
        rests.then(|| self.sides.map(|line| level * line.now))
    }

    /// Adds a sound at its gains to both channels; tells after how many samples it is over, if it is.
    pub(super) fn add(
        &mut self,
        rates: &Rates,
        [from_left, from_right]: [&[f32]; 2],
        [left, right]: [&mut [f32]; 2],
    ) -> Option<usize> {
        let sound = from_left.iter().zip(from_right);
        let samples = left.iter_mut().zip(right).zip(sound);
        if let Some([gain_left, gain_right]) = self.still(rates) {
            // A note cut before its first sample is at rest already.
            if self.is_over() {
                return Some(0);
            }
            for ((left, right), (from_left, from_right)) in samples {
                *left += gain_left * from_left;
                *right += gain_right * from_right;
            }
            return None;
        }
        for (sample, ((left, right), (from_left, from_right))) in samples.enumerate() {
            let [gain_left, gain_right] = self.next(rates);
            *left += gain_left * from_left;
            *right += gain_right * from_right;
            // At its own sample, not at the end of the call: who is free must not depend on blocks.
            if self.is_over() {
                return Some(sample);
            }
        }
        None
    }

    /// Whether nothing will be heard any more.
    #[inline]
    fn is_over(&self) -> bool {
        self.contour == Contour::Ended && self.smoother.is_silent()
    }
}

impl Line {
    fn new(sample_rate_hz: f32) -> Self {
        Self {
            now: 1.0,
            step: 0.0,
            to: 1.0,
            smoother: Smoother::new(1.0, sample_rate_hz),
            rests: true,
        }
    }

    fn jump(&mut self, to: f32) {
        (self.now, self.step, self.to) = (to, 0.0, to);
        self.smoother.jump(to);
        self.rests = true;
    }

    fn head_for(&mut self, to: f32, samples: usize) {
        if self.rests && to == self.now {
            return;
        }
        // Where the last line has led, exactly.
        self.now = self.to;
        self.to = to;
        self.step = (to - self.now) / real(samples.max(1));
        self.rests = false;
    }

    #[inline]
    fn next(&mut self) -> f32 {
        if self.rests {
            return self.now;
        }
        self.now += self.step;
        let heard = self.smoother.next(self.now);
        self.rests = self.step == 0.0 && self.smoother.rests_at(self.now);
        heard
    }
}

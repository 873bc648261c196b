//! The end of the flow: fading tails, output gain, safety limiter.
//!
//! ```text
//!  voices ─► bus [2][block] ─► + tails of stolen notes ─► × gain (smoothed) ─► limiter ─► output
//! ```
//!
//! A stolen note's last three milliseconds are rendered at once and kept here, so its voice is free
//! at the same sample. The limiter leaves everything below −3 dB alone and bends what is above
//! into the space up to full scale; it has no memory, so it cannot pump and adds no latency.
//!
//! *Real time:* the ring has its length from the start.

use crate::voice::smoother::{SETTLED_S, Smoother};
use betwixt_spectral::number::index;

/// Where the limiter begins to bend: −3 dB.
const KNEE: f32 = 0.708;

/// Everything behind the voices.
#[derive(Debug)]
pub(crate) struct Mix {
    tail: [Vec<f32>; 2],
    at: usize,
    /// Samples until nothing is left of the tails.
    left: usize,
    gain: Smoother,
}

/// What the mix had to mend in one call.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Report {
    /// Largest output, linear.
    pub(crate) peak: f32,
    /// Samples above the knee.
    pub(crate) limited: u64,
    /// Samples that were not a number.
    pub(crate) not_a_number: u64,
}

impl Mix {
    /// Buffers for one host rate. Allocates.
    pub(crate) fn new(sample_rate_hz: f32) -> Self {
        let len = index(f64::from(SETTLED_S * sample_rate_hz).ceil());
        Self {
            tail: [0, 1].map(|_| vec![0.0; len]),
            at: 0,
            left: 0,
            gain: Smoother::new(1.0, sample_rate_hz),
        }
    }

    /// Silence, at a gain.
    pub(crate) fn reset(&mut self, gain: f32, sample_rate_hz: f32) {
        self.tail.iter_mut().for_each(|tail| tail.fill(0.0));
        (self.at, self.left) = (0, 0);
        self.gain = Smoother::new(gain, sample_rate_hz);
    }

    /// Samples in the tail of a stolen note.
    pub(crate) fn tail_len(&self) -> usize {
        self.tail[0].len()
    }

    /// Whether nothing is heard but what voices add.
    pub(crate) fn is_silent(&self) -> bool {
        self.left == 0
    }

    /// Silence passes: the gain stands where it goes.
    pub(crate) fn rest(&mut self, gain: f32) {
        self.gain.jump(gain);
    }

    /// Keeps a stolen note's tail, to be heard from the next sample on.
    pub(crate) fn add_tail(&mut self, tail: &[Vec<f32>; 2]) {
        self.left = self.tail_len();
        for (ring, tail) in self.tail.iter_mut().zip(tail) {
            let (late, early) = ring.split_at_mut(self.at);
            early
                .iter_mut()
                .chain(late)
                .zip(tail)
                .for_each(|(sum, x)| *sum += x);
        }
    }

    /// Turns the sum of the voices into the output, in place; both channels are equally long.
    pub(crate) fn finish(&mut self, bus: [&mut [f32]; 2], gain: f32, report: &mut Report) {
        let [left, right] = bus;
        self.left = self.left.saturating_sub(left.len());
        let [tail_left, tail_right] = &mut self.tail;
        for (left, right) in left.iter_mut().zip(right) {
            let gain = self.gain.next(gain);
            for (sample, tail) in [(left, &mut *tail_left), (right, &mut *tail_right)] {
                let loud = gain * (*sample + std::mem::take(&mut tail[self.at]));
                report.not_a_number += u64::from(!loud.is_finite());
                report.limited += u64::from(loud.abs() > KNEE);
                *sample = limit(if loud.is_finite() { loud } else { 0.0 });
                report.peak = report.peak.max(sample.abs());
            }
            self.at += 1;
            if self.at == tail_left.len() {
                self.at = 0;
            }
        }
    }
}

/// The identity up to the knee, then bent smoothly towards ±1.
fn limit(x: f32) -> f32 {
    if x.abs() <= KNEE {
        return x;
    }
    let space = 1.0 - KNEE;
    (KNEE + space * ((x.abs() - KNEE) / space).tanh()).copysign(x)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Untouched below the knee, never above full scale, no corner between.
    #[test]
    fn the_limiter_only_catches_what_is_too_loud() {
        assert_eq!([limit(0.5), limit(-0.7)], [0.5, -0.7]);
        assert!(limit(100.0) <= 1.0 && limit(-100.0) >= -1.0);
        let slope = (limit(KNEE + 1e-3) - limit(KNEE)) / 1e-3;
        assert!((slope - 1.0).abs() < 0.01, "{slope}");
    }

    /// A tail is heard from the next sample on, once, wherever the ring stands.
    #[test]
    fn tails_are_heard_once() {
        let mut mix = Mix::new(48_000.0);
        let tail: Vec<f32> = (1..=mix.tail_len()).map(|i| i as f32 * 1e-3).collect();
        let silence = || vec![0.0; 100];
        mix.finish(
            [&mut silence(), &mut silence()],
            1.0,
            &mut Report::default(),
        );
        let other: Vec<f32> = tail.iter().map(|x| -x).collect();
        mix.add_tail(&[tail.clone(), other]);
        let (mut left, mut right) = (vec![0.0; tail.len() + 10], vec![0.0; tail.len() + 10]);
        mix.finish([&mut left, &mut right], 1.0, &mut Report::default());
        for (i, (left, right)) in left.iter().zip(right).enumerate() {
            let expected = tail.get(i).copied().unwrap_or(0.0);
            assert!((left - expected).abs() < 1e-6, "sample {i}");
            assert!((right + expected).abs() < 1e-6, "sample {i} of the right");
        }
    }

    /// What is not a number never reaches a loudspeaker.
    #[test]
    fn not_a_number_becomes_silence() {
        let mut report = Report::default();
        let (mut left, mut right) = ([f32::NAN, f32::INFINITY, 0.25], [0.0; 3]);
        Mix::new(48_000.0).finish([&mut left, &mut right], 1.0, &mut report);
        assert_eq!((left, report.not_a_number), ([0.0, 0.0, 0.25], 2));
    }
}

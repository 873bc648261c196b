//! A low-frequency oscillator: turns, counted exactly, and the height at each.
//!
//! ```text
//!  rate ─► step per sample (u64) ─ × samples ─► turns (24 bits whole, 40 bits of a turn) ─► −1…1
//! ```
//!
//! Whole numbers add up to the same sum in whatever portions: the block size cannot be heard.
//!
//! *Real time:* arithmetic.

use crate::controls::{Lfo, Shape};
use crate::random::Random;
use betwixt_spectral::number::index;

/// Bits of a turn's fraction.
const FRACTION: u32 = 40;
/// A whole turn.
const TURN: u64 = 1 << FRACTION;

/// How far an oscillator has turned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Turns(u64);

impl Turns {
    /// So many turns; negative ones count back from the largest number of turns.
    pub(crate) fn new(turns: f64) -> Self {
        let whole = turns.floor();
        let fraction = index((turns - whole) * TURN as f64) as u64;
        let count = (index(whole.abs()) as u64).wrapping_mul(TURN);
        let count = if whole < 0.0 {
            count.wrapping_neg()
        } else {
            count
        };
        Self(count.wrapping_add(fraction))
    }

    /// So many samples on at this step per sample.
    pub(crate) fn after(self, step: Self, samples: usize) -> Self {
        Self(self.0.wrapping_add(step.0.wrapping_mul(samples as u64)))
    }

    /// How many they are.
    pub(crate) fn count(self) -> f64 {
        self.0 as f64 / TURN as f64
    }

    /// So much of a turn further.
    pub(crate) fn and(self, turn: f32) -> Self {
        self.after(Self::new(f64::from(turn)), 1)
    }

    /// The height there, −1…1.
    pub(crate) fn height(self, shape: Shape, seed: u32) -> f32 {
        let share = (self.0 % TURN) as f32 / TURN as f32;
        match shape {
            Shape::Sine => (std::f32::consts::TAU * share).sin(),
            Shape::Triangle => 1.0 - 4.0 * ((share + 0.25).fract() - 0.5).abs(),
            Shape::Rising => 2.0 * share - 1.0,
            Shape::Falling => 1.0 - 2.0 * share,
            Shape::Square if share < 0.5 => 1.0,
            Shape::Square => -1.0,
            Shape::Steps => self.random(seed, 0),
            Shape::Wander => {
                let smooth = share * share * (3.0 - 2.0 * share);
                let (from, to) = (self.random(seed, 0), self.random(seed, 1));
                from + smooth * (to - from)
            }
        }
    }

    /// The number drawn for a whole turn, so many turns on.
    fn random(self, seed: u32, on: u64) -> f32 {
        let turn = (self.0 >> FRACTION).wrapping_add(on) % (1 << (64 - FRACTION));
        Random::new((u64::from(seed) << 32 | turn).wrapping_mul(0x2545_f491_4f6c_dd1d)).bipolar()
    }
}

impl Lfo {
    /// How high it stands so many turns after its beginning, −1…1: for pictures of its course. The
    /// fade is left out.
    #[must_use]
    pub fn height(&self, turns: f64) -> f32 {
        let turns = Turns::new(turns).and(self.phase);
        turns.height(self.shape, self.seed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::controls::Modulation;

    fn height(shape: Shape, turns: f64) -> f32 {
        Turns::new(turns).height(shape, 3)
    }

    /// What each shape is at the quarters of a turn.
    #[test]
    fn shapes_are_what_they_are_called() {
        let quarters = |shape| [0.0, 0.25, 0.5, 0.75].map(|turns| height(shape, turns));
        let close = |found: [f32; 4], expected: [f32; 4]| {
            let near = |(a, b): (&f32, &f32)| (a - b).abs() < 1e-5;
            assert!(found.iter().zip(&expected).all(near), "{found:?}");
        };
        close(quarters(Shape::Sine), [0.0, 1.0, 0.0, -1.0]);
        close(quarters(Shape::Triangle), [0.0, 1.0, 0.0, -1.0]);
        close(quarters(Shape::Rising), [-1.0, -0.5, 0.0, 0.5]);
        close(quarters(Shape::Falling), [1.0, 0.5, 0.0, -0.5]);
        close(quarters(Shape::Square), [1.0, 1.0, -1.0, -1.0]);
    }

    /// The picture of a course begins at the oscillator's phase, and goes on by whole turns.
    #[test]
    fn pictures_begin_at_the_phase() {
        let mut lfo = Modulation::default().lfos[0];
        lfo.phase = 0.25;
        let shown = [0.0, 0.25, 0.5, 0.75, 1.0].map(|turns| lfo.height(turns));
        for (shown, expected) in shown.into_iter().zip([1.0, 0.0, -1.0, 0.0, 1.0]) {
            assert!((shown - expected).abs() < 1e-5, "{shown}, not {expected}");
        }
    }

    /// A turn has its number: the same whenever it is asked for, another one with another seed;
    /// wandering passes through the same numbers, and their mean is none.
    #[test]
    fn random_shapes_are_reproducible() {
        let steps: Vec<f32> = (0..2_000)
            .map(|turn| height(Shape::Steps, f64::from(turn) + 0.3))
            .collect();
        let again = Turns::new(7.9).height(Shape::Steps, 3);
        assert_eq!(again, steps[7]);
        assert_ne!(Turns::new(7.9).height(Shape::Steps, 4), steps[7]);
        assert!((height(Shape::Wander, 7.0) - steps[7]).abs() < 1e-6);
        assert!((height(Shape::Wander, 7.999_999) - steps[8]).abs() < 1e-3);
        let mean = steps.iter().sum::<f32>() / 2_000.0;
        let power = steps.iter().map(|x| x * x).sum::<f32>() / 2_000.0;
        assert!(mean.abs() < 0.05, "{mean}");
        assert!((power - 1.0 / 3.0).abs() < 0.03, "{power}");
    }

    /// An hour in portions of any size ends at the same turn, bit for bit, and where it should.
    #[test]
    fn portions_add_up() {
        let step = Turns::new(5.5 / 48_000.0);
        let whole = Turns::default().after(step, 48_000 * 3_600);
        let portions = (0..3_600).fold(Turns::default(), |turns, _| {
            turns.after(step, 47_993).after(step, 7)
        });
        assert_eq!(portions, whole);
        let turns = whole.0 as f64 / TURN as f64;
        assert!((turns - 5.5 * 3_600.0).abs() < 1e-3, "{turns}");
        assert_eq!(Turns::new(-0.25).0 % TURN, 3 * TURN / 4);
    }
}

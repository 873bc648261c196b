//! The attack: how the gain of a painted note runs through its first moments.
//!
//! ```text
//!  conditioning (note, velocity, knobs; time 0) ─► attack network ─► numbers [16], in 6 dB
//!    gain  ╭╮
//!        ──╯ ╰──╮ ╭────────── 1
//!        0 1.5 3 … ╰╯   40  48 ms
//! ```
//!
//! Frames that overlap over 23 ms tell what a stroke is made of, but not to the millisecond when it
//! is loud. The curve does: every sample of the attack is multiplied by it. In coders of sound this
//! is known as gain control or temporal envelope shaping.

use betwixt_spectral::number::{index, real};

/// Points of the curve that are told.
pub const POINTS: usize = 16;
/// Where they lie, in seconds after the onset; at the last place the gain is 1 again.
pub const PLACES_S: [f32; POINTS + 1] = [
    0.0, 0.0015, 0.003, 0.0045, 0.006, 0.0075, 0.009, 0.0105, 0.012, 0.0135, 0.015, 0.018, 0.022,
    0.028, 0.034, 0.040, 0.048,
];
/// What a number of 1 means, in dB.
pub const UNIT_DB: f32 = 6.0;
/// The curve stays between these, in dB.
pub const RANGE_DB: (f32, f32) = (-30.0, 18.0);

/// Gains at [`PLACES_S`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AttackCurve(pub [f32; POINTS + 1]);

impl AttackCurve {
    /// A gain of 1.
    pub const FLAT: Self = Self([1.0; POINTS + 1]);

    /// What a network's numbers mean, `[POINTS]`; those that are none count as the softest.
    #[must_use]
    pub fn of(numbers: &[f32]) -> Self {
        let mut curve = Self::FLAT;
        let (least, most) = RANGE_DB;
        for (gain, number) in curve.0.iter_mut().zip(numbers.iter().take(POINTS)) {
            let db = (UNIT_DB * number).max(least).min(most);
            *gain = 10f32.powf(db / 20.0);
        }
        curve
    }

    /// The curve between two curves: in decibels.
    #[must_use]
    pub fn between(&self, other: &Self, share: f32) -> Self {
        let both = |i: usize| self.0[i] * (other.0[i] / self.0[i]).powf(share);
        Self(std::array::from_fn(both))
    }

    /// Multiplies samples, the first of which lies `first` samples after the onset, and tells whether
    /// the curve goes on behind them. The ways from point to point have no corners, which would be
    /// heard as clicks.
    pub fn shape(&self, rate_hz: f32, first: usize, samples: &mut [f32]) -> bool {
        let place = |point: usize| PLACES_S[point] * rate_hz;
        let mut done = 0;
        for point in 0..POINTS {
            let (from, to) = (place(point), place(point + 1));
            let end = index(f64::from(to).ceil())
                .saturating_sub(first)
                .min(samples.len());
            let (gain, rise) = (self.0[point], self.0[point + 1] - self.0[point]);
            for (at, sample) in samples.iter_mut().enumerate().take(end).skip(done) {
                let way = (real(first + at) - from) / (to - from);
                *sample *= gain + rise * way * way * (3.0 - 2.0 * way);
            }
            done = done.max(end);
        }
        real(first + samples.len()) < place(POINTS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A number of 1 is 6 dB; nothing leaves the range, and what is no number is soft, not loud.
    #[test]
    fn numbers_are_units_of_six_decibels() {
        let mut numbers = [0.0; POINTS];
        (numbers[1], numbers[2], numbers[3]) = (1.0, -1.0, f32::NAN);
        (numbers[4], numbers[5]) = (f32::INFINITY, f32::NEG_INFINITY);
        let gains = AttackCurve::of(&numbers).0;
        let db = |gain: f32| 20.0 * gain.log10();
        let expected = [0.0, 6.0, -6.0, -30.0, 18.0, -30.0, 0.0];
        for (gain, expected) in gains.iter().zip(expected) {
            assert!((db(*gain) - expected).abs() < 1e-4, "{gains:?}");
        }
        assert_eq!(gains[POINTS], 1.0);
    }

    /// Half way between +12 and −12 dB there is nothing to do.
    #[test]
    fn curves_mix_in_decibels() {
        let [loud, soft] = [2.0, -2.0].map(|number| AttackCurve::of(&[number; POINTS]));
        let half = loud.between(&soft, 0.5).0;
        assert!(half.iter().all(|gain| (gain - 1.0).abs() < 1e-6));
        assert_eq!(loud.between(&soft, 0.0), loud);
    }

    /// A constant becomes the curve itself: its points where they belong, half way between them the
    /// middle, 1 from its end on; in one piece or in many.
    #[test]
    fn a_constant_becomes_the_curve() {
        let numbers: Vec<f32> = (0..POINTS)
            .map(|i| if i % 2 == 0 { 1.0 } else { -1.0 })
            .collect();
        let curve = AttackCurve::of(&numbers);
        let rate_hz = 50_000.0;
        let mut whole = vec![1.0; 3_000];
        assert!(!curve.shape(rate_hz, 0, &mut whole));
        let at = |ms: usize| whole[ms * 50];
        let (high, low) = (10f32.powf(0.3), 10f32.powf(-0.3));
        let middle = (high + low) / 2.0;
        for (ms, expected) in [
            (0, high),
            (3, high),
            (15, high),
            (18, low),
            (20, middle),
            (40, low),
            (44, (low + 1.0) / 2.0),
            (48, 1.0),
        ] {
            assert!((at(ms) - expected).abs() < 1e-4, "{ms} ms: {}", at(ms));
        }
        assert!(whole[2_400..].iter().all(|sample| *sample == 1.0));
        let mut pieces = vec![1.0; 3_000];
        for (piece, samples) in pieces.chunks_mut(256).enumerate() {
            let goes_on = curve.shape(rate_hz, 256 * piece, samples);
            assert_eq!(goes_on, 256 * (piece + 1) < 2_400);
        }
        assert_eq!(pieces, whole);
    }
}

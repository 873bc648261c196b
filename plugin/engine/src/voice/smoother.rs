//! Rounds the corners of a gain: six equal one-pole low-passes in a row.
//!
//! ```text
//!  gain ─► y₁ += a(x − y₁) ─► … ─► y₆      step: 10–90 % in 0.75 ms, nothing rings
//! ```
//!
//! A gain that jumps modulates every partial with a step, which is heard as a click. Behind six
//! poles of 0.12 ms what reaches 4 kHz beside a partial is 60 dB down. Every change of loudness in
//! the instrument passes through here, so nothing else needs a fade of its own.

/// Poles in a row.
const POLES: usize = 6;
/// Nearer than this to its target a pole is there: −140 dB.
const ARRIVED: f32 = 1e-7;
/// Time constant of each, in seconds.
const TIME_CONSTANT_S: f32 = 0.000_12;
/// A step to zero has come within −100 dB after this many seconds.
pub(crate) const SETTLED_S: f32 = 0.003;

/// A smoothed gain.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Smoother {
    poles: [f32; POLES],
    rate: f32,
}

impl Smoother {
    /// A gain at rest at `value`.
    pub(crate) fn new(value: f32, sample_rate_hz: f32) -> Self {
        let rate = 1.0 - (-1.0 / (TIME_CONSTANT_S * sample_rate_hz)).exp();
        Self {
            poles: [value; POLES],
            rate,
        }
    }

    /// The gain one sample on, on its way to `target`.
    #[inline]
    pub(crate) fn next(&mut self, target: f32) -> f32 {
        let mut input = target;
        for pole in &mut self.poles {
            let away = input - *pole;
            // Rounding would keep it just short of its target for ever.
            *pole = if away.abs() < ARRIVED {
                input
            } else {
                *pole + self.rate * away
            };
            input = *pole;
        }
        input
    }

    /// Stands at a value at once.
    pub(crate) fn jump(&mut self, value: f32) {
        self.poles = [value; POLES];
    }

    /// Whether a target is where it already stands: the next value, and all after it, are that.
    #[inline]
    pub(crate) fn rests_at(&self, target: f32) -> bool {
        self.poles
            .iter()
            .all(|pole| pole.to_bits() == target.to_bits())
    }

    /// Whether the gain has come to within −100 dB of zero and stays there if the target does.
    pub(crate) fn is_silent(&self) -> bool {
        self.poles.iter().all(|pole| pole.abs() < 1e-5)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use betwixt_spectral::number::{index, real};

    /// The step response that the whole instrument relies on, at the slowest and fastest rates.
    #[test]
    fn a_step_is_quick_and_smooth() {
        for rate_hz in [22_050.0f32, 48_000.0, 192_000.0] {
            let mut smoother = Smoother::new(0.0, rate_hz);
            let samples = index(f64::from(SETTLED_S * rate_hz));
            let step: Vec<f32> = (0..samples).map(|_| smoother.next(1.0)).collect();
            assert!(step[0] > 0.0, "it sounds at the sample of the note");
            assert!(step.is_sorted(), "nothing rings");
            let reach = |level: f32| real(step.partition_point(|y| *y < level)) / rate_hz;
            let rise_ms = 1000.0 * (reach(0.9) - reach(0.1));
            assert!((0.6..0.9).contains(&rise_ms), "{rate_hz}: {rise_ms} ms");
            assert!(
                (1.0 - step[samples - 1]).abs() < 1e-5,
                "{rate_hz}: not settled"
            );
        }
    }

    /// Silence is reported only once it has come.
    #[test]
    fn silence_is_told() {
        let mut smoother = Smoother::new(1.0, 48_000.0);
        assert!(!smoother.is_silent());
        let last = (0..200).fold(1.0, |_, _| smoother.next(0.0));
        assert!(last.abs() < 1e-5);
        assert!(smoother.is_silent());
    }
}

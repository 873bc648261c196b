//! The pitch of one note in motion: vibrato that is not quite regular, and drift.
//!
//! ```text
//!  rate, jitter ─► phase ─► sine × depth × coming in (delay) ─┐
//!  seed ─► slow noise ─► × drift ─────────────────────────────┴─► cents, once per frame
//! ```
//!
//! *Real time:* a few numbers.

use crate::controls::Performance;
use crate::random::Random;

/// Time constant of what makes a vibrato irregular, in seconds: about one swing.
const JITTER_S: f32 = 0.2;
/// How much full jitter moves rate and depth, as a standard deviation.
const JITTER: f32 = 0.25;
/// Time constant of the drift, in seconds.
const DRIFT_S: f32 = 0.8;

/// One voice's movement.
#[derive(Clone, Debug)]
pub(super) struct Movement {
    random: Random,
    time_s: f32,
    turn: f32,
    rate: Wander,
    depth: Wander,
    drift: Wander,
}

/// Slow noise with a standard deviation of 1.
#[derive(Clone, Copy, Debug, Default)]
struct Wander {
    target: f32,
    value: f32,
}

impl Movement {
    /// Standing still.
    pub(super) fn new() -> Self {
        Self {
            random: Random::new(0),
            time_s: 0.0,
            turn: 0.0,
            rate: Wander::default(),
            depth: Wander::default(),
            drift: Wander::default(),
        }
    }

    /// A note begins, somewhere of its own.
    pub(super) fn start(&mut self, seed: u64) {
        *self = Self::new();
        self.random = Random::new(seed ^ 0x6d6f_7665);
        self.drift = Wander::start(&mut self.random);
    }

    /// Deviation of the next frame in cents; frames lie `hop_s` apart.
    pub(super) fn next(&mut self, performance: &Performance, hop_s: f32) -> f32 {
        let vibrato = &performance.vibrato;
        self.drift.step(&mut self.random, hop_s / DRIFT_S);
        self.rate.step(&mut self.random, hop_s / JITTER_S);
        self.depth.step(&mut self.random, hop_s / JITTER_S);
        let jitter = JITTER * vibrato.jitter;
        let rate_hz = vibrato.rate_hz * (1.0 + jitter * self.rate.value).clamp(0.25, 2.0);
        self.turn = (self.turn + rate_hz * hop_s).fract();
        self.time_s += hop_s;
        let depth = vibrato.depth_cents * (1.0 + jitter * self.depth.value).clamp(0.0, 2.0);
        let swing = (std::f32::consts::TAU * self.turn).sin();
        let drift = 0.5 * performance.drift_cents * self.drift.value.clamp(-2.0, 2.0);
        depth * swing * coming_in(self.time_s, vibrato.delay_s) + drift
    }
}

impl Wander {
    fn start(random: &mut Random) -> Self {
        let value = 3f32.sqrt() * random.bipolar();
        Self {
            target: value,
            value,
        }
    }

    /// Two one-poles behind white noise; `step` is the time step over the time constant.
    fn step(&mut self, random: &mut Random, step: f32) {
        let kept = (-step).exp();
        // Uniform noise has a third of its peak's power, and the second pole takes half of it.
        let push = (1.0 - kept * kept).sqrt() * 6f32.sqrt();
        self.target = kept * self.target + push * random.bipolar();
        self.value = kept * self.value + (1.0 - kept) * self.target;
    }
}

/// 0 until half the delay, 1 after one and a half, a smooth way between.
fn coming_in(time_s: f32, delay_s: f32) -> f32 {
    if delay_s <= 0.0 {
        return 1.0;
    }
    let share = (time_s / delay_s - 0.5).clamp(0.0, 1.0);
    share * share * (3.0 - 2.0 * share)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::controls::Vibrato;

    const HOP_S: f32 = 256.0 / 48_000.0;

    fn cents(performance: &Performance, frames: usize) -> Vec<f32> {
        let mut movement = Movement::new();
        movement.start(5);
        (0..frames)
            .map(|_| movement.next(performance, HOP_S))
            .collect()
    }

    /// Six swings a second of 30 cents, at half their depth after the delay, without jitter.
    #[test]
    fn vibrato_swings_as_asked() {
        let performance = Performance {
            vibrato: Vibrato {
                rate_hz: 6.0,
                depth_cents: 30.0,
                delay_s: 0.5,
                jitter: 0.0,
            },
            ..Performance::default()
        };
        let cents = cents(&performance, 1_875);
        assert!(
            cents[..46].iter().all(|c| *c == 0.0),
            "before half the delay"
        );
        let swing =
            |range: std::ops::Range<usize>| cents[range].iter().copied().fold(0.0, f32::max);
        assert!((swing(78..109) - 15.0).abs() < 5.0, "{}", swing(78..109));
        assert!((swing(200..1_875) - 30.0).abs() < 0.3);
        let late = &cents[375..1_875];
        let rises = late
            .windows(2)
            .filter(|w| w[0] < 0.0 && w[1] >= 0.0)
            .count();
        assert_eq!(rises, 48, "eight seconds of six");
    }

    /// Nothing asked, nothing moves; drift wanders about zero within its bounds.
    #[test]
    fn drift_wanders_within_bounds() {
        assert!(
            cents(&Performance::default(), 500)
                .iter()
                .all(|c| *c == 0.0)
        );
        let performance = Performance {
            drift_cents: 10.0,
            ..Performance::default()
        };
        let cents = cents(&performance, 60_000);
        let mean = cents.iter().sum::<f32>() / 60_000.0;
        let deviation = (cents.iter().map(|c| c * c).sum::<f32>() / 60_000.0).sqrt();
        assert!(mean.abs() < 1.5, "{mean}");
        // Half of what was asked, a little less for what the bounds cut off.
        assert!((4.2..5.6).contains(&deviation), "{deviation}");
        assert!(cents.iter().all(|c| c.abs() <= 10.0));
        let jump = cents
            .windows(2)
            .map(|w| (w[1] - w[0]).abs())
            .fold(0.0, f32::max);
        assert!(jump < 1.0, "{jump} cents in a frame");
    }
}

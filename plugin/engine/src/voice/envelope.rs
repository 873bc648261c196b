//! The loudness contour of a note: attack, decay, sustain, release.
//!
//! ```text
//!  level │  ╱╲            attack: a line      decay: towards the sustain level
//!        │ ╱  ╲______     release: 60 dB in its time
//!        └╱──────────╲──
//! ```
//!
//! Corners and jumps are allowed here: [`Smoother`](super::smoother::Smoother) rounds them.

use crate::controls::Envelope;
use crate::telemetry::Stage;

/// Below this level a released note has ended: −100 dB.
const END: f32 = 1e-5;

/// Natural logarithm of 100: what is left of a decay after its time is 1 %.
const DECAY: f32 = 4.605;
/// Natural logarithm of 1000: what is left of a release after its time is −60 dB.
const RELEASE: f32 = 6.908;

/// What a contour adds or multiplies in one sample.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rates {
    attack: f32,
    decay: f32,
    sustain: f32,
    release: f32,
}

/// Where a note is in its contour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Contour {
    /// Rising to full level.
    Attack {
        /// 0…1.
        level: f32,
    },
    /// Falling to the sustain level, or there.
    Decay {
        /// 0…1.
        level: f32,
    },
    /// Let go.
    Release {
        /// 0…1.
        level: f32,
    },
    /// Over.
    Ended,
}

impl Rates {
    /// The steps of an envelope at a sample rate.
    pub(crate) fn new(envelope: &Envelope, sample_rate_hz: f32) -> Self {
        let samples = |seconds: f32| seconds * sample_rate_hz;
        let falling = |seconds: f32, fall: f32| match samples(seconds) {
            count if count < 1.0 => 0.0,
            count => (-fall / count).exp(),
        };
        Self {
            attack: 1.0 / samples(envelope.attack_s).max(1.0),
            decay: falling(envelope.decay_s, DECAY),
            sustain: envelope.sustain,
            release: falling(envelope.release_s, RELEASE),
        }
    }
}

impl Envelope {
    /// The level so many seconds after a key went down that is held for `held_s`, 0…1: for pictures
    /// of the contour.
    #[must_use]
    pub fn level(&self, passed_s: f32, held_s: f32) -> f32 {
        let left = |passed_s: f32, time_s: f32, fall: f32| {
            (-fall * passed_s.max(0.0) / time_s.max(1e-6)).exp()
        };
        let down_s = passed_s.min(held_s);
        let held = if down_s < self.attack_s {
            down_s / self.attack_s
        } else {
            let rest = left(down_s - self.attack_s, self.decay_s, DECAY);
            self.sustain + (1.0 - self.sustain) * rest
        };
        held * left(passed_s - held_s, self.release_s, RELEASE)
    }
}

impl Contour {
    /// The contour of a key that goes down now.
    pub(super) fn start() -> Self {
        Self::Attack { level: 0.0 }
    }

    /// The contour of a key that comes up now.
    pub(super) fn release(self) -> Self {
        match self {
            Self::Ended => Self::Ended,
            _ => Self::Release {
                level: self.level(),
            },
        }
    }

    /// The present level, 0…1.
    pub(super) fn level(self) -> f32 {
        match self {
            Self::Attack { level } | Self::Decay { level } | Self::Release { level } => level,
            Self::Ended => 0.0,
        }
    }

    /// In which part of its contour it is.
    pub(super) fn stage(self) -> Stage {
        match self {
            Self::Attack { .. } => Stage::Attack,
            Self::Decay { .. } => Stage::Decay,
            Self::Release { .. } | Self::Ended => Stage::Release,
        }
    }

    /// Moves on by one sample and returns the level there.
    #[inline]
    pub(super) fn next(&mut self, rates: &Rates) -> f32 {
        *self = match *self {
            Self::Attack { level } => match level + rates.attack {
                level if level < 1.0 => Self::Attack { level },
                _ => Self::Decay { level: 1.0 },
            },
            Self::Decay { level } => Self::Decay {
                level: rates.sustain + (level - rates.sustain) * rates.decay,
            },
            Self::Release { level } => match level * rates.release {
                level if level > END => Self::Release { level },
                _ => Self::Ended,
            },
            Self::Ended => Self::Ended,
        };
        self.level()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENVELOPE: Envelope = Envelope {
        attack_s: 0.01,
        decay_s: 0.1,
        sustain: 0.25,
        release_s: 0.2,
    };

    fn run(contour: &mut Contour, envelope: &Envelope, seconds: f32) -> f32 {
        let rates = Rates::new(envelope, 48_000.0);
        let samples = betwixt_spectral::number::index(f64::from(seconds) * 48_000.0);
        (0..samples).fold(f32::NAN, |_, _| contour.next(&rates))
    }

    /// Each stage takes the time that its knob shows.
    #[test]
    fn stages_take_their_times() {
        let mut contour = Contour::start();
        assert!(
            (run(&mut contour, &ENVELOPE, 0.005) - 0.5).abs() < 0.01,
            "half the attack"
        );
        run(&mut contour, &ENVELOPE, 0.005);
        let after_decay = run(&mut contour, &ENVELOPE, 0.1);
        assert!(
            (after_decay - 0.25 - 0.0075).abs() < 0.001,
            "1 % of the way is left"
        );
        run(&mut contour, &ENVELOPE, 1.0);
        contour = contour.release();
        let released = run(&mut contour, &ENVELOPE, 0.2);
        assert!(
            (20.0 * (released / 0.25).log10() + 60.0).abs() < 0.5,
            "60 dB in its time"
        );
        run(&mut contour, &ENVELOPE, 0.3);
        assert_eq!(contour, Contour::Ended);
    }

    /// The picture of a contour is what is heard: the same levels as sample by sample.
    #[test]
    fn the_picture_is_what_is_heard() {
        let rates = Rates::new(&ENVELOPE, 48_000.0);
        let mut contour = Contour::start();
        for sample in 1..=24_000u16 {
            if sample == 9_601 {
                contour = contour.release();
            }
            let heard = contour.next(&rates);
            let shown = ENVELOPE.level(f32::from(sample) / 48_000.0, 0.2);
            assert!((heard - shown).abs() < 1e-3, "{shown}, {heard} at {sample}");
        }
    }

    /// All zeros is an organ key: on at once, off at once.
    #[test]
    fn zero_times_are_immediate() {
        let organ = Envelope {
            attack_s: 0.0,
            decay_s: 0.0,
            sustain: 1.0,
            release_s: 0.0,
        };
        let rates = Rates::new(&organ, 48_000.0);
        let mut contour = Contour::start();
        assert!((contour.next(&rates) - 1.0).abs() < f32::EPSILON);
        contour = contour.release();
        contour.next(&rates);
        assert_eq!(contour, Contour::Ended);
    }
}

//! Which tuning holds now, on the audio thread.
//!
//! ```text
//!  Choice: own table, if new ─┐
//!  MTS-ESP: master there? ────┴─► Tuner ─► now [128 semitones], and whether it has changed
//!           128 × Hz, filter ──────┘
//! ```
//!
//! *Real time:* a few hundred loads and comparisons per call, logarithms where a frequency has
//! changed; nothing allocates, locks or waits.

use super::choice::Choice;
use super::playable;
use betwixt_engine::Tuning;
use betwixt_engine::tuning::KEYS;
use betwixt_spectral::pitch::from_hz;

/// The tuning of one player.
pub(crate) struct Tuner {
    /// What the files make, and which version of it was seen.
    own: Tuning,
    seen: u64,
    /// What the master said last, as bits, not a number where a key is filtered; nothing while there
    /// is none.
    heard: Option<[u64; KEYS]>,
    now: Tuning,
}

impl Tuner {
    /// Twelve equal steps, until it is asked for the first time.
    pub(crate) fn new() -> Self {
        Self {
            own: Tuning::default(),
            seen: 0,
            heard: None,
            now: Tuning::default(),
        }
    }

    /// The tuning in force.
    pub(crate) fn now(&self) -> &Tuning {
        &self.now
    }

    /// Looks what holds now; whether that is something else than before.
    pub(crate) fn follow(&mut self, choice: &Choice) -> bool {
        let fresh = choice.read_new(&mut self.seen);
        let is_fresh = fresh.is_some();
        self.own = fresh.unwrap_or(self.own);
        if let Some(master) = choice.master() {
            let heard = std::array::from_fn(|key| master.frequency(key).to_bits());
            return self.obey(heard);
        }
        let was_mastered = self.heard.take().is_some();
        if is_fresh || was_mastered {
            self.now = self.own;
        }
        is_fresh || was_mastered
    }

    /// Takes what a master says; only the keys that it has changed are worked out.
    fn obey(&mut self, heard: [u64; KEYS]) -> bool {
        let before = self.heard.replace(heard);
        if before == Some(heard) {
            return false;
        }
        for (key, (pitch, bits)) in self.now.pitches.iter_mut().zip(heard).enumerate() {
            if before.is_none_or(|before| before[key] != bits) {
                *pitch = pitch_of(f64::from_bits(bits));
            }
        }
        true
    }
}

/// The pitch of a frequency; what is not positive and finite has none.
fn pitch_of(hz: f64) -> f64 {
    if hz > 0.0 && hz.is_finite() {
        playable(from_hz(hz))
    } else {
        f64::NAN
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 440 Hz is key 69 and an octave is twelve; what is no frequency has no sound.
    #[test]
    fn what_a_master_says_is_made_playable() {
        let mut tuner = Tuner::new();
        let mut heard = [440f64.to_bits(); KEYS];
        for (key, hz) in [(0, 880.0), (1, 0.0), (2, -440.0), (3, f64::NAN)] {
            heard[key] = f64::to_bits(hz);
        }
        for (key, hz) in [(4, f64::INFINITY), (5, 1e-300), (6, 1e300)] {
            heard[key] = f64::to_bits(hz);
        }
        assert!(tuner.obey(heard));
        assert!(!tuner.obey(heard), "nothing new");
        let pitches = tuner.now().pitches;
        assert_eq!((pitches[0], pitches[7], pitches[127]), (81.0, 69.0, 69.0));
        assert!(pitches[1..7].iter().all(|pitch| pitch.is_nan()));
        heard[1] = 220f64.to_bits();
        assert!(tuner.obey(heard));
        assert_eq!(tuner.now().pitches[1], 57.0);
        let choice = Choice::default();
        assert!(tuner.follow(&choice), "the master has gone");
        assert_eq!(*tuner.now(), Tuning::default());
        assert!(!tuner.follow(&choice));
    }
}

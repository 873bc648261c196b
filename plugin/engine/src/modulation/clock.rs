//! The host's beats, counted on by the engine between two looks.
//!
//! ```text
//!  Transport (tempo, beats at a call's first sample) ─► agrees with what was counted? ─ yes ─► count on
//!                                                                                    └─ no ──► begin there
//! ```
//!
//! A host's position is a rounded number, another one for every block size; what is counted from
//! one of them on is not.
//!
//! *Real time:* a few numbers.

/// A host's position that differs by less than this is the one that was expected, in beats.
const SAME_BEATS: f64 = 1e-4;
/// Where no host tells the tempo.
const USUAL_BPM: f64 = 120.0;

/// Where the host is in its piece.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transport {
    /// Beats (quarter notes) per minute, 1…1000.
    pub bpm: f64,
    /// Beats from the start of the piece at the call's first sample, if the host plays.
    pub beats: Option<f64>,
}

impl Default for Transport {
    fn default() -> Self {
        Self {
            bpm: USUAL_BPM,
            beats: None,
        }
    }
}

/// Counts beats.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    rate_hz: f64,
    bpm: f64,
    /// Beats where counting began.
    base: f64,
    /// Samples since then.
    samples: u64,
}

impl Clock {
    /// The start of a piece.
    pub(crate) fn new(rate_hz: f32) -> Self {
        Self {
            rate_hz: f64::from(rate_hz),
            bpm: USUAL_BPM,
            base: 0.0,
            samples: 0,
        }
    }

    /// Listens to the host. Without a position the count goes on by itself.
    pub(crate) fn follow(&mut self, transport: &Transport) {
        let bpm = if transport.bpm.is_finite() {
            transport.bpm.clamp(1.0, 1_000.0)
        } else {
            USUAL_BPM
        };
        let told = transport.beats.filter(|beats| beats.is_finite());
        let counted = self.beats(0);
        let begins = told.filter(|told| (told - counted).abs() > SAME_BEATS);
        if begins.is_some() || bpm != self.bpm {
            (self.base, self.samples) = (begins.unwrap_or(counted), 0);
            self.bpm = bpm;
        }
    }

    /// Samples pass.
    pub(crate) fn pass(&mut self, samples: usize) {
        self.samples = self.samples.wrapping_add(samples as u64);
    }

    /// The position so many samples on, in beats.
    pub(crate) fn beats(&self, samples: usize) -> f64 {
        self.base + (self.samples + samples as u64) as f64 * self.beats_per_sample()
    }

    /// How far a sample goes.
    pub(crate) fn beats_per_sample(&self) -> f64 {
        self.bpm / 60.0 / self.rate_hz
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use betwixt_spectral::number::narrow;

    /// The same piece in blocks of two sizes, positions rounded as hosts do, counts the same.
    #[test]
    fn block_sizes_do_not_change_the_count() {
        let counted = |block: usize| {
            let mut clock = Clock::new(44_100.0);
            let mut at = 0;
            while at < 441_000 {
                let beats = narrow(7.0 + at as f64 * 97.0 / 60.0 / 44_100.0);
                clock.follow(&Transport {
                    bpm: 97.0,
                    beats: Some(f64::from(beats)),
                });
                clock.pass(block);
                at += block;
            }
            clock.beats(441_000 - at.min(441_000))
        };
        let found = counted(441);
        assert_eq!(counted(63).to_bits(), found.to_bits());
        assert!((found - 7.0 - 970.0 / 60.0).abs() < 1e-9, "{found}");
    }

    /// A jump is followed at once; where the host stands still the beats go on.
    #[test]
    fn jumps_are_followed() {
        let mut clock = Clock::new(48_000.0);
        let at = |beats| Transport { bpm: 120.0, beats };
        clock.follow(&at(Some(32.0)));
        assert_eq!(clock.beats(0), 32.0);
        clock.pass(24_000);
        clock.follow(&at(None));
        assert_eq!(clock.beats(0), 33.0);
        clock.follow(&at(Some(4.0)));
        assert_eq!(clock.beats(0), 4.0);
    }
}

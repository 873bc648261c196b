//! How long a recording is in the host's beats.
//!
//! ```text
//!  tempo, samples ─► beats so far ─► nearest whole number ─► length
//!  position at the start ─► nearest beat ─► where it begins
//! ```
//!
//! Samples are counted per tempo, not beats per call, so that blocks of any size give the same
//! number.
//!
//! *Real time:* a few numbers.

use betwixt_engine::Transport;

/// Counts the beats of one recording.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pulse {
    rate_hz: f64,
    bpm: f64,
    /// Beats before the tempo was the one that it is.
    before: f64,
    /// Samples since then.
    samples: usize,
    /// The beat at which the recording begins, as long as the host has played all the time.
    first: Option<f64>,
}

/// A length that has been agreed with the host's beats.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Agreed {
    /// Seconds that are to be added to what has been recorded; negative ones are cut off.
    pub(super) more_s: f64,
    /// The length in beats.
    pub(super) beats: f64,
    /// The beat at which it begins.
    pub(super) first: f64,
}

impl Pulse {
    /// A recording begins. Seconds that lie between the nearest beat and now come with it: negative
    /// ones until the beat comes.
    pub(super) fn begin(transport: &Transport, rate_hz: f64) -> (Self, f64) {
        let bpm = transport.bpm;
        let first = transport.beats.map(f64::round);
        let late = transport.beats.map_or(0.0, |beats| beats - beats.round());
        let pulse = Self {
            rate_hz,
            bpm,
            before: late,
            samples: 0,
            first,
        };
        (pulse, late * 60.0 / bpm)
    }

    /// What the host says at the next sample.
    pub(super) fn follow(&mut self, transport: &Transport) {
        if transport.beats.is_none() {
            self.first = None;
        }
        if transport.bpm != self.bpm {
            self.before = self.beats();
            (self.samples, self.bpm) = (0, transport.bpm);
        }
    }

    /// Samples pass.
    pub(super) fn pass(&mut self, samples: usize) {
        self.samples += samples;
    }

    fn beats(&self) -> f64 {
        self.before + self.samples as f64 / self.rate_hz * self.bpm / 60.0
    }

    /// The length, if the host has played: whole beats, or what there is of a single one.
    pub(super) fn end(&self) -> Option<Agreed> {
        let (first, beats) = (self.first?, self.beats());
        let whole = beats.round();
        let length = if whole >= 1.0 { whole } else { beats };
        (length > 0.0).then(|| Agreed {
            more_s: (length - beats) * 60.0 / self.bpm,
            beats: length,
            first,
        })
    }
}

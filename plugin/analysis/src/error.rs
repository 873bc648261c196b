//! Why a sound cannot be analysed.
//!
//! ```text
//!  samples, pitch, rate ─► checked once, at the door ─► AnalysisError, or an analysis
//! ```

/// Why a signal is no note.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum AnalysisError {
    /// The onset does not lie where a frame can be centred with its whole window inside.
    #[error(
        "`lead_in` is {found} samples; expected a multiple of the hop ({hop}) of at least half \
         the frame ({half}): extend the note backwards by {half} samples"
    )]
    LeadIn {
        /// Samples before the onset.
        found: usize,
        /// Samples between frames.
        hop: usize,
        /// Half a frame, in samples.
        half: usize,
    },
    /// The signal ends before the first frame does.
    #[error("`samples` is {found} long; expected at least {expected}: the first frame's window")]
    TooShort {
        /// Samples in the signal.
        found: usize,
        /// Samples that the first frame needs.
        expected: usize,
    },
    /// The pitch is none that the layout of partials can tell.
    #[error("`pitch` is {found}; expected a MIDI note number from {lowest} to {highest}")]
    Pitch {
        /// The pitch that was given.
        found: f64,
        /// The lowest that is accepted.
        lowest: f64,
        /// The highest that is accepted.
        highest: f64,
    },
    /// The sample rate is none.
    #[error("`sample_rate_hz` is {found}; expected 8000 to 192000")]
    SampleRate {
        /// The rate that was given.
        found: f64,
    },
    /// A sample is infinite or not a number.
    #[error("sample {position} is not a finite number; check how the sound was read or rendered")]
    NotFinite {
        /// Which sample.
        position: usize,
    },
}

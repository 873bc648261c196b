//! Partials and noise of a note: the analysis behind the factory sound.
//!
//! ```text
//!  samples ─► tuning (f0, B) ─► vibrato taken away ─► Lines [frames, k] ─┬─► groups of harmonics ─┐
//!   [n]                             │     ▲  └── less ── resynthesis ◄───┤                        │
//!                                   │     └─ residual ──────┘ (twice)    └─► residual ─► noise    ├─► PartialsFrames
//!                                   └── cents ────────────────────────────────────────────────────┘   [frames]
//! ```
//!
//! Frame n describes the sound n·256 samples (at 44.1 kHz) after note-on: amplitudes of the
//! partials at known frequencies, noise between them. Adding what the lines leave behind back to
//! the lines, twice, sharpens attacks that the five periods of the window would blur; what blur is
//! left in the first frames is taken away octave by octave (see `onset`).
//!
//! *Promise:* the same samples give the same frames; a note without sound gives silent frames.

mod demodulation;
mod free;
mod kernel;
mod noise;
mod onset;
mod periodicity;
mod reading;
mod resynthesis;
mod tuning;
mod vibrato;

use crate::AnalysisError;
use betwixt_spectral::number::{index, narrow, real};
use betwixt_spectral::partials::{BANDS, FREE, FreePartial, GROUPS, PartialsFrame, group_edges};
use betwixt_spectral::{Complex32, pitch};
use demodulation::{Demodulator, Lines, frames_of};
use free::Comb;
use noise::Noise;
use resynthesis::Resynthesis;
use tuning::{LongSpectrum, Tuning};
use vibrato::Course;

/// Whoever changes what an analysis finds raises it, and every stored analysis is made anew.
pub const VERSION: u32 = 5;

/// The rate that everything is analysed at.
const RATE_HZ: f64 = 44_100.0;
/// Samples between frames.
const HOP: usize = 256;
/// Seconds between frames.
pub const HOP_S: f64 = HOP as f64 / RATE_HZ;
/// Corrections by what the lines leave behind.
const CORRECTIONS: usize = 2;
/// Periods in a window: fewer part the harmonics worse, more blur attacks.
const PERIODS: f64 = 5.0;
/// Below this pitch windows grow no longer until they hold so few periods: a bass's attack would
/// be blurred over a tenth of a second.
const BASS_HZ: f64 = 88.0;
const BASS_PERIODS: f64 = 4.0;
/// The shortest and the longest window.
const WINDOWS: (usize, usize) = (1_024, 6_784);
/// The lowest and the highest pitch that is accepted: with fewer than 650 partials below 20 kHz,
/// and with at least one.
const PITCHES: (f64, f64) = (20.0, 120.0);

/// What a note is made of.
#[derive(Clone, Debug)]
pub struct Analysis {
    /// The frames; number n describes the sound at n·`hop_s` after note-on.
    pub frames: Vec<PartialsFrame>,
    /// Seconds between frames.
    pub hop_s: f64,
    /// The frequency that the harmonics are multiples of, without vibrato.
    pub f0_hz: f64,
    /// B of k·f0·√(1 + B·k²).
    pub inharmonicity: f64,
    /// How many partials the note has.
    pub partials: usize,
    /// Length of the frames' windows in samples at 44.1 kHz.
    pub window: usize,
}

impl Analysis {
    /// The level of the loudest frame, which the others are told against.
    #[must_use]
    pub fn loudest(&self) -> f32 {
        let levels = self.frames.iter().map(|frame| frame.level(self.partials));
        levels.fold(0.0, f32::max)
    }
}

/// What becomes of steady lines between the harmonics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Free {
    /// They are told as free partials.
    Kept,
    /// They are told as noise, or as the harmonic whose window they lie in.
    AsNoise,
}

/// Analyses a note whose pitch is known.
///
/// | argument         | shape | unit                                                      |
/// |------------------|-------|-----------------------------------------------------------|
/// | `samples`        | `[n]` | mono; sample 0 is note-on                                 |
/// | `sample_rate_hz` |       | 8,000 to 192,000; other rates than 44,100 are resampled   |
/// | `pitch`          |       | MIDI note number, within a few percent of the true pitch  |
///
/// # Errors
///
/// [`AnalysisError`] when the pitch or the rate is out of range, or a sample is not finite.
pub fn analyse(
    samples: &[f32],
    sample_rate_hz: f64,
    pitch: f64,
) -> Result<Analysis, AnalysisError> {
    analyse_with(samples, sample_rate_hz, pitch, Free::Kept)
}

/// As [`analyse`], with a choice of what becomes of free partials.
///
/// # Errors
///
/// As [`analyse`].
pub fn analyse_with(
    samples: &[f32],
    sample_rate_hz: f64,
    pitch: f64,
    free: Free,
) -> Result<Analysis, AnalysisError> {
    check(samples, sample_rate_hz, pitch)?;
    let samples = &*reading::at_rate(samples, sample_rate_hz, RATE_HZ);
    let nominal_hz = pitch::hz(pitch);
    let spectrum = LongSpectrum::of(samples);
    let tuning = Tuning::of(&spectrum, nominal_hz);
    let window = window_of(tuning.f0_hz);
    let comb = match free {
        Free::Kept => Comb::of(&spectrum, tuning, window),
        Free::AsNoise => Comb::plain(tuning),
    };
    let mut demodulator = Demodulator::new(window);
    let course = if comb.is_bell(&spectrum) {
        Course::constant(frames_of(samples.len()))
    } else {
        Course::of(samples, tuning, &mut demodulator)
    };
    let straight = course.straighten(samples);
    let found = Found::of(&straight, (tuning, &comb), demodulator, window);
    let frames = 0..samples.len().div_ceil(HOP).max(1);
    let frame = |frame| {
        let ratio = tuning.f0_hz / nominal_hz * (1.0 + course.deviation(frame));
        let mut told = found.at(course.place(frame));
        told.cents = vibrato::cents(ratio);
        told
    };
    Ok(Analysis {
        frames: frames.map(frame).collect(),
        hop_s: HOP_S,
        f0_hz: tuning.f0_hz,
        inharmonicity: tuning.inharmonicity,
        partials: found.partials,
        window,
    })
}

/// The MIDI pitch of a sound without a label, within half a semitone (which [`analyse`] refines);
/// `None` for noise, for silence, and for less than 0.14 s.
#[must_use]
pub fn estimated_pitch(samples: &[f32], sample_rate_hz: f64) -> Option<f64> {
    let at_rate = reading::at_rate(samples, sample_rate_hz, RATE_HZ);
    let found = periodicity::pitch_of(&at_rate)?;
    let (lowest, highest) = PITCHES;
    (lowest..=highest).contains(&found).then_some(found)
}

fn check(samples: &[f32], sample_rate_hz: f64, pitch: f64) -> Result<(), AnalysisError> {
    let (lowest, highest) = PITCHES;
    if !(lowest..=highest).contains(&pitch) {
        return Err(AnalysisError::Pitch {
            found: pitch,
            lowest,
            highest,
        });
    }
    if !(8_000.0..=192_000.0).contains(&sample_rate_hz) {
        let found = sample_rate_hz;
        return Err(AnalysisError::SampleRate { found });
    }
    match samples.iter().position(|sample| !sample.is_finite()) {
        Some(position) => Err(AnalysisError::NotFinite { position }),
        None => Ok(()),
    }
}

/// Five periods in multiples of 64 samples, towards four in the bass.
fn window_of(f0_hz: f64) -> usize {
    let period = RATE_HZ / f0_hz;
    let longest = (BASS_PERIODS * period).max(PERIODS * RATE_HZ / BASS_HZ);
    let steps = ((PERIODS * period).min(longest) / 64.0).round();
    (64 * index(steps)).clamp(WINDOWS.0, WINDOWS.1)
}

/// The frames of the straightened note.
struct Found {
    frames: Vec<PartialsFrame>,
    partials: usize,
}

impl Found {
    fn of(
        samples: &[f32],
        (tuning, comb): (Tuning, &Comb),
        demodulator: Demodulator,
        window: usize,
    ) -> Self {
        let (lines, residual) = separate(samples, &comb.hz, demodulator);
        let mut noise = Noise::new(window, &comb.hz);
        let frame = |frame: usize| PartialsFrame {
            harmonics: groups(lines.frame(frame), comb),
            noise: noise.measure(&residual, frame),
            cents: 0.0,
            inharmonicity: narrow(tuning.inharmonicity),
            free: free(lines.frame(frame), comb),
        };
        let mut frames: Vec<PartialsFrame> = (0..lines.frames()).map(frame).collect();
        onset::sharpen(samples, &mut frames, (tuning, comb), window);
        Self {
            frames,
            partials: comb.partials(),
        }
    }

    /// Between two frames, by straight lines.
    fn at(&self, place: f64) -> PartialsFrame {
        let last = self.frames.len() - 1;
        let frame = index(place).min(last);
        let (from, to) = (&self.frames[frame], &self.frames[(frame + 1).min(last)]);
        let fraction = narrow((place - frame as f64).clamp(0.0, 1.0));
        let between = |a: f32, b: f32| a + fraction * (b - a);
        let mut told = *from;
        for group in 0..GROUPS {
            told.harmonics[group] = between(from.harmonics[group], to.harmonics[group]);
        }
        for band in 0..BANDS {
            told.noise[band] = between(from.noise[band], to.noise[band]);
        }
        for slot in 0..FREE {
            let (a, b) = (from.free[slot].amplitude, to.free[slot].amplitude);
            told.free[slot].amplitude = between(a, b);
        }
        told
    }
}

/// The lines at known frequencies, and what they leave of the sound.
fn separate(samples: &[f32], hz: &[f64], mut demodulator: Demodulator) -> (Lines, Vec<f32>) {
    let mut lines = Lines::silent(frames_of(samples.len()), hz.len());
    let mut resynthesis = Resynthesis::new();
    let (read, write) = (demodulator.taps(hz), resynthesis.taps(hz));
    let mut residual = samples.to_vec();
    for _ in 0..=CORRECTIONS {
        demodulator.add(&residual, &read, &mut lines);
        residual = resynthesis.residual(samples, &write, &lines);
    }
    (lines, residual)
}

/// The rms amplitude of the partials of each group.
fn groups(lines: &[Complex32], comb: &Comb) -> [f32; GROUPS] {
    let edges = group_edges();
    std::array::from_fn(|group| {
        let members = edges[group] - 1..(edges[group + 1] - 1).min(comb.partials());
        if members.is_empty() {
            return 0.0;
        }
        let count = real(members.len());
        let members = comb.harmonics[members].iter().flatten();
        let squares = members.map(|line| lines[*line].norm_sqr());
        (squares.sum::<f32>() / count).sqrt()
    })
}

/// The free partials, each in its slot.
fn free(lines: &[Complex32], comb: &Comb) -> [FreePartial; FREE] {
    let mut slots = [FreePartial::default(); FREE];
    for (slot, place, line) in &comb.free {
        slots[*slot] = FreePartial {
            amplitude: lines[*line].norm(),
            place: *place,
        };
    }
    slots
}

//! Free partials: steady lines of a note that are none of its harmonics.
//!
//! ```text
//!  long spectrum ─► peaks far from every k·f0 ─► strongest of each slot ─┐
//!  harmonics ─► those whose place such a line takes are left out ────────┴─► Comb: what is demodulated
//! ```
//!
//! A bar rings at 1, 2.76 and 5.40 times its pitch. Told as noise between harmonics it would hiss;
//! told as harmonics 3 and 5 it would be out of tune.

use super::RATE_HZ;
use super::tuning::{LongSpectrum, Tuning};
use betwixt_spectral::partials::{HIGHEST_HZ, free_slot, partial_hz, partials_below};

/// A free line is at least so loud against the loudest: −50 dB.
const FLOOR: f32 = 0.003;
/// It stands so far above the median around it.
const PROMINENCE: f32 = 12.0;
/// It lies so far from every harmonic, as a share of f0: nearer it belongs to the harmonic.
const DISTANCE: f64 = 0.12;
/// Nor does it belong to the harmonic if it lies further from it than players of one part do.
const DETUNED: f64 = 0.009;
/// Lines nearer than this, in bins of the analysis window, cannot be told apart.
const RESOLUTION_BINS: f64 = 2.0;
/// A harmonic so much weaker than a free line beside it is that line's skirt.
const SKIRT: f32 = 0.3;
/// A free line so strong makes a note of bars or bells, which beat but have no vibrato.
const BELL: f32 = 0.03;

/// The frequencies that a note is demodulated at.
#[derive(Clone, Debug)]
pub(super) struct Comb {
    /// All of them, in Hz.
    pub(super) hz: Vec<f64>,
    /// For each partial, the first one first: which of `hz` it is, if it is any.
    pub(super) harmonics: Vec<Option<usize>>,
    /// Slot, place in it, and which of `hz`.
    pub(super) free: Vec<(usize, f32, usize)>,
}

/// A peak between the harmonics.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    hz: f64,
    amplitude: f32,
    slot: usize,
    place: f32,
}

impl Comb {
    /// Of a note with this long spectrum, for windows of `window` samples.
    pub(super) fn of(spectrum: &LongSpectrum, tuning: Tuning, window: usize) -> Self {
        let count = partials_below(tuning.f0_hz, tuning.inharmonicity);
        let harmonic_hz = |number| partial_hz(number, tuning.f0_hz, tuning.inharmonicity);
        let harmonics: Vec<f64> = (1..=count).map(harmonic_hz).collect();
        let bin_hz = RATE_HZ / window as f64;
        let near_hz = RESOLUTION_BINS * bin_hz;
        let mut left_out = vec![false; count];
        let mut chosen: Vec<Candidate> = Vec::new();
        for candidate in candidates(spectrum, &harmonics, (tuning.f0_hz, bin_hz)) {
            let beside: Vec<usize> = (0..count)
                .filter(|k| (harmonics[*k] - candidate.hz).abs() < near_hz)
                .collect();
            let reach_hz = DISTANCE * tuning.f0_hz;
            let skirt = |k: &usize| {
                spectrum.loudest_near(harmonics[*k], reach_hz) < SKIRT * candidate.amplitude
            };
            let apart = |other: &Candidate| (other.hz - candidate.hz).abs() >= near_hz;
            let slot_free = |other: &Candidate| other.slot != candidate.slot;
            if beside.iter().all(skirt)
                && chosen.iter().all(|other| apart(other) && slot_free(other))
            {
                beside.iter().for_each(|k| left_out[*k] = true);
                chosen.push(candidate);
            }
        }
        Self::from_parts(&harmonics, &left_out, &chosen)
    }

    /// Whether free lines make the sound; following its beats as vibrato would be wrong.
    pub(super) fn is_bell(&self, spectrum: &LongSpectrum) -> bool {
        let mut lines = self.free.iter().map(|(_, _, line)| self.hz[*line]);
        lines.any(|hz| spectrum.loudest_near(hz, 1.0) > BELL * spectrum.largest())
    }

    /// Of a note without free lines.
    pub(super) fn plain(tuning: Tuning) -> Self {
        let count = partials_below(tuning.f0_hz, tuning.inharmonicity);
        let harmonic_hz = |number| partial_hz(number, tuning.f0_hz, tuning.inharmonicity);
        let harmonics: Vec<f64> = (1..=count).map(harmonic_hz).collect();
        Self::from_parts(&harmonics, &vec![false; count], &[])
    }

    fn from_parts(harmonics: &[f64], left_out: &[bool], chosen: &[Candidate]) -> Self {
        let mut hz = Vec::with_capacity(harmonics.len() + chosen.len());
        let mut line = |line_hz| {
            hz.push(line_hz);
            hz.len() - 1
        };
        let kept = harmonics.iter().zip(left_out);
        let harmonics = kept
            .map(|(harmonic, left_out)| (!left_out).then(|| line(*harmonic)))
            .collect();
        let free = chosen.iter().map(|c| (c.slot, c.place, line(c.hz)));
        let free = free.collect();
        Self {
            hz,
            harmonics,
            free,
        }
    }

    /// How many partials the note has, those left out included.
    pub(super) fn partials(&self) -> usize {
        self.harmonics.len()
    }
}

/// Peaks far from the harmonics, the strongest first.
fn candidates(
    spectrum: &LongSpectrum,
    harmonics: &[f64],
    (f0_hz, bin_hz): (f64, f64),
) -> Vec<Candidate> {
    let far = |hz: f64| {
        let next = harmonics.partition_point(|harmonic| *harmonic < hz);
        let beside = [next.checked_sub(1), Some(next)].into_iter().flatten();
        let mut beside = beside.filter_map(|k| harmonics.get(k));
        let apart = |harmonic: &f64| (DISTANCE * f0_hz).min((DETUNED * harmonic).max(bin_hz));
        beside.all(|harmonic| (harmonic - hz).abs() > apart(harmonic))
    };
    let candidate = |(hz, amplitude)| {
        let (slot, place) = free_slot(hz / f0_hz)?;
        Some(Candidate {
            hz,
            amplitude,
            slot,
            place,
        })
    };
    let peaks = spectrum.peaks(FLOOR, PROMINENCE).into_iter();
    let far = peaks.filter(|(hz, _)| far(*hz) && *hz < HIGHEST_HZ);
    let mut found: Vec<Candidate> = far.filter_map(candidate).collect();
    found.sort_by(|a, b| b.amplitude.total_cmp(&a.amplitude));
    found
}

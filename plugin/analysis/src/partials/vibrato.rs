//! Vibrato: how far a note's pitch moves from its mean, and the note without that.
//!
//! ```text
//!  Lines (k ≤ 8) ─► phase steps against the expected ones ─► deviation [frames]
//!  samples ─► read along u(t) = Σ(1 + deviation) ─► samples of constant pitch
//! ```
//!
//! Harmonics of a moving pitch smear over the frames' windows, the higher the more. On an axis of
//! time that runs with the pitch they stand still, and what was found there is mapped back.

use super::demodulation::{Demodulator, Lines, frames_of};
use super::reading::UNIT;
use super::tuning::Tuning;
use super::{HOP, RATE_HZ};
use betwixt_spectral::number::{index, narrow};
use betwixt_spectral::partials::{partial_hz, partials_below};
use std::f64::consts::TAU;

/// Partials that the pitch is followed by.
const PARTIALS: usize = 8;
/// Above, a phase step would be ambiguous for 35 cents; the first partial is always followed.
const HIGHEST_HZ: f64 = 4_300.0;
/// The pitch is not followed further.
const LIMIT: f64 = 0.06;
/// Below −34 dB of the note's maximum there is no pitch to follow.
const FLOOR: f64 = 0.02;
/// A note that moves less, in cents, is taken as it is.
const AUDIBLE_CENTS: f64 = 2.0;
/// Frames that are averaged, in the first and the second pass.
const SMOOTHING: [usize; 2] = [5, 3];

/// The course of a note's pitch, as a relative deviation from its f0 per frame.
#[derive(Clone, Debug)]
pub(super) struct Course {
    deviation: Vec<f64>,
    /// Where each frame lies on the axis that runs with the pitch, in frames.
    places: Vec<f64>,
}

impl Course {
    /// Followed in two passes; one that hardly moves is made constant.
    pub(super) fn of(samples: &[f32], tuning: Tuning, demodulator: &mut Demodulator) -> Self {
        let mut course = Self::constant(frames_of(samples.len()));
        for smoothing in SMOOTHING {
            let warped = course.straighten(samples);
            let found = follow(&warped, tuning, demodulator, smoothing);
            course = course.then(&found);
        }
        let cents = |deviation: &f64| 1200.0 * (1.0 + deviation).log2().abs();
        let most = course.deviation.iter().map(cents).fold(0.0, f64::max);
        if most > AUDIBLE_CENTS {
            course
        } else {
            Self::constant(course.deviation.len())
        }
    }

    /// Of a note whose pitch does not move.
    pub(super) fn constant(frames: usize) -> Self {
        Self::along(vec![0.0; frames])
    }

    fn along(deviation: Vec<f64>) -> Self {
        let mut places = Vec::with_capacity(deviation.len());
        let mut place = 0.0;
        for (frame, after) in deviation.iter().enumerate() {
            if frame > 0 {
                place += 1.0 + 0.5 * (deviation[frame - 1] + after);
            }
            places.push(place);
        }
        Self { deviation, places }
    }

    /// This course and, on its straightened axis, another one.
    fn then(&self, further: &[f64]) -> Self {
        let total = |(deviation, place): (&f64, &f64)| {
            (1.0 + deviation) * (1.0 + between(further, *place)) - 1.0
        };
        let total = self.deviation.iter().zip(&self.places).map(total);
        Self::along(total.collect())
    }

    /// Whether the note is taken as it is.
    pub(super) fn is_constant(&self) -> bool {
        self.deviation.iter().all(|deviation| *deviation == 0.0)
    }

    /// The relative deviation from f0 at a frame of the original.
    pub(super) fn deviation(&self, frame: usize) -> f64 {
        self.deviation[frame]
    }

    /// The frame of the straightened note that is heard at a frame of the original: whole part
    /// and fraction.
    pub(super) fn place(&self, frame: usize) -> f64 {
        self.places[frame]
    }

    /// The note at a constant pitch.
    pub(super) fn straighten(&self, samples: &[f32]) -> Vec<f32> {
        if self.is_constant() {
            return samples.to_vec();
        }
        let mut out = Vec::with_capacity(samples.len());
        for frame in 0..self.places.len() - 1 {
            let (from, to) = (self.places[frame], self.places[frame + 1]);
            // Samples of the straight axis between the two frames, and their place in the hop.
            while (out.len() as f64) < to * HOP as f64 {
                let straight = out.len() as f64 / HOP as f64;
                let place = (frame as f64 + (straight - from) / (to - from)) * HOP as f64;
                if place >= samples.len() as f64 {
                    return out;
                }
                out.push(UNIT.read(samples, place.max(0.0)));
            }
        }
        out
    }
}

/// A value between frames, by a straight line.
fn between(values: &[f64], place: f64) -> f64 {
    let last = values.len() - 1;
    let frame = index(place).min(last);
    let next = (frame + 1).min(last);
    let fraction = (place - frame as f64).clamp(0.0, 1.0);
    values[frame] + fraction * (values[next] - values[frame])
}

/// The deviation of every frame of a note, from the phase steps of its first partials.
fn follow(
    samples: &[f32],
    tuning: Tuning,
    demodulator: &mut Demodulator,
    smoothing: usize,
) -> Vec<f64> {
    let count = partials_below(tuning.f0_hz, tuning.inharmonicity).clamp(1, PARTIALS);
    let of = |number| partial_hz(number, tuning.f0_hz, tuning.inharmonicity);
    let hz = (1..=count).map(of);
    let hz: Vec<f64> = hz
        .enumerate()
        .filter(|(place, hz)| *place == 0 || *hz < HIGHEST_HZ)
        .map(|(_, hz)| hz)
        .collect();
    let taps = demodulator.taps(&hz);
    let mut lines = Lines::silent(frames_of(samples.len()), hz.len());
    demodulator.add(samples, &taps, &mut lines);
    let steps = steps(&lines, &hz);
    let smoothed = smooth(&steps, smoothing);
    let of_step = |(shift, weight): &(f64, f64)| {
        if *weight > 0.0 {
            (shift / weight).clamp(-LIMIT, LIMIT)
        } else {
            0.0
        }
    };
    let at_steps: Vec<f64> = smoothed.iter().map(of_step).collect();
    let mut deviation = at_frames(&at_steps);
    hush(&lines, &mut deviation);
    deviation
}

/// Between each two frames: Σ weight·deviation and Σ weight over the lines.
fn steps(lines: &Lines, hz: &[f64]) -> Vec<(f64, f64)> {
    let step = |frame: usize| {
        let (before, after) = (lines.frame(frame - 1), lines.frame(frame));
        let mut sums = (0.0, 0.0);
        for (line, hz) in hz.iter().enumerate() {
            let advance = hz * HOP as f64 / RATE_HZ;
            let turned = f64::from((after[line] * before[line].conj()).arg()) / TAU;
            let beyond = turned - advance;
            let beyond = beyond - beyond.round();
            let least = f64::from(after[line].norm().min(before[line].norm()));
            let weight = (line + 1) as f64 * least * least;
            sums.0 += weight * beyond / advance;
            sums.1 += weight;
        }
        sums
    };
    (1..lines.frames()).map(step).collect()
}

/// Sums over `width` neighbours.
fn smooth(steps: &[(f64, f64)], width: usize) -> Vec<(f64, f64)> {
    let around = |place: usize| {
        let from = place.saturating_sub(width / 2);
        let near = &steps[from..(place + width / 2 + 1).min(steps.len())];
        near.iter()
            .fold((0.0, 0.0), |sum, step| (sum.0 + step.0, sum.1 + step.1))
    };
    (0..steps.len()).map(around).collect()
}

/// From the places between the frames to the frames.
fn at_frames(steps: &[f64]) -> Vec<f64> {
    let step = |place: usize| steps.get(place).copied();
    let frame = |frame: usize| {
        let before = frame.checked_sub(1).and_then(step);
        match (before, step(frame)) {
            (Some(before), Some(after)) => 0.5 * (before + after),
            (before, after) => before.or(after).unwrap_or(0.0),
        }
    };
    (0..=steps.len()).map(frame).collect()
}

/// Frames too quiet to have a pitch do not move.
fn hush(lines: &Lines, deviation: &mut [f64]) {
    let level = |frame: usize| {
        let squares = lines.frame(frame).iter().map(|value| value.norm_sqr());
        f64::from(squares.sum::<f32>().sqrt())
    };
    let levels: Vec<f64> = (0..lines.frames()).map(level).collect();
    let loudest = levels.iter().copied().fold(0.0, f64::max);
    for (deviation, level) in deviation.iter_mut().zip(levels) {
        if level <= FLOOR * loudest {
            *deviation = 0.0;
        }
    }
}

/// Cents of a frequency ratio.
pub(super) fn cents(ratio: f64) -> f32 {
    narrow(1200.0 * ratio.log2())
}

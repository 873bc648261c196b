//! The onset: frames whose windows reach before it are held against the sound itself.
//!
//! ```text
//!  samples ─► windows of 6 ms ─► power by frame and octave ──────┐
//!                                                                ├─► ratio ─► gains [frames, octaves]
//!  frames ─► as a painter draws them ─► power by frame and octave┘                │
//!     ▲                                                                           │
//!     └──────────────────────────────── × ◄── eight times ────────────────────────┘
//! ```
//!
//! The five periods of a window smear the first moments of a sound over each other: at A2 the first
//! frame of a stroke that is over in 5 ms has half of its power, and the tone behind it is 2 dB too
//! loud. Power in short windows does not know which partial it belongs to, but it knows when it came
//! and in which octave; the frames know the rest.

use super::demodulation::hann;
use super::free::Comb;
use super::tuning::Tuning;
use super::{HOP, RATE_HZ};
use betwixt_spectral::number::{index, narrow};
use betwixt_spectral::partials::{
    BANDS, FREE, GROUPS, PartialsFrame, band_centre_hz, group_middle, partial_hz,
};
use betwixt_spectral::window::hann_lobe;
use realfft::num_complex::Complex32;
use realfft::{RealFftPlanner, RealToComplex};
use std::f64::consts::TAU;
use std::sync::Arc;

/// Length of the short windows, and samples between them.
const SHORT: usize = 256;
const STEP: usize = 64;
/// Bins of a short window at which octaves begin and end: 0, 0.7, 1.4, 2.8, 5.5, 11 and 22 kHz.
const EDGES: [usize; OCTAVES + 1] = [0, 4, 8, 16, 32, 64, SHORT / 2 + 1];
const OCTAVES: usize = 6;
/// How often frames are compared.
const ROUNDS: usize = 8;
/// What an amplitude moves by, as a power of the ratio of powers: a little less than all of it,
/// because neighbouring frames answer for the same moments.
const STRIDE: f64 = 0.4;
/// No octave of a frame becomes louder or softer by more: 12 dB.
const MOST: f64 = 4.0;
/// What is so much softer than the loudest moment of the loudest octave stays as it is: −60 dB.
const FLOOR: f64 = 1e-6;

/// One number for each octave.
type Octaves = [f64; OCTAVES];

/// Makes the frames of a note whose windows of `window` samples reach before its onset, and one more,
/// as loud, in each octave, as the sound is at their time.
pub(super) fn sharpen(
    samples: &[f32],
    frames: &mut [PartialsFrame],
    (tuning, comb): (Tuning, &Comb),
    window: usize,
) {
    let period = RATE_HZ / tuning.f0_hz;
    let early = (window / 2).div_ceil(HOP) + 1;
    let clock = Clock::new(early, period, samples.len());
    let (early, moments) = (clock.frames, clock.moments());
    let parts = parts(tuning, comb);
    let heard = clock.by_frame(&heard(samples, moments));
    let loudest = heard.iter().flatten().copied().fold(0.0, f64::max);
    // Of silence nothing becomes louder.
    let floor = (FLOOR * loudest).max(f64::MIN_POSITIVE);
    let plain = frames[..early].to_vec();
    let mut gains = vec![[1.0; OCTAVES]; early];
    for _ in 0..ROUNDS {
        let told = clock.by_frame(&told(frames, moments, &parts));
        for (frame, gains) in gains.iter_mut().enumerate() {
            for (octave, gain) in gains.iter_mut().enumerate() {
                let ratio = (heard[frame][octave] + floor) / (told[frame][octave] + floor);
                *gain = (*gain * ratio.powf(STRIDE)).clamp(MOST.recip(), MOST);
            }
            frames[frame] = louder(&plain[frame], gains, &parts);
        }
    }
}

/// An amplitude of a frame.
struct Part {
    /// Which share of its power lies in each octave of a short window.
    shares: Octaves,
    /// The power of an amplitude of 1.
    power: f64,
}

/// Of a note's groups, bands and free partials, in this order.
fn parts(tuning: Tuning, comb: &Comb) -> Vec<Part> {
    let part = |hz: f64, power: f64| Part {
        shares: shares(hz),
        power,
    };
    let group = |group: usize| {
        let (middle, count) = group_middle(group, comb.partials());
        let hz = partial_hz(middle, tuning.f0_hz, tuning.inharmonicity);
        part(hz, 0.5 * count as f64)
    };
    let band = |band: usize| part(band_centre_hz(band), 1.0);
    let mut free = [0.0; FREE];
    for (slot, _, line) in &comb.free {
        free[*slot] = comb.hz[*line];
    }
    let groups = (0..GROUPS).map(group).chain((0..BANDS).map(band));
    groups.chain(free.map(|hz| part(hz, 0.5))).collect()
}

/// Of a sine, by the main lobe of a short window.
fn shares(hz: f64) -> Octaves {
    let place = hz * SHORT as f64 / RATE_HZ;
    let mut shares = [0.0; OCTAVES];
    for offset in -2..=2 {
        let bin = place.round() + f64::from(offset);
        let seen = index(bin.abs()).min(SHORT / 2);
        let octave = EDGES.iter().rposition(|edge| *edge <= seen).unwrap_or(0);
        shares[octave] += hann_lobe(bin - place).powi(2);
    }
    let sum: f64 = shares.iter().sum();
    shares.map(|share| share / sum)
}

/// A frame whose octaves are so much louder.
fn louder(frame: &PartialsFrame, gains: &Octaves, parts: &[Part]) -> PartialsFrame {
    let mut frame = *frame;
    for (amplitude, part) in amplitudes_mut(&mut frame).zip(parts) {
        let terms = part.shares.iter().zip(gains);
        *amplitude *= narrow(terms.map(|(share, gain)| share * gain).sum());
    }
    frame
}

fn amplitudes_mut(frame: &mut PartialsFrame) -> impl Iterator<Item = &mut f32> {
    let free = frame.free.iter_mut().map(|line| &mut line.amplitude);
    let both = frame.harmonics.iter_mut().chain(&mut frame.noise);
    both.chain(free)
}

fn amplitudes(frame: &PartialsFrame) -> impl Iterator<Item = f32> {
    let free = frame.free.iter().map(|line| line.amplitude);
    let both = frame.harmonics.iter().chain(&frame.noise);
    both.copied().chain(free)
}

/// The moments that powers are measured at, and the frames that they belong to.
struct Clock {
    frames: usize,
    /// A frame's power is a mean over so many samples before and after it, weighted by a triangle:
    /// a hop, or a whole period where that is longer.
    reach: f64,
}

impl Clock {
    /// Of so many frames those that a note of so many samples does not end in.
    fn new(frames: usize, period: f64, samples: usize) -> Self {
        let reach = period.max(HOP as f64);
        let whole = index((samples as f64 - reach).max(0.0)) / HOP;
        Self {
            frames: frames.min(whole),
            reach,
        }
    }

    fn moments(&self) -> usize {
        (self.frames * HOP + index(self.reach)) / STEP
    }

    fn by_frame(&self, powers: &[Octaves]) -> Vec<Octaves> {
        let frame = |frame: usize| {
            let (mut sums, mut weights) = ([0.0; OCTAVES], f64::MIN_POSITIVE);
            for (moment, powers) in powers.iter().enumerate() {
                let distance = (moment * STEP) as f64 - (frame * HOP) as f64;
                let weight = (1.0 - distance.abs() / self.reach).max(0.0);
                weights += weight;
                let terms = sums.iter_mut().zip(powers);
                terms.for_each(|(sum, power)| *sum += weight * power);
            }
            sums.map(|sum| sum / weights)
        };
        (0..self.frames).map(frame).collect()
    }
}

/// Power of a sound in each octave of the short windows around so many moments; of a window that
/// reaches before the onset only what lies behind it counts.
fn heard(samples: &[f32], moments: usize) -> Vec<Octaves> {
    let plan: Arc<dyn RealToComplex<f32>> = RealFftPlanner::new().plan_fft_forward(SHORT);
    let window = hann(SHORT);
    let (mut buffer, mut bins) = (plan.make_input_vec(), plan.make_output_vec());
    let mut scratch = plan.make_scratch_vec();
    let mut moment = |moment: usize| {
        let mut squares = f64::MIN_POSITIVE;
        for (i, (out, w)) in buffer.iter_mut().zip(&window).enumerate() {
            let place = (moment * STEP + i).checked_sub(SHORT / 2);
            let sample = place.and_then(|place| samples.get(place));
            squares += sample.map_or(0.0, |_| w * w);
            *out = sample.map_or(0.0, |sample| sample * narrow(*w));
        }
        plan.process_with_scratch(&mut buffer, &mut bins, &mut scratch)
            .expect("lengths are the plan's");
        let scale = 2.0 / (SHORT as f64 * squares);
        // Both ends hold what comes from either side of them.
        for end in [0, SHORT / 2] {
            bins[end] *= 0.5f32.sqrt();
        }
        let power = |bin: &Complex32| scale * f64::from(bin.norm_sqr());
        std::array::from_fn(|octave| {
            let bins = &bins[EDGES[octave]..EDGES[octave + 1]];
            bins.iter().map(power).sum()
        })
    };
    (0..moments).map(&mut moment).collect()
}

/// The same of frames, drawn by a painter: four of them overlap, and before the first there is the
/// first.
fn told(frames: &[PartialsFrame], moments: usize, parts: &[Part]) -> Vec<Octaves> {
    let moment = |moment: usize| {
        let mut drawn = vec![0.0; parts.len()];
        for offset in 0..4 {
            let frame = (moment * STEP / HOP + offset).saturating_sub(1);
            let centre = (moment * STEP / HOP + offset) as f64 - 1.0;
            let x = ((moment * STEP) as f64 / HOP as f64 - centre) / 4.0;
            let weight = (0.5 + 0.5 * (TAU * x).cos()).powi(2) / 1.5;
            let frame = &frames[frame.min(frames.len() - 1)];
            let terms = drawn.iter_mut().zip(amplitudes(frame));
            terms.for_each(|(sum, amplitude)| *sum += weight * f64::from(amplitude));
        }
        let mut powers = [0.0; OCTAVES];
        for (part, amplitude) in parts.iter().zip(drawn) {
            let power = part.power * amplitude * amplitude;
            let terms = powers.iter_mut().zip(&part.shares);
            terms.for_each(|(sum, share)| *sum += share * power);
        }
        powers
    };
    (0..moments).map(moment).collect()
}

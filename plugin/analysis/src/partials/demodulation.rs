//! Demodulation: amplitude and phase of known frequencies, frame by frame.
//!
//! ```text
//!  samples ─► × Hann × compensation, zero-padded ─► FFT ─► taps of each f_k ─► Lines [frames, k]
//! ```
//!
//! Exactly the sums c_k = (2/Σw)·Σ x·w·e^(−j2πf_k·t), t counted from the frame's centre, but read
//! from one FFT per frame: hundreds of partials cost little more than one.
//! Where a window reaches outside the note, Σw counts only its part inside; otherwise an ideal
//! attack would be read as a slow one.

use super::kernel::{Kernel, MARGIN, Taps};
use super::{HOP, RATE_HZ};
use betwixt_spectral::number::narrow;
use realfft::num_complex::Complex32;
use realfft::{RealFftPlanner, RealToComplex};
use std::f64::consts::TAU;
use std::sync::Arc;

/// Complex amplitudes of the lines of a note; phases refer to each frame's centre.
#[derive(Clone, Debug)]
pub(super) struct Lines {
    count: usize,
    values: Vec<Complex32>,
}

impl Lines {
    /// No sound: `frames` frames of `count` lines.
    pub(super) fn silent(frames: usize, count: usize) -> Self {
        Self {
            count,
            values: vec![Complex32::default(); frames * count],
        }
    }

    /// From frames of `count` lines, one after the other.
    #[cfg(test)]
    pub(super) fn from_values(values: Vec<Complex32>, count: usize) -> Self {
        Self { count, values }
    }

    pub(super) fn frames(&self) -> usize {
        self.values.len().checked_div(self.count).unwrap_or(0)
    }

    /// One frame, `[lines]`.
    pub(super) fn frame(&self, frame: usize) -> &[Complex32] {
        &self.values[frame * self.count..][..self.count]
    }

    fn frames_mut(&mut self) -> impl Iterator<Item = &mut [Complex32]> {
        self.values.chunks_exact_mut(self.count.max(1))
    }
}

/// Frames of a note of so many samples: the last segment of a hop lies between two.
pub(super) fn frames_of(samples: usize) -> usize {
    samples.div_ceil(HOP) + 1
}

/// Reads lines at known frequencies from a sound.
pub(super) struct Demodulator {
    plan: Arc<dyn RealToComplex<f32>>,
    /// Hann × compensation, `[window]`.
    shape: Vec<f32>,
    /// Σ of the first n values of the Hann window, `[window + 1]`.
    sums: Vec<f64>,
    kernel: Kernel,
    buffer: Vec<f32>,
    scratch: Vec<Complex32>,
    bins: Vec<Complex32>,
    spectrum: Vec<Complex32>,
}

impl Demodulator {
    /// For windows of `window` samples.
    pub(super) fn new(window: usize) -> Self {
        let points = points(window);
        let plan = RealFftPlanner::new().plan_fft_forward(points);
        let kernel = Kernel::new(points, window);
        let hann = hann(window);
        let half = window as f64 / 2.0;
        let shaped = |(i, w): (usize, &f64)| narrow(w * kernel.compensation(i as f64 - half));
        Self {
            shape: hann.iter().enumerate().map(shaped).collect(),
            sums: running_sums(hann),
            buffer: plan.make_input_vec(),
            scratch: plan.make_scratch_vec(),
            bins: plan.make_output_vec(),
            spectrum: vec![Complex32::default(); points / 2 + 1 + 2 * MARGIN],
            plan,
            kernel,
        }
    }

    /// The taps of frequencies in Hz.
    pub(super) fn taps(&self, hz: &[f64]) -> Vec<Taps> {
        let per_hz = self.buffer.len() as f64 / RATE_HZ;
        hz.iter().map(|hz| self.kernel.taps(hz * per_hz)).collect()
    }

    /// Adds what a sound holds at the frequencies of `taps` to `lines`.
    pub(super) fn add(&mut self, samples: &[f32], taps: &[Taps], lines: &mut Lines) {
        for (frame, values) in lines.frames_mut().enumerate() {
            let scale = self.transform(samples, frame);
            for (value, taps) in values.iter_mut().zip(taps) {
                *value += taps.read(&self.spectrum) * scale;
            }
        }
    }

    /// Transforms one frame; returns 2/Σw, or 0 where no sample lies inside the window.
    fn transform(&mut self, samples: &[f32], frame: usize) -> f32 {
        let window = self.shape.len();
        let place = Place::of(frame, window, samples.len());
        let sum = self.sums[place.to] - self.sums[place.from];
        if sum < 1e-6 {
            return 0.0;
        }
        self.buffer.fill(0.0);
        let half = window / 2;
        // The centre of the window is time 0, and what lies before it wraps.
        let (late, early) = (self.buffer.len() - half, half.clamp(place.from, place.to));
        for (from, to, start) in [
            (place.from, early, late + place.from),
            (early, place.to, early.saturating_sub(half)),
        ] {
            let out = &mut self.buffer[start..start + to - from];
            let seen = &samples[place.sample(from)..][..to - from];
            let shaped = out.iter_mut().zip(&self.shape[from..to]).zip(seen);
            shaped.for_each(|((out, shape), sample)| *out = shape * sample);
        }
        self.plan
            .process_with_scratch(&mut self.buffer, &mut self.bins, &mut self.scratch)
            .expect("lengths are the plan's");
        let count = self.bins.len();
        self.spectrum[MARGIN..MARGIN + count].copy_from_slice(&self.bins);
        for beyond in 1..=MARGIN {
            self.spectrum[MARGIN - beyond] = self.bins[beyond].conj();
            self.spectrum[MARGIN + count - 1 + beyond] = self.bins[count - 1 - beyond].conj();
        }
        narrow(2.0 / sum)
    }
}

/// Which part of a frame's window lies inside a sound.
pub(super) struct Place {
    /// First place in the window with a sample.
    pub(super) from: usize,
    /// One past the last.
    pub(super) to: usize,
    /// Of the frame, in samples.
    centre: usize,
    half: usize,
}

impl Place {
    pub(super) fn of(frame: usize, window: usize, samples: usize) -> Self {
        let (centre, half) = (frame * HOP, window / 2);
        let from = half.saturating_sub(centre).min(window);
        let to = (samples + half).saturating_sub(centre).min(window);
        Self {
            from,
            to: to.max(from),
            centre,
            half,
        }
    }

    /// The sample at a place of the window between `from` and `to`.
    pub(super) fn sample(&self, place: usize) -> usize {
        self.centre + place - self.half
    }
}

/// The periodic Hann window in double precision.
pub(super) fn hann(window: usize) -> Vec<f64> {
    let value = |i: usize| 0.5 - 0.5 * (TAU * i as f64 / window as f64).cos();
    (0..window).map(value).collect()
}

/// 0, and the sums of the first 1, 2, … values.
pub(super) fn running_sums(values: Vec<f64>) -> Vec<f64> {
    let mut sum = 0.0;
    let rest = values.into_iter().map(|value| {
        sum += value;
        sum
    });
    std::iter::once(0.0).chain(rest).collect()
}

/// The shortest convenient transform with 1.5 points per sample of the window.
fn points(window: usize) -> usize {
    let needed = window + window / 2;
    let power = needed.next_power_of_two();
    let shorter = [power / 8 * 5, power / 4 * 3];
    let fitting = shorter.into_iter().find(|points| *points >= needed);
    fitting.unwrap_or(power)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against the direct sums on noise: every line of every frame within −80 dB of the largest,
    /// at the lowest, the highest and fractional frequencies, and at both ends of the note.
    #[test]
    fn the_kernel_reads_what_the_direct_sum_gives() {
        let mut state = 1u32;
        let mut noise = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.cast_signed() as f32 / 2_147_483_648.0
        };
        let samples: Vec<f32> = (0..9_000).map(|_| noise()).collect();
        for window in [1_024, 2_112, 6_784] {
            let hz = [21.5, 27.3, 440.0, 3_333.3, 12_345.6, 19_990.0];
            let mut demodulator = Demodulator::new(window);
            let taps = demodulator.taps(&hz);
            let mut lines = Lines::silent(frames_of(samples.len()), hz.len());
            demodulator.add(&samples, &taps, &mut lines);
            for frame in [0, 3, 17, 35] {
                let direct = |hz| direct_sum(&samples, frame, window, hz);
                let direct: Vec<Complex32> = hz.iter().map(|hz| direct(*hz)).collect();
                let largest = direct.iter().map(|c| c.norm()).fold(0.0, f32::max);
                for (found, expected) in lines.frame(frame).iter().zip(&direct) {
                    let error = (found - expected).norm() / largest;
                    assert!(error < 1e-4, "{window}, frame {frame}: {error}");
                }
            }
        }
    }

    fn direct_sum(samples: &[f32], frame: usize, window: usize, hz: f64) -> Complex32 {
        let (mut re, mut im, mut sum) = (0.0, 0.0, 0.0);
        for (i, w) in hann(window).iter().enumerate() {
            let Some(position) = (frame * HOP + i).checked_sub(window / 2) else {
                continue;
            };
            if let Some(sample) = samples.get(position) {
                let angle = TAU * hz * (i as f64 - window as f64 / 2.0) / RATE_HZ;
                re += w * f64::from(*sample) * angle.cos();
                im -= w * f64::from(*sample) * angle.sin();
                sum += w;
            }
        }
        Complex32::new(narrow(2.0 * re / sum), narrow(2.0 * im / sum))
    }
}

//! Reads a stream of samples at any position: a windowed sinc in 512 phases.
//!
//! ```text
//!  samples … [i][i+1] … [i+47] …      position = i + fraction ─► Σ samples · kernel(fraction)
//! ```
//!
//! One ratio covers bend, tuning and the host's sample rate, and it may change at every sample. The
//! kernel only interpolates; what would alias is left out of the frames before they become sound.
//! Between two phases of the kernel the weights are interpolated linearly (error below −100 dB).
//!
//! *Real time:* the table is made once; reading is a sum of products.

use crate::simd::Loops;
use betwixt_spectral::number::{index, narrow};
use std::f64::consts::PI;
use std::sync::LazyLock;

/// Samples that one output sample is made of.
pub(crate) const TAPS: usize = 48;
/// Kernels between two samples.
const PHASES: usize = 512;
/// Kaiser's shape: the stop band lies 90 dB down.
const KAISER_BETA: f64 = 9.0;
/// Sums that the compiler may keep apart in one register.
const LANES: usize = 8;

/// The interpolation kernels.
#[derive(Debug)]
pub(crate) struct Resampler {
    kernels: Vec<[f32; TAPS]>,
    loops: Loops,
}

impl Resampler {
    /// The kernels of all voices of this process. Allocates, and waits for another that makes them:
    /// not for the audio thread.
    pub(crate) fn shared() -> &'static Self {
        static SHARED: LazyLock<Resampler> = LazyLock::new(Resampler::new);
        &SHARED
    }

    /// Computes the kernels. Allocates.
    pub(super) fn new() -> Self {
        let kernel = |phase: usize| {
            let fraction = phase as f64 / PHASES as f64;
            let taps: [f64; TAPS] = std::array::from_fn(|tap| weight(tap, fraction));
            let sum: f64 = taps.iter().sum();
            taps.map(|tap| narrow(tap / sum))
        };
        Self {
            kernels: (0..=PHASES).map(kernel).collect(),
            loops: Loops::detect(),
        }
    }

    /// The stream's value `TAPS/2 − 1 + fraction` samples after the first of `samples`.
    ///
    /// # Panics
    ///
    /// When fewer than [`TAPS`] samples are given.
    #[inline]
    pub(super) fn read(&self, samples: &[f32], fraction: f64) -> f32 {
        let place = fraction * PHASES as f64;
        let phase = index(place).min(PHASES - 1);
        let blend = narrow(place - phase as f64);
        let (low, high) = (&self.kernels[phase], &self.kernels[phase + 1]);
        let samples = samples
            .first_chunk()
            .expect("the stream holds a kernel's length");
        self.loops.read(samples, low, high, blend)
    }
}

/// The sum of `samples · (low + blend·(high − low))`, several taps at a time.
#[inline(always)]
pub(crate) fn read_body(
    samples: &[f32; TAPS],
    low: &[f32; TAPS],
    high: &[f32; TAPS],
    blend: f32,
) -> f32 {
    let mut sums = [0.0f32; LANES];
    let samples = samples.as_chunks::<LANES>().0;
    let kernels = low
        .as_chunks::<LANES>()
        .0
        .iter()
        .zip(high.as_chunks::<LANES>().0);
    for (samples, (low, high)) in samples.iter().zip(kernels) {
        for lane in 0..LANES {
            let weight = low[lane] + blend * (high[lane] - low[lane]);
            sums[lane] += samples[lane] * weight;
        }
    }
    sums.iter().sum()
}

fn weight(tap: usize, fraction: f64) -> f64 {
    let half = TAPS as f64 / 2.0;
    let x = tap as f64 - (half - 1.0) - fraction;
    let sinc = if x.abs() < 1e-12 {
        1.0
    } else {
        (PI * x).sin() / (PI * x)
    };
    let edge = 1.0 - (x / half) * (x / half);
    sinc * bessel(KAISER_BETA * edge.max(0.0).sqrt()) / bessel(KAISER_BETA)
}

/// The modified Bessel function of the first kind, order 0, by its series.
fn bessel(x: f64) -> f64 {
    let (mut sum, mut term) = (1.0, 1.0);
    for k in 1..60 {
        term *= (x / (2.0 * f64::from(k))).powi(2);
        sum += term;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error_db(cycles_per_sample: f64) -> f64 {
        let resampler = Resampler::new();
        let wave = |t: f64| (std::f64::consts::TAU * cycles_per_sample * t).sin();
        let samples: Vec<f32> = (0..400).map(|i| narrow(wave(f64::from(i)))).collect();
        let mut worst: f64 = 0.0;
        for step in 0..3000 {
            let position = 0.113_7 * f64::from(step);
            let first = index(position);
            let found = resampler.read(&samples[first..], position - first as f64);
            let expected = wave(position + TAPS as f64 / 2.0 - 1.0);
            worst = worst.max((f64::from(found) - expected).abs());
        }
        20.0 * worst.log10()
    }

    /// Between the samples lies the wave that they were taken from, up to 18 kHz at 44.1 kHz.
    #[test]
    fn interpolation_is_transparent() {
        for cycles_per_sample in [0.001, 0.01, 0.1, 0.2, 0.3, 0.4] {
            let error = error_db(cycles_per_sample);
            assert!(error < -80.0, "{cycles_per_sample}: {error:.1} dB");
        }
    }

    /// A constant stays a constant: no ripple at the rate of the phases.
    #[test]
    fn constants_pass_untouched() {
        let resampler = Resampler::new();
        for step in 0..1000 {
            let value = resampler.read(&[1.0; TAPS], f64::from(step) / 1000.0);
            assert!((value - 1.0).abs() < 1e-6, "{step}: {value}");
        }
    }
}

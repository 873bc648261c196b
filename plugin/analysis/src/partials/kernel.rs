//! Spectra between their bins: the short kernel that reads and writes a spectrum at any frequency.
//!
//! ```text
//!  samples × compensation ─► FFT [points] ─► Σ 8 bins × taps ─► X(f), for any f
//!  c at any f ─► 8 bins += c × taps ─► inverse FFT [points] ─► × compensation ─► samples
//! ```
//!
//! The Kaiser-Bessel kernel vanishes beyond eight bins while its own transform covers the support
//! of the signal: dividing the signal by that transform makes eight taps as good as the whole sum
//! (better than −100 dB from 1.5 points per sample of support).
//!
//! *Source:* Beatty, Nishimura and Pauly, IEEE Transactions on Medical Imaging 24 (2005).

use betwixt_spectral::number::{index, narrow};
use realfft::num_complex::Complex32;
use std::f64::consts::PI;

/// Bins that one frequency reads or writes.
pub(super) const TAPS: usize = 8;
/// Bins kept before 0 and after the last one, so that taps never leave the spectrum.
pub(super) const MARGIN: usize = TAPS;

/// The kernel for one transform length and one support.
pub(super) struct Kernel {
    points: f64,
    beta: f64,
}

/// What one frequency reads or writes: eight bins from `first` (counted with the margin).
#[derive(Clone, Copy, Debug)]
pub(super) struct Taps {
    first: usize,
    weights: [f32; TAPS],
}

impl Kernel {
    /// For signals of `support` samples around time 0 in transforms of `points`.
    pub(super) fn new(points: usize, support: usize) -> Self {
        let points = points as f64;
        let ratio = points / support as f64;
        let taps = TAPS as f64;
        let beta = PI * ((taps / ratio * (ratio - 0.5)).powi(2) - 0.8).sqrt();
        Self { points, beta }
    }

    /// What the signal is multiplied by at a time in samples from the centre.
    pub(super) fn compensation(&self, time: f64) -> f64 {
        self.transform(0.0) / self.transform(time)
    }

    fn transform(&self, time: f64) -> f64 {
        let angle = PI * TAPS as f64 * time / self.points;
        let root = (self.beta * self.beta - angle * angle).sqrt();
        TAPS as f64 * root.sinh() / root
    }

    /// The taps of a frequency in bins, 0 … points/2.
    pub(super) fn taps(&self, bin: f64) -> Taps {
        let start = (bin - TAPS as f64 / 2.0).ceil();
        let norm = self.transform(0.0);
        let weight = |tap: usize| {
            let distance = (start + tap as f64 - bin) * 2.0 / TAPS as f64;
            let inside = (1.0 - distance * distance).max(0.0);
            narrow(bessel(self.beta * inside.sqrt()) / norm)
        };
        Taps {
            first: index(start + MARGIN as f64),
            weights: std::array::from_fn(weight),
        }
    }
}

impl Taps {
    /// The value of a spectrum (with margins) at this frequency.
    #[inline]
    pub(super) fn read(&self, spectrum: &[Complex32]) -> Complex32 {
        let bins = &spectrum[self.first..self.first + TAPS];
        let terms = bins.iter().zip(&self.weights).map(|(bin, w)| bin * w);
        terms.sum()
    }

    /// Adds a line of this frequency to a spectrum (with margins).
    #[inline]
    pub(super) fn write(&self, value: Complex32, spectrum: &mut [Complex32]) {
        let bins = &mut spectrum[self.first..self.first + TAPS];
        let terms = bins.iter_mut().zip(&self.weights);
        terms.for_each(|(bin, w)| *bin += value * w);
    }
}

/// The modified Bessel function of the first kind and order 0, by its power series.
pub(super) fn bessel(x: f64) -> f64 {
    let quarter = x * x / 4.0;
    let (mut term, mut sum) = (1.0, 1.0);
    for k in 1..60 {
        term *= quarter / f64::from(k * k);
        sum += term;
    }
    sum
}

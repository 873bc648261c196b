//! Noise: what remains between the partials, in bands.
//!
//! ```text
//!  residual ─► × Hann, FFT ─► power ─► per band: median over the bins between partials / ln 2 ─► N_b
//! ```
//!
//! The power of noise is distributed exponentially, so its median is ln 2 of its mean; the median
//! does not hear what a partial leaves behind, where the mean pulses at the vibrato's rate.

use super::RATE_HZ;
use super::demodulation::{Place, hann, running_sums};
use betwixt_spectral::number::{index, narrow};
use betwixt_spectral::partials::{BANDS, band_edges_hz};
use realfft::num_complex::Complex32;
use realfft::{RealFftPlanner, RealToComplex};
use std::f64::consts::LN_2;
use std::sync::Arc;

/// A bin so near a line, in bins, belongs to it: the main lobe of the window.
const LOBE_BINS: f64 = 1.8;
/// Bins from which a median is taken at least.
const FEWEST: usize = 6;
/// The longer window.
const LONG: usize = 2_048;

/// Measures the noise of a note between its lines: narrow bands, which a short window would smear
/// into each other, through a longer one.
pub(super) struct Noise {
    short: NoiseBands,
    long: Option<NoiseBands>,
    /// Bands measured through the long window.
    narrow_bands: usize,
}

impl Noise {
    /// For windows of `window` samples and lines at `hz`.
    pub(super) fn new(window: usize, hz: &[f64]) -> Self {
        let edges = band_edges_hz();
        let narrow = |band: &usize| {
            let width_hz = edges[band + 1] - edges[*band];
            width_hz * window as f64 / RATE_HZ < FEWEST as f64
        };
        Self {
            short: NoiseBands::new(window, hz),
            long: (window < LONG).then(|| NoiseBands::new(LONG, hz)),
            narrow_bands: (0..BANDS).take_while(narrow).count(),
        }
    }

    /// The rms of the noise in each band of one frame of the residual.
    pub(super) fn measure(&mut self, residual: &[f32], frame: usize) -> [f32; BANDS] {
        let mut bands = self.short.measure(residual, frame);
        if let Some(long) = &mut self.long {
            let fine = long.measure(residual, frame);
            bands[..self.narrow_bands].copy_from_slice(&fine[..self.narrow_bands]);
        }
        bands
    }
}

/// Measures through windows of one length.
struct NoiseBands {
    plan: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    /// Σ of the first n squares of the window.
    sums: Vec<f64>,
    /// Bins between the lines, per band.
    gaps: Vec<Vec<usize>>,
    buffer: Vec<f32>,
    bins: Vec<Complex32>,
    scratch: Vec<Complex32>,
    powers: Vec<f32>,
}

impl NoiseBands {
    /// For windows of `window` samples and lines at `hz`.
    fn new(window: usize, hz: &[f64]) -> Self {
        let plan = RealFftPlanner::new().plan_fft_forward(window);
        let hann = hann(window);
        Self {
            window: hann.iter().copied().map(narrow).collect(),
            sums: running_sums(hann.iter().map(|w| w * w).collect()),
            gaps: gaps(window, hz),
            buffer: plan.make_input_vec(),
            bins: plan.make_output_vec(),
            scratch: plan.make_scratch_vec(),
            powers: Vec::with_capacity(window),
            plan,
        }
    }

    fn measure(&mut self, residual: &[f32], frame: usize) -> [f32; BANDS] {
        let window = self.window.len();
        let place = Place::of(frame, window, residual.len());
        let sum = self.sums[place.to] - self.sums[place.from];
        if sum < 1e-6 {
            return [0.0; BANDS];
        }
        self.buffer.fill(0.0);
        for i in place.from..place.to {
            self.buffer[i] = self.window[i] * residual[place.sample(i)];
        }
        self.plan
            .process_with_scratch(&mut self.buffer, &mut self.bins, &mut self.scratch)
            .expect("lengths are the plan's");
        let scale = 2.0 / (window as f64 * sum);
        let edges = band_edges_hz();
        std::array::from_fn(|band| {
            let width_bins = (edges[band + 1] - edges[band]) * window as f64 / RATE_HZ;
            let density = self.median(band) * scale / LN_2;
            narrow((density * width_bins).sqrt())
        })
    }

    fn median(&mut self, band: usize) -> f64 {
        let powers = self.gaps[band].iter().map(|bin| self.bins[*bin].norm_sqr());
        self.powers.clear();
        self.powers.extend(powers);
        median(&mut self.powers)
    }
}

/// The middle value, or the mean of the middle two.
fn median(values: &mut [f32]) -> f64 {
    let middle = values.len() / 2;
    if values.is_empty() {
        return 0.0;
    }
    let even = values.len().is_multiple_of(2);
    let (below, upper, _) = values.select_nth_unstable_by(middle, f32::total_cmp);
    let upper = f64::from(*upper);
    if even {
        let lower = below.iter().copied().fold(0.0, f32::max);
        0.5 * (upper + f64::from(lower))
    } else {
        upper
    }
}

/// Per band, the bins between the lines; where there are too few, the nearest ones.
fn gaps(window: usize, hz: &[f64]) -> Vec<Vec<usize>> {
    let per_hz = window as f64 / RATE_HZ;
    let mut free = vec![true; window / 2 + 1];
    free[..2].fill(false);
    for place in hz.iter().map(|hz| hz * per_hz) {
        let from = index((place - LOBE_BINS).max(0.0).ceil());
        let to = index(place + LOBE_BINS).min(window / 2);
        free.iter_mut()
            .take(to + 1)
            .skip(from)
            .for_each(|bin| *bin = false);
    }
    let free: Vec<usize> = (0..free.len()).filter(|bin| free[*bin]).collect();
    let edges = band_edges_hz().map(|edge| edge * per_hz);
    let band = |band: usize| {
        let inside = |bin: &&usize| (edges[band]..edges[band + 1]).contains(&(**bin as f64));
        let inside: Vec<usize> = free.iter().filter(inside).copied().collect();
        if inside.len() >= FEWEST {
            inside
        } else {
            nearest(&free, 0.5 * (edges[band] + edges[band + 1]))
        }
    };
    (0..BANDS).map(band).collect()
}

fn nearest(bins: &[usize], centre: f64) -> Vec<usize> {
    let mut bins = bins.to_vec();
    let distance = |bin: &usize| (*bin as f64 - centre).abs();
    bins.sort_by(|a, b| distance(a).total_cmp(&distance(b)));
    bins.truncate(FEWEST);
    bins
}

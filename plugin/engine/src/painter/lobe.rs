//! The main lobe of a Hann window, from a table.
//!
//! ```text
//!  bins:   ⌊F⌋−1   ⌊F⌋   ⌊F⌋+1   ⌊F⌋+2          W(x) = sin(πx) / (πx·(1 − x²))
//!            ·      ▂▆█    ▆▂      ·
//! ```
//!
//! Only the fraction of F matters, so 256 quadruples with straight lines between them hold every
//! lobe to −110 dB. Overlap-add cancels the side lobes that are left out (error −61 dB; more bins
//! are worse before they are better).

use betwixt_spectral::number::{index, narrow, real};
use betwixt_spectral::window::hann_lobe;
use std::ops::Range;

/// Bins of a lobe.
pub(crate) const BINS: usize = 4;
/// Spare bins at both ends of a plane, for lobes that reach over 0 Hz or half the rate.
pub(crate) const SPARE: usize = 4;
/// Steps between two bins.
const STEPS: usize = 256;

/// Four weights and the way to the next four, for every step.
#[derive(Debug)]
pub(crate) struct LobeTable {
    steps: Vec<([f32; BINS], [f32; BINS])>,
}

/// What is painted: oscillators by index.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lobes<'a> {
    pub(crate) table: &'a LobeTable,
    /// Frequencies in bins.
    pub(crate) bins: &'a [f32],
    /// Sine of half the angle between the channels, at full width.
    pub(crate) widest: &'a [f32],
    /// Height of the lobe times cosine and sine of the phase.
    pub(crate) real: &'a [f32],
    pub(crate) imaginary: &'a [f32],
    /// Heights below this are not painted.
    pub(crate) least: f32,
    /// How wide they stand, 0…1; at 0 the side is not painted.
    pub(crate) width: f32,
}

/// Middle and side, each as real and imaginary part, `[bins + 2 · SPARE]`.
pub(crate) type Planes<'a> = [&'a mut [f32]; 4];

impl LobeTable {
    /// Computes the table. Allocates.
    pub(crate) fn new() -> Self {
        let weights = |step: usize| -> [f64; BINS] {
            let fraction = step as f64 / STEPS as f64;
            std::array::from_fn(|bin| hann_lobe(bin as f64 - 1.0 - fraction))
        };
        let step = |step| {
            let (here, next) = (weights(step), weights(step + 1));
            let away: [f64; BINS] = std::array::from_fn(|bin| next[bin] - here[bin]);
            (here.map(narrow), away.map(narrow))
        };
        Self {
            steps: (0..STEPS).map(step).collect(),
        }
    }

    /// The weights of the bins ⌊F⌋−1 … ⌊F⌋+2 for the fraction of F.
    #[inline(always)]
    pub(crate) fn weights(&self, fraction: f32) -> [f32; BINS] {
        let place = fraction * real(STEPS);
        let step = index(f64::from(place)).min(STEPS - 1);
        let blend = place - real(step);
        let (here, away) = &self.steps[step];
        std::array::from_fn(|bin| here[bin] + blend * away[bin])
    }
}

/// Adds the lobes of a range of oscillators.
///
/// The side is the middle turned by a quarter and scaled: left and right then differ in phase, not
/// in level.
#[inline(always)]
pub(crate) fn paint_body(lobes: &Lobes<'_>, range: Range<usize>, planes: &mut Planes<'_>) {
    let [mid_re, mid_im, side_re, side_im] = planes;
    let least = lobes.least * lobes.least;
    let stereo = lobes.width > 0.0;
    let [bins, widest, re, im] = [lobes.bins, lobes.widest, lobes.real, lobes.imaginary]
        .map(|array| array[range.clone()].iter());
    for ((bins, widest), (&re, &im)) in bins.zip(widest).zip(re.zip(im)) {
        if re * re + im * im < least {
            continue;
        }
        let below = index(f64::from(*bins));
        let weights = lobes.table.weights(bins - real(below));
        let first = below + SPARE - 1;
        if stereo {
            let side = lobes.width * widest;
            let middle = (1.0 - side * side).sqrt();
            add(mid_re, first, &weights, re * middle);
            add(mid_im, first, &weights, im * middle);
            add(side_re, first, &weights, -im * side);
            add(side_im, first, &weights, re * side);
        } else {
            add(mid_re, first, &weights, re);
            add(mid_im, first, &weights, im);
        }
    }
}

#[inline(always)]
fn add(plane: &mut [f32], first: usize, weights: &[f32; BINS], value: f32) {
    if let Some(bins) = plane
        .get_mut(first..)
        .and_then(|p| p.first_chunk_mut::<BINS>())
    {
        for (bin, weight) in bins.iter_mut().zip(weights) {
            *bin += weight * value;
        }
    }
}

/// Brings what was painted beyond 0 Hz and half the rate back inside, mirrored.
///
/// A real signal's spectrum is mirrored at both: `sign` is 1 for its real part and −1 for its
/// imaginary part, which vanishes at the mirrors themselves.
pub(crate) fn fold(plane: &mut [f32], bins: usize, sign: f32) {
    let last = SPARE + bins - 1;
    for away in 1..SPARE {
        plane[SPARE + away] += sign * plane[SPARE - away];
        plane[last - away] += sign * plane[last + away];
    }
    plane[SPARE] *= 1.0 + sign;
    plane[last] *= 1.0 + sign;
}

//! Noise with stored phase: what the phases of white noise look like, frame after frame.
//!
//! ```text
//!  seed ─► circular white noise [FRAMES · hop] ─► STFT ─► unit vectors [FRAMES][heard]
//!                                                                        │
//!  band rms [42] ─► density at each bin ─────────────────────────────────×──► middle, side
//! ```
//!
//! Consecutive frames of one real signal overlap without gaps; independent random phases would
//! lose 6 dB. Middle and side read the same table at places of their own.
//!
//! *Real time:* the table is made once; adding is a multiplication per bin.

use super::lobe::SPARE;
use crate::stored_noise::for_each_frame;
use betwixt_spectral::Geometry;
use betwixt_spectral::number::{index, narrow};
use betwixt_spectral::partials::{BANDS, band_edges_hz};

/// Frames until the table repeats: three seconds; fewer are audibly periodic.
const FRAMES: usize = 512;
/// Unit vectors are kept as whole numbers up to this: an error of −48 dB under the noise.
const UNIT: f32 = 127.0;
/// What the overlap of stored phases loses, undone: measured on white noise.
const MAKE_UP: f64 = 1.05;
/// Share of the noise's power in the side at full width: the sum of both channels then loses
/// 0.9 dB.
const WIDEST: f32 = 0.18;

/// The stored noise and where its bands lie, for one host rate.
#[derive(Debug)]
pub(super) struct Breath {
    /// Unit vectors of the bins that are heard, `[FRAMES][heard]`, real and imaginary parts.
    units: [Vec<i8>; 2],
    /// Of each of these, from bin 1 on: the band below and how far it is to the next.
    places: Vec<(u8, f32)>,
    /// From a band's rms to the magnitude of its bins.
    scale: [f32; BANDS],
    /// Of the same bins, this frame.
    magnitude: Vec<f32>,
}

impl Breath {
    /// Analyses seeded noise. Allocates.
    pub(super) fn new(geometry: Geometry, bin_hz: f64, seed: u64) -> Self {
        let places = places(geometry, bin_hz);
        let heard = places.len();
        let mut units = [0, 1].map(|_| Vec::with_capacity(FRAMES * heard));
        for_each_frame(geometry, FRAMES, seed, |spectrum| {
            for bin in &spectrum[1..=heard] {
                let unit = bin * (UNIT / bin.norm().max(f32::MIN_POSITIVE));
                units[0].push(whole(unit.re));
                units[1].push(whole(unit.im));
            }
        });
        Self {
            units,
            scale: scale(geometry, bin_hz),
            magnitude: vec![0.0; heard],
            places,
        }
    }

    /// Adds one frame of noise to middle and side, and moves on in the table.
    pub(super) fn add(
        &mut self,
        rms: &[f32; BANDS],
        width: f32,
        at: &mut [usize; 2],
        planes: &mut [Vec<f32>; 4],
    ) {
        let own = at.each_mut().map(|at| {
            *at = (*at + 1) % FRAMES;
            *at * self.places.len()
        });
        if rms.iter().all(|rms| *rms <= 0.0) {
            return;
        }
        self.spread(rms);
        let side = WIDEST * width * width;
        let [mid_re, mid_im, side_re, side_im] = planes;
        let shares = [
            (own[0], 1.0 - side, [mid_re, mid_im]),
            (own[1], side, [side_re, side_im]),
        ];
        for (start, share, parts) in shares {
            if share <= 0.0 {
                continue;
            }
            let gain = share.sqrt() / UNIT;
            for (plane, units) in parts.into_iter().zip(&self.units) {
                let units = &units[start..start + self.magnitude.len()];
                let bins = plane[SPARE + 1..].iter_mut().zip(units);
                for ((bin, unit), magnitude) in bins.zip(&self.magnitude) {
                    *bin += gain * magnitude * f32::from(*unit);
                }
            }
        }
    }

    /// The noise's magnitude at every bin: straight lines between the bands' centres.
    fn spread(&mut self, rms: &[f32; BANDS]) {
        let mut density = [0.0; BANDS + 1];
        for (density, (rms, scale)) in density.iter_mut().zip(rms.iter().zip(&self.scale)) {
            *density = rms * scale;
        }
        density[BANDS] = density[BANDS - 1];
        let heard = self.magnitude.iter_mut().zip(&self.places);
        for (magnitude, (band, share)) in heard {
            let (below, above) = (density[usize::from(*band)], density[usize::from(*band) + 1]);
            *magnitude = below + share * (above - below);
        }
    }
}

/// The nearest whole number of −127…127.
#[expect(clippy::cast_possible_truncation, reason = "rounding is meant")]
fn whole(value: f32) -> i8 {
    value.round() as i8
}

/// Where each bin from the second on lies between the centres of the bands.
fn places(geometry: Geometry, bin_hz: f64) -> Vec<(u8, f32)> {
    let edges = band_edges_hz();
    let centres: Vec<f64> = edges.windows(2).map(|e| (e[0] + e[1]) / 2.0).collect();
    let place = |bin: usize| {
        let hz = bin as f64 * bin_hz;
        let above = centres.partition_point(|centre| *centre <= hz);
        let below = above.saturating_sub(1);
        let share = match (centres.get(below), centres.get(above)) {
            (Some(low), Some(high)) if hz > *low => (hz - low) / (high - low),
            _ => 0.0,
        };
        (u8::try_from(below).unwrap_or(0), narrow(share))
    };
    // Bin 0 and the last one are nobody's.
    let last = index(edges[BANDS] / bin_hz).min(geometry.bins() - 2);
    (1..=last).map(place).collect()
}

/// A band of rms 1 has a density of 1/√width; a density of 1/√Hz is a bin of √(rate·Σw²/2).
fn scale(geometry: Geometry, bin_hz: f64) -> [f32; BANDS] {
    let edges = band_edges_hz();
    let fft_len = geometry.fft_len() as f64;
    let bin = (bin_hz * fft_len * 0.375 * fft_len / 2.0).sqrt();
    std::array::from_fn(|band| narrow(MAKE_UP * bin / (edges[band + 1] - edges[band]).sqrt()))
}

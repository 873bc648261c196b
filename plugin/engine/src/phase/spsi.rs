//! Phase in a single pass: each peak turns on at its own frequency and takes its region along.
//!
//! ```text
//!  magnitude [bins] ─► peaks ─► parabola: how far beside its bin ─► turns per hop ─┐
//!  last phase at the peak's bin ───────────────────────────────────────────────────┴─► + ─► peak
//!  peak's phase ─► down to the valleys on both sides ─► phase [bins, turns]
//! ```
//!
//! Nothing is handed on but the phase at each peak, so a peak that moves to another bin goes on
//! from whatever phase that bin had.
//!
//! The parabola goes through logarithms of magnitudes, and a region has one phase, side lobes too:
//! that is the variant whose published figures are known. Frames here count from their centre;
//! where they count from their start, one phase is the half turn from bin to bin of the paper.
//!
//! *Real time:* its one buffer has its length from the start; three logarithms for a peak.
//!
//! *Source:* Beauregard, Harish, Wyse, "Single pass spectrogram inversion", IEEE DSP 2015; written
//! from the paper.

use betwixt_spectral::Geometry;
use betwixt_spectral::number::turns;

/// Nothing is softer: logarithms stay finite.
const SILENCE: f32 = 1e-12;

/// The phase of one sound, from frame to frame; every bin begins at 0.
#[derive(Debug)]
pub struct Spsi {
    turns_per_bin: f64,
    phase: Vec<u32>,
}

impl Spsi {
    /// A buffer for one geometry. Allocates.
    #[must_use]
    pub fn new(geometry: Geometry) -> Self {
        Self {
            turns_per_bin: geometry.hop() as f64 / geometry.fft_len() as f64,
            phase: vec![0; geometry.bins()],
        }
    }

    /// The phases of the newest frame, in turns, `[bins]`.
    #[must_use]
    pub fn phase(&self) -> &[u32] {
        &self.phase
    }

    /// Makes the next frame's phases from its magnitude, `[bins]`.
    ///
    /// # Panics
    ///
    /// When the slice is not `[bins]`.
    pub fn next(&mut self, magnitude: &[f32]) {
        next(magnitude, &mut self.phase, self.turns_per_bin);
    }
}

/// Makes the next frame's phases from the last one's, in place, and from its magnitude, `[bins]`
/// each. Bins that no peak reaches (a plateau) keep their phase.
///
/// # Panics
///
/// When the slices differ in length.
pub(crate) fn next(magnitude: &[f32], phase: &mut [u32], turns_per_bin: f64) {
    assert_eq!(magnitude.len(), phase.len(), "magnitude is [bins]");
    for (left, around) in magnitude.windows(3).enumerate() {
        if around[1] > around[0] && around[1] > around[2] {
            turn(magnitude, left + 1, phase, turns_per_bin);
        }
    }
}

/// Turns a peak on by one hop, and its region with it. A region ends in its valley, before the
/// next peak, so that one still has its last phase.
fn turn(magnitude: &[f32], peak: usize, phase: &mut [u32], turns_per_bin: f64) {
    let beside = beside([magnitude[peak - 1], magnitude[peak], magnitude[peak + 1]]);
    let advance = turns((peak as f64 + f64::from(beside)) * turns_per_bin);
    let turned = phase[peak].wrapping_add(advance);
    let left = (0..peak)
        .rev()
        .find(|bin| magnitude[*bin] >= magnitude[bin + 1]);
    let right = (peak + 1..magnitude.len()).find(|bin| magnitude[*bin] >= magnitude[bin - 1]);
    let from = left.map_or(0, |bin| bin + 1);
    phase[from..right.unwrap_or(magnitude.len())].fill(turned);
}

/// Bins from a peak's bin to the top of the parabola through its level and its neighbours', −½…½.
fn beside(around: [f32; 3]) -> f32 {
    let [left, here, right] = around.map(|magnitude| magnitude.max(SILENCE).ln());
    let bend = left - 2.0 * here + right;
    if bend < 0.0 {
        0.5 * (left - right) / bend
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use betwixt_spectral::number::radians;
    use betwixt_spectral::{Complex32, InverseStft};
    use std::f64::consts::TAU;

    /// Levels on a parabola have its top, wherever it is between the bins.
    #[test]
    fn a_parabola_has_its_top() {
        for top in [-0.5_f32, -0.2, 0.0, 0.4] {
            let level = |bin: f32| (3.0 - 0.7 * (bin - top).powi(2)).exp();
            let found = beside([level(-1.0), level(0.0), level(1.0)]);
            assert!((found - top).abs() < 1e-5, "{found} for {top}");
        }
        assert!(beside([0.0, 1e-20, 0.0]).abs() < 1e-9, "no bend in silence");
    }

    /// The held frame of a sine on a bin is that sine, whose phase is 0 at the first frame's centre.
    #[test]
    fn a_sine_comes_back() {
        let geometry = Geometry::new(1024, 256, 44_100).unwrap();
        let sine = |i: usize| (TAU * 40.0 * (i as f64 - 512.0) / 1024.0).cos();
        let mut magnitude = vec![0.0; geometry.bins()];
        magnitude[39..=41].copy_from_slice(&[128.0, 256.0, 128.0]);
        let (mut spsi, mut inverse) = (Spsi::new(geometry), InverseStft::new(geometry));
        let mut windowed = vec![f32::NAN; 1024];
        let mut sound = vec![0.0; 256 * 40 + 1024];
        for frame in 0..40 {
            // The frame before the first one was at phase 0.
            if frame > 0 {
                spsi.next(&magnitude);
            }
            let bins = magnitude.iter().zip(spsi.phase());
            let polar = |(m, turns): (&f32, &u32)| Complex32::from_polar(*m, radians(*turns));
            inverse.process(&mut bins.map(polar).collect::<Vec<_>>(), &mut windowed);
            let place = &mut sound[frame * 256..frame * 256 + 1024];
            place.iter_mut().zip(&windowed).for_each(|(y, x)| *y += x);
        }
        for (i, x) in sound.iter().enumerate().take(10_000).skip(1024) {
            let error = (f64::from(*x) - sine(i)).abs();
            assert!(error < 1e-5, "sample {i}: {x} for {}", sine(i));
        }
    }

    /// A flat frame has no peak: nothing turns.
    #[test]
    fn a_plateau_keeps_its_phase() {
        let geometry = Geometry::new(512, 128, 44_100).unwrap();
        let mut spsi = Spsi::new(geometry);
        spsi.next(&vec![1.0; geometry.bins()]);
        assert!(spsi.phase().iter().all(|turns| *turns == 0));
    }
}

//! Chroma: how much of a frame falls on each of the twelve pitch classes, C first.
//!
//! Only spectral peaks count, each at its interpolated frequency: between the peaks a frame says
//! more about the window than about the sound. A weight over the octaves (a Gaussian around
//! `CENTRE_PITCH`) keeps rumble and hiss out of the vote.

use crate::geometry::Geometry;
use crate::number::{index, narrow};
use crate::pitch;

/// Where the weight over the octaves is largest: B4.
const CENTRE_PITCH: f64 = 71.0;
/// Standard deviation of that weight.
const WIDTH_SEMITONES: f64 = 24.0;
/// Peaks below the lowest piano key are rumble.
const LOWEST_HZ: f64 = 27.0;

/// The share of peak power on each pitch class; the sum is 1, or 0 for a frame of silence.
///
/// | argument    | shape    | unit                 |
/// |-------------|----------|----------------------|
/// | `magnitude` | `[bins]` | linear, non-negative |
///
/// Nothing is allocated.
#[must_use]
pub fn chroma(geometry: Geometry, magnitude: &[f32]) -> [f32; 12] {
    let mut weights = [0.0f64; 12];
    for bin in 2..magnitude.len().saturating_sub(1) {
        let [before, here, after] = [magnitude[bin - 1], magnitude[bin], magnitude[bin + 1]];
        if !(here > before && here >= after) {
            continue;
        }
        let hz = (bin as f64 + peak_offset(before, here, after)) * geometry.bin_hz();
        if hz < LOWEST_HZ {
            continue;
        }
        let key = pitch::from_hz(hz);
        let distance = (key - CENTRE_PITCH) / WIDTH_SEMITONES;
        let power = f64::from(here) * f64::from(here);
        weights[index(key.round()) % 12] += power * (-0.5 * distance * distance).exp();
    }
    let sum: f64 = weights.iter().sum();
    weights.map(|w| if sum > 0.0 { narrow(w / sum) } else { 0.0 })
}

/// The one-hot chroma of a frame: a single 1 at its strongest pitch class (C for silence).
#[must_use]
pub fn one_hot(geometry: Geometry, magnitude: &[f32]) -> [f32; 12] {
    let weights = chroma(geometry, magnitude);
    let mut strongest = 0;
    for class in 1..12 {
        if weights[class] > weights[strongest] {
            strongest = class;
        }
    }
    std::array::from_fn(|class| f32::from(u8::from(class == strongest)))
}

/// Offset in bins of a Hann lobe's true peak from its largest bin, −0.5…0.5.
///
/// For a Hann lobe the ratio of the two largest bins is (1 + d)/(2 − d), which solves exactly.
fn peak_offset(before: f32, here: f32, after: f32) -> f64 {
    let (side, sign) = if after > before {
        (after, 1.0)
    } else {
        (before, -1.0)
    };
    let ratio = f64::from(side) / f64::from(here);
    sign * ((2.0 * ratio - 1.0) / (1.0 + ratio)).clamp(0.0, 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stft::ForwardStft;
    use realfft::num_complex::Complex32;
    use std::f64::consts::TAU;

    fn saw_frame(geometry: Geometry, key: u8) -> Vec<f32> {
        let f0 = pitch::hz(f64::from(key));
        let sample = |i: usize| {
            let t = i as f64 / f64::from(geometry.sample_rate_hz());
            let partial = |k: usize| (TAU * k as f64 * f0 * t).sin() / k as f64;
            narrow((1..=20).map(partial).sum::<f64>())
        };
        let samples: Vec<f32> = (0..geometry.fft_len()).map(sample).collect();
        let mut spectrum = vec![Complex32::default(); geometry.bins()];
        ForwardStft::new(geometry).process(&samples, &mut spectrum);
        spectrum.iter().map(|c| c.norm()).collect()
    }

    /// Exactly one 1, and on the key that was played, from C2 to C7.
    #[test]
    fn one_hot_names_the_key() {
        let geometry = Geometry::new(4096, 1024, 44_100).unwrap();
        for key in 36..=96 {
            let hot = one_hot(geometry, &saw_frame(geometry, key));
            assert!((hot.iter().sum::<f32>() - 1.0).abs() < f32::EPSILON);
            assert!(hot[pitch::class(key)] > 0.5, "key {key}: {hot:?}");
        }
    }

    /// Silence has no chroma, but its one-hot vector is still a valid input for a decoder.
    #[test]
    fn silence_has_no_chroma() {
        let geometry = Geometry::new(1024, 256, 44_100).unwrap();
        let silence = vec![0.0; 513];
        assert_eq!(chroma(geometry, &silence), [0.0; 12]);
        assert!((one_hot(geometry, &silence)[0] - 1.0).abs() < f32::EPSILON);
    }
}

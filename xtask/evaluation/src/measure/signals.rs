//! Test signals with a known truth.

use betwixt_spectral::number::narrow;
use std::f64::consts::TAU;

/// A sum of partials (Hz, amplitude), each from phase 0.
pub(crate) fn tone(partials: &[(f64, f64)], rate_hz: f64, samples: u32) -> Vec<f32> {
    let sample = |i: u32| {
        let turn = |hz: f64| TAU * (hz * f64::from(i) / rate_hz).fract();
        partials.iter().map(|(hz, a)| a * turn(*hz).sin()).sum()
    };
    (0..samples).map(|i| narrow(sample(i))).collect()
}

/// Uniform noise from −1 to 1, the same for a seed.
pub(crate) fn noise(seed: u32, samples: usize) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9e37_79b9) | 1;
    let step = |_| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.cast_signed() as f32 / 2_147_483_648.0
    };
    (0..samples).map(step).collect()
}

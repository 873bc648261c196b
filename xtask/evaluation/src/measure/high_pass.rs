//! What is above a cutoff, where a model that has nothing there must leave silence.
//!
//! ```text
//!  signal ─► linear-phase FIR, 120 dB ─► the part above the cutoff ─► its peak / the signal's peak
//! ```
//!
//! A click is broadband: through a steep filter it stands alone.
//!
//! *Source:* Kaiser, "Nonrecursive Digital Filter Design Using the I₀-sinh Window Function", 1974.

use std::f64::consts::{PI, TAU};

const STOP_BAND_DB: f64 = 120.0;
/// The filter turns from stop to pass between these multiples of the cutoff.
const TRANSITION: (f64, f64) = (0.9, 1.0);

/// The loudest sample of what lies above the cutoff, and where it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Residual {
    /// Its level relative to the signal's peak, dB.
    pub level_db: f64,
    /// Its sample.
    pub sample: usize,
}

/// What lies above a cutoff, dB relative to the signal's peak.
///
/// As [`high_pass_residual`], without the place. −∞ when there is nothing to measure.
#[must_use]
pub fn high_pass_residual_db(signal: &[f32], rate_hz: f64, cutoff_hz: f64) -> f64 {
    high_pass_residual(signal, rate_hz, cutoff_hz).map_or(f64::NEG_INFINITY, |r| r.level_db)
}

/// The loudest sample of what lies above a cutoff.
///
/// Below 0.9 of the cutoff the filter passes −120 dB, from the cutoff on everything. Samples nearer
/// to an end than half the filter (5 ms for a cutoff of 8 kHz) are not judged: the end itself is a
/// click. `None` for silence, or a signal shorter than the filter.
#[must_use]
pub fn high_pass_residual(signal: &[f32], rate_hz: f64, cutoff_hz: f64) -> Option<Residual> {
    let peak = super::level::peak(signal);
    let taps = high_pass(rate_hz, cutoff_hz);
    let half = taps.len() / 2;
    if peak <= 0.0 || signal.len() < taps.len() {
        return None;
    }
    let samples: Vec<f64> = signal.iter().map(|x| f64::from(*x)).collect();
    let outputs = samples.windows(taps.len()).map(|window| {
        let products = window.iter().zip(&taps).map(|(x, t)| x * t);
        products.sum::<f64>().abs()
    });
    let (sample, largest) = (half..).zip(outputs).max_by(|a, b| a.1.total_cmp(&b.1))?;
    let level_db = 20.0 * (largest / peak).log10();
    Some(Residual { level_db, sample })
}

/// The filter's coefficients; their count is odd, the middle one is time 0.
fn high_pass(rate_hz: f64, cutoff_hz: f64) -> Vec<f64> {
    let (stop, pass) = (TRANSITION.0 * cutoff_hz, TRANSITION.1 * cutoff_hz);
    let width = TAU * (pass - stop) / rate_hz;
    let count = (STOP_BAND_DB - 7.95) / (2.285 * width);
    let half = betwixt_spectral::number::index(count / 2.0) + 1;
    let beta = 0.1102 * (STOP_BAND_DB - 8.7);
    let edge = (stop + pass) / rate_hz;
    let tap = |i: usize| {
        let time = i as f64 - half as f64;
        let place = time / (half as f64 + 1.0);
        let window = bessel_i0(beta * (1.0 - place * place).sqrt()) / bessel_i0(beta);
        let impulse = if i == half { 1.0 } else { 0.0 };
        let low = if i == half {
            edge
        } else {
            (PI * edge * time).sin() / (PI * time)
        };
        impulse - low * window
    };
    (0..=2 * half).map(tap).collect()
}

/// The modified Bessel function of the first kind and order 0, by its power series.
fn bessel_i0(x: f64) -> f64 {
    let quarter = x * x / 4.0;
    let mut term = 1.0;
    let mut sum = 1.0;
    for k in 1..200 {
        term *= quarter / f64::from(k * k);
        sum += term;
        if term < sum * 1e-17 {
            break;
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::signals::tone;

    /// Below the stop edge nothing passes (100 dB and better); above the cutoff all does.
    #[test]
    fn the_filter_is_steep_and_clean() {
        for (rate_hz, cutoff) in [(48_000.0, 8000.0), (44_100.0, 8000.0), (96_000.0, 8000.0)] {
            for (hz, low, high) in [
                (440.0, -400.0, -110.0),
                (0.89 * cutoff, -400.0, -110.0),
                (1.01 * cutoff, -0.01, 0.02),
                (15_000.0, -0.02, 0.02),
            ] {
                let signal = tone(&[(hz, 0.7)], rate_hz, 9000);
                let found = high_pass_residual_db(&signal, rate_hz, cutoff);
                assert!(
                    (low..high).contains(&found),
                    "{hz} Hz at {rate_hz}: {found} dB"
                );
            }
        }
    }

    /// The step of 1 % of the peak that no listener may ever get stands 25 dB above the gate of
    /// −70 dB, and its place is told.
    #[test]
    fn a_planted_step_is_found() {
        let mut signal = tone(&[(330.0, 0.6), (990.0, 0.2)], 48_000.0, 20_000);
        let clean = high_pass_residual_db(&signal, 48_000.0, 8000.0);
        assert!(clean < -100.0, "{clean}");
        let step = 0.01 * 0.8;
        signal[9000..].iter_mut().for_each(|x| *x += step);
        let found = high_pass_residual(&signal, 48_000.0, 8000.0).unwrap();
        assert!(found.level_db > -48.0, "{found:?}");
        assert!(found.sample.abs_diff(9000) <= 1, "{found:?}");
    }
}

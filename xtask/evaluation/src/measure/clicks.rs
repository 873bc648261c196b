//! Samples that the sound before them does not predict.
//!
//! ```text
//!  window of 1 s ─► autocorrelation [513] ─► Levinson ─► 512 coefficients
//!  its middle half ─► sample − prediction ─► |residual| ─► largest ÷ 99th percentile
//!  windows overlap by half, so every sample is judged once
//! ```
//!
//! Everything that sounds steadily, partials and noise alike, is predicted down to its own noise;
//! a jump is not. The largest residual of Gaussian noise is 2 times its 99th percentile, a click's
//! is many.
//!
//! *Sources:* Levinson 1946, Durbin 1960; as a click detector: Vaseghi and Rayner, "Detection and
//! Suppression of Impulsive Noise", IEE Proc. I 137(1), 1990.

use betwixt_spectral::number::index;
use rayon::prelude::*;
use std::ops::Range;

/// Samples of the past that a prediction uses.
pub const ORDER: usize = 512;
const WINDOW_S: f64 = 1.0;
/// White noise added to the autocorrelation, relative to its power: keeps the recursion sound where
/// a signal has no power at all.
const WHITE_NOISE: f64 = 1e-9;
/// Residuals below this share of the signal's peak (−120 dB) are no click to anyone.
const QUIETEST: f64 = 1e-6;

/// The least predicted sample of a signal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Click {
    /// Its residual as a multiple of the 99th percentile of the residuals around it.
    pub multiple: f64,
    /// Where it is.
    pub sample: usize,
}

/// Finds the least predicted sample; `None` for a signal that is silent or shorter than 2 ORDER.
///
/// Samples in `excluded` are not judged, nor do they count in the percentile: note onsets are
/// unpredictable by nature. A span should go on for [`ORDER`] samples after what it excuses.
///
/// A NaN in the signal makes the multiple NaN, which no gate passes, at the first such sample.
#[must_use]
pub fn worst(signal: &[f32], rate_hz: f64, excluded: &[Range<usize>]) -> Option<Click> {
    let peak = super::level::peak(signal);
    if signal.len() < 2 * ORDER || peak <= 0.0 {
        return None;
    }
    if peak.is_nan() {
        let sample = signal.iter().position(|x| x.is_nan())?;
        let multiple = f64::NAN;
        return Some(Click { multiple, sample });
    }
    let samples: Vec<f64> = signal.iter().map(|x| f64::from(*x)).collect();
    let window = index(WINDOW_S * rate_hz).clamp(2 * ORDER, signal.len());
    let judged = window / 2;
    let starts: Vec<usize> = (0..signal.len()).step_by(judged.max(1)).collect();
    let clicks = starts.into_par_iter().filter_map(|start| {
        let end = (start + judged).min(samples.len());
        let from = (start + judged / 2).saturating_sub(window / 2);
        let from = from.min(samples.len() - window);
        let coefficients = predictor(&samples[from..from + window]);
        judge(
            &samples,
            start..end,
            &coefficients,
            (excluded, peak * QUIETEST),
        )
    });
    clicks.max_by(|a, b| a.multiple.total_cmp(&b.multiple))
}

/// The worst of one stretch.
fn judge(
    samples: &[f64],
    stretch: Range<usize>,
    coefficients: &[f64],
    (excluded, quietest): (&[Range<usize>], f64),
) -> Option<Click> {
    let allowed = |i: &usize| excluded.iter().all(|span| !span.contains(i));
    let residuals: Vec<(usize, f64)> = stretch
        .filter(allowed)
        .map(|i| (i, residual(samples, i, coefficients).abs()))
        .collect();
    let worst = residuals.iter().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let (sample, largest) = *worst;
    let mut sizes: Vec<f64> = residuals.into_iter().map(|r| r.1).collect();
    sizes.sort_by(f64::total_cmp);
    let percentile = sizes[(sizes.len() * 99 / 100).min(sizes.len() - 1)];
    let multiple = largest / percentile.max(quietest);
    Some(Click { multiple, sample })
}

/// What of one sample the ones before do not predict; before the signal there is silence.
fn residual(samples: &[f64], at: usize, coefficients: &[f64]) -> f64 {
    let past = &samples[at.saturating_sub(coefficients.len())..at];
    let products = past.iter().rev().zip(coefficients).map(|(x, a)| x * a);
    samples[at] - products.sum::<f64>()
}

/// The coefficients that predict a window's samples best, by the autocorrelation method.
fn predictor(window: &[f64]) -> Vec<f64> {
    let len = window.len() as f64;
    let hann = |i: usize| 0.5 - 0.5 * (std::f64::consts::TAU * (i as f64 + 0.5) / len).cos();
    let shaped: Vec<f64> = window
        .iter()
        .enumerate()
        .map(|(i, x)| x * hann(i))
        .collect();
    let correlation = |lag: usize| -> f64 {
        let pairs = shaped.iter().zip(&shaped[lag..]);
        pairs.map(|(a, b)| a * b).sum()
    };
    let mut correlations: Vec<f64> = (0..=ORDER).map(correlation).collect();
    correlations[0] *= 1.0 + WHITE_NOISE;
    levinson(&correlations)
}

/// Solves the normal equations of prediction; all zeros for silence.
fn levinson(correlations: &[f64]) -> Vec<f64> {
    let order = correlations.len() - 1;
    let mut coefficients = vec![0.0; order];
    let mut error = correlations[0];
    for m in 0..order {
        if error <= 0.0 {
            break;
        }
        let known = coefficients[..m]
            .iter()
            .zip(correlations[1..=m].iter().rev());
        let explained: f64 = known.map(|(a, r)| a * r).sum();
        let reflection = (correlations[m + 1] - explained) / error;
        let before = coefficients[..m].to_vec();
        for (a, b) in coefficients[..m].iter_mut().zip(before.iter().rev()) {
            *a -= reflection * b;
        }
        coefficients[m] = reflection;
        error *= 1.0 - reflection * reflection;
    }
    coefficients
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::signals::{noise, tone};

    /// A chord over a little noise, as an instrument would leave it.
    fn chord() -> Vec<f32> {
        let partials: Vec<_> = [220.0, 277.2, 329.6, 440.0]
            .iter()
            .flat_map(|hz| (1..=8).map(move |k| (hz * f64::from(k), 0.1 / f64::from(k * k))))
            .collect();
        let mut signal = tone(&partials, 48_000.0, 60_000);
        signal
            .iter_mut()
            .zip(noise(3, 60_000))
            .for_each(|(x, n)| *x += 1e-4 * n);
        signal
    }

    /// x[n] = 1.6·x[n−1] − 0.9·x[n−2] + noise has just these two coefficients.
    #[test]
    fn the_predictor_of_a_known_process_is_that_process() {
        let mut samples = vec![0.0; 60_000];
        for (i, n) in noise(5, 60_000).into_iter().enumerate().skip(2) {
            samples[i] = 1.6 * samples[i - 1] - 0.9 * samples[i - 2] + f64::from(n);
        }
        let found = predictor(&samples);
        assert!((found[0] - 1.6).abs() < 0.02, "{}", found[0]);
        assert!((found[1] + 0.9).abs() < 0.02, "{}", found[1]);
        assert!(found[2..].iter().all(|a| a.abs() < 0.05));
    }

    /// Steady sound is below the gate of 6; one step of 1 % of the peak is far above, and found.
    #[test]
    fn a_planted_step_is_found() {
        let mut signal = chord();
        let clean = worst(&signal, 48_000.0, &[]).unwrap();
        // The very first samples have no past to be predicted from.
        assert!(clean.sample < ORDER || clean.multiple < 3.0, "{clean:?}");
        let start = 0..ORDER;
        let start = std::slice::from_ref(&start);
        let clean = worst(&signal, 48_000.0, start).unwrap();
        assert!(clean.multiple < 3.0, "{clean:?}");
        let step = 0.01 * betwixt_spectral::number::narrow(crate::measure::level::peak(&signal));
        signal[30_123..].iter_mut().for_each(|x| *x += step);
        let found = worst(&signal, 48_000.0, start).unwrap();
        assert!(found.multiple > 12.0, "{found:?}");
        assert_eq!(found.sample, 30_123);
    }

    /// What is excluded is not found.
    #[test]
    fn excluded_spans_are_not_judged() {
        let mut signal = chord();
        signal[30_123] += 0.1;
        let spans = [0..ORDER, 30_100..30_123 + ORDER + 1];
        let found = worst(&signal, 48_000.0, &spans).unwrap();
        assert!(found.multiple < 3.0, "{found:?}");
    }

    /// Silence has no clicks; one sample out of silence is one.
    #[test]
    fn silence_is_clean() {
        assert_eq!(worst(&[0.0; 10_000], 48_000.0, &[]), None);
        let mut signal = vec![0.0; 100_000];
        signal[70_000] = 0.01;
        let found = worst(&signal, 48_000.0, &[]).unwrap();
        assert!(
            found.multiple > 1000.0 && found.sample == 70_000,
            "{found:?}"
        );
    }
}

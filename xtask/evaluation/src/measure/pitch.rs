//! How far a held tone is from its key.
//!
//! ```text
//!  expected ± 150 cents ─► which candidate's partials are loudest ─► coarse, to 3 cents
//!  each partial k: turned down to 0 Hz, 4-term window, frame after frame
//!                  ─► how far its phase turns per hop ─► Hz off ─► cents off
//!  all partials ─► median, weighted by their amplitudes
//! ```
//!
//! The fundamental itself may be missing: every partial says the same about the pitch, and the
//! median does not listen to one that is disturbed. A window of 0.25 s has a main lobe of ±16 Hz and
//! side lobes at −92 dB, so neighbouring partials do not disturb one another above 32 Hz.
//!
//! *Sources:* the phase advance of a windowed transform, as in Laroche and Dolson, "Improved Phase
//! Vocoder", IEEE TSAP 7(3), 1999; the window from Harris, Proc. IEEE 66(1), 1978.

use betwixt_spectral::number::index;
use betwixt_spectral::pitch::cents;
use std::f64::consts::TAU;

const SEARCH_CENTS: i32 = 150;
const SEARCH_STEP_CENTS: i32 = 3;
const WINDOW_S: f64 = 0.25;
/// Partials are looked at up to here, and while searching up to there.
const HIGHEST_HZ: f64 = 12_000.0;
const HIGHEST_SEARCHED_HZ: f64 = 4_000.0;
/// The first partials are always looked at: a high note may have no fundamental.
const ALWAYS: f64 = 4.0;
/// Partials this much below the strongest say nothing.
const WEAKEST_SHARE: f64 = 0.003;

/// Cents from `expected_hz` up to the pitch of a held tone.
///
/// The tone has partials at whole multiples of its pitch, within 150 cents of what is expected. A
/// steady one is measured to a hundredth of a cent; of a moving one this is the mean over time,
/// weighted by power. `None` when the signal is silent, holds NaN, or is shorter than 0.1 s.
#[must_use]
pub fn error_cents(signal: &[f32], rate_hz: f64, expected_hz: f64) -> Option<f64> {
    if (signal.len() as f64) < 0.1 * rate_hz || signal.iter().any(|x| !x.is_finite()) {
        return None;
    }
    let lens = Lens::new(signal, rate_hz);
    let coarse = lens.search(expected_hz)?;
    let better = lens.refine(coarse, HIGHEST_SEARCHED_HZ)?;
    let best = lens.refine(better, HIGHEST_HZ)?;
    Some(cents(best, expected_hz))
}

/// The signal and the window through which it is looked at.
struct Lens<'a> {
    signal: &'a [f32],
    rate_hz: f64,
    window: Vec<f64>,
}

impl<'a> Lens<'a> {
    fn new(signal: &'a [f32], rate_hz: f64) -> Self {
        let len = index(WINDOW_S * rate_hz).min(signal.len() / 2);
        let window = (0..len).map(|i| blackman_harris((i as f64 + 0.5) / len as f64));
        Self {
            signal,
            rate_hz,
            window: window.collect(),
        }
    }

    fn hop(&self) -> usize {
        self.window.len() / 4
    }

    /// The transform of one frame at one frequency, phases counted from the signal's start.
    fn transform(&self, start: usize, hz: f64) -> [f64; 2] {
        let turn = TAU * hz / self.rate_hz;
        let angle = TAU * (hz / self.rate_hz * start as f64).fract();
        let (mut re, mut im) = (angle.cos(), -angle.sin());
        let (step_re, step_im) = (turn.cos(), -turn.sin());
        let mut sum = [0.0, 0.0];
        for (x, w) in self.signal[start..].iter().zip(&self.window) {
            let value = f64::from(*x) * w;
            sum[0] += value * re;
            sum[1] += value * im;
            (re, im) = (re * step_re - im * step_im, re * step_im + im * step_re);
        }
        sum
    }

    fn partials(&self, hz: f64, highest_hz: f64) -> impl Iterator<Item = f64> {
        let nyquist_hz = 0.45 * self.rate_hz;
        (1..=64).map(f64::from).take_while(move |k| {
            let asked = *k <= ALWAYS || k * hz <= highest_hz;
            *k <= 1.0 || (asked && k * hz <= nyquist_hz)
        })
    }

    /// The candidate whose partials are loudest in the middle of the signal.
    fn search(&self, expected_hz: f64) -> Option<f64> {
        let start = (self.signal.len() - self.window.len()) / 2;
        let loudness = |hz: f64| -> f64 {
            let partials = self.partials(expected_hz, HIGHEST_SEARCHED_HZ);
            let amplitudes = partials.map(|k| {
                let [re, im] = self.transform(start, k * hz);
                re.hypot(im)
            });
            amplitudes.sum()
        };
        let steps = SEARCH_CENTS / SEARCH_STEP_CENTS;
        let candidates = (-steps..=steps).map(|step| {
            let off = f64::from(step * SEARCH_STEP_CENTS);
            let hz = expected_hz * (off / 1200.0).exp2();
            (hz, loudness(hz))
        });
        let (hz, loudness) = candidates.max_by(|a, b| a.1.total_cmp(&b.1))?;
        (loudness > 0.0).then_some(hz)
    }

    /// What the partials up to a frequency say about the pitch.
    fn refine(&self, hz: f64, highest_hz: f64) -> Option<f64> {
        let said: Vec<_> = self
            .partials(hz, highest_hz)
            .map(|k| {
                let (off_hz, amplitude) = self.partial(k * hz);
                ((k * hz + off_hz) / k, amplitude)
            })
            .collect();
        let strongest = said.iter().fold(0.0_f64, |a, s| a.max(s.1));
        let heard = said.into_iter().filter(|s| s.1 > strongest * WEAKEST_SHARE);
        weighted_median(heard.collect())
    }

    /// How far a partial is from where it is looked for, Hz, and its mean amplitude.
    fn partial(&self, hz: f64) -> (f64, f64) {
        let last = self.signal.len() - self.window.len();
        let frames: Vec<_> = (0..=last)
            .step_by(self.hop().max(1))
            .map(|start| self.transform(start, hz))
            .collect();
        let mut turned = [0.0, 0.0];
        for pair in frames.windows(2) {
            let ([a, b], [c, d]) = (pair[0], pair[1]);
            turned[0] += a * c + b * d;
            turned[1] += a * d - b * c;
        }
        let hop_s = self.hop().max(1) as f64 / self.rate_hz;
        let off_hz = turned[1].atan2(turned[0]) / (TAU * hop_s);
        (off_hz, turned[0].hypot(turned[1]).sqrt())
    }
}

/// The value at which half of the weight is reached, halfway between the two that share it.
fn weighted_median(mut said: Vec<(f64, f64)>) -> Option<f64> {
    said.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = said.iter().map(|s| s.1).sum::<f64>() / 2.0;
    let mut reached = 0.0;
    said.into_iter().find_map(|(value, weight)| {
        reached += weight;
        (reached >= half && weight > 0.0).then_some(value)
    })
}

/// The minimum 4-term window at a place from 0 to 1.
fn blackman_harris(place: f64) -> f64 {
    let wave = |k: f64| (TAU * k * place).cos();
    0.358_75 - 0.488_29 * wave(1.0) + 0.141_28 * wave(2.0) - 0.011_68 * wave(3.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::signals::{noise, tone};

    fn harmonics(hz: f64, amplitudes: &[f64]) -> Vec<(f64, f64)> {
        let partials = (1..).map(|k| f64::from(k) * hz).zip(amplitudes);
        partials.map(|(hz, a)| (hz, *a)).collect()
    }

    /// Sines, saws, a missing fundamental: all are found to 0.05 cents, well inside the 0.5 that
    /// are promised of the instrument.
    #[test]
    fn steady_tones_are_measured_exactly() {
        let saw: Vec<f64> = (1..=20).map(|k| 0.3 / f64::from(k)).collect();
        let weak = [0.0001, 0.3, 0.2, 0.1];
        let missing = [0.0, 0.0, 0.3, 0.25, 0.2];
        for rate_hz in [44_100.0, 48_000.0] {
            for (name, amplitudes) in [
                ("sine", &[0.5][..]),
                ("saw", &saw),
                ("weak", &weak),
                ("missing", &missing),
            ] {
                for (expected, off) in [
                    (130.813, 4.0),
                    (440.0, -37.3),
                    (1046.5, 12.0),
                    (440.0, 120.0),
                ] {
                    let hz = expected * f64::exp2(off / 1200.0);
                    let signal = tone(&harmonics(hz, amplitudes), rate_hz, 36_000);
                    let found = error_cents(&signal, rate_hz, expected).unwrap();
                    assert!(
                        (found - off).abs() < 0.05,
                        "{name} {expected} Hz {off}: {found}"
                    );
                }
            }
        }
    }

    /// Noise 20 dB below a tone moves its measured pitch by less than half a cent.
    #[test]
    fn noise_does_not_bend_the_pitch() {
        let mut signal = tone(&harmonics(261.6, &[0.3, 0.2, 0.1]), 48_000.0, 40_000);
        signal
            .iter_mut()
            .zip(noise(7, 40_000))
            .for_each(|(x, n)| *x += 0.05 * n);
        let found = error_cents(&signal, 48_000.0, 261.6).unwrap();
        assert!(found.abs() < 0.5, "{found}");
    }

    /// What has no pitch has no figure.
    #[test]
    fn silence_has_no_pitch() {
        assert_eq!(error_cents(&[0.0; 20_000], 48_000.0, 440.0), None);
        assert_eq!(error_cents(&[f32::NAN; 20_000], 48_000.0, 440.0), None);
        assert_eq!(error_cents(&[0.5; 100], 48_000.0, 440.0), None);
    }
}

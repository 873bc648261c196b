//! Which pitch a sound has, without knowing which it should have: right key, wrong octave, or none.
//!
//! ```text
//!  frames of 0.37 s ─► |FFT|² ─► mean ─► autocorrelation r(τ), four points to a sample
//!  d(τ) = r(0) − r(τ) ─► d(τ)·τ / Σ d ─► first dip that is nearly the deepest ─► period
//!  period that one line alone asks for ─► the period without that line
//!  period near the key ─► the partials' own word (`pitch`), in hundredths of a cent
//! ```
//!
//! A comb of partials alone cannot tell a tone from the one an octave above it that has every other
//! partial of it; the shortest period can. A bell's line at 5.36 times its pitch nearly fits a period
//! three times as long; nobody hears that: one line is an overtone, a pitch needs several.
//!
//! *Source:* de Cheveigné and Kawahara, "YIN, a fundamental frequency estimator for speech and
//! music", JASA 111(4), 2002.

use super::pitch;
use betwixt_spectral::number::index;
use betwixt_spectral::pitch::cents;
use realfft::num_complex::Complex64;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use serde::Serialize;
use std::sync::Arc;

const FRAME: usize = 16_384;
/// Points of the autocorrelation to a sample: the period of a high note is not a whole number.
const FINENESS: usize = 4;
/// Periods are looked for between these frequencies; the lowest key's octave error lies inside.
const RANGE_HZ: (f64, f64) = (12.0, 6_000.0);
/// A dip this much above the deepest is as good, and the first such dip is the period.
const AS_GOOD: f64 = 0.1;
/// When even the deepest dip is shallower, there is no pitch.
const SHALLOWEST: f64 = 0.8;
/// Of what a longer period has beside a shorter one, this share in one line is that line alone.
const LONE: f64 = 0.8;
/// A line is no harmonic that lies so far from one, as a part of their distance.
const OFF: f64 = 0.03;
/// The shorter period's strongest line has at least so much of the lone one's power; the line that
/// tells how stiff its string is, so much of the strongest one's.
const OWN: f64 = 0.2;
const TELLING: f64 = 0.01;
/// Stiffer than any string, in numbers of the longer period's harmonics.
const STIFFEST: f64 = 0.002;
/// A shorter period is looked for down to this part of the longer one.
const PARTS: usize = 6;
/// The search of `pitch` reaches this far.
const NEAR_CENTS: f64 = 150.0;

/// What was heard where a key was expected.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Heard {
    /// Nothing: silence, or samples that are not finite.
    Nothing,
    /// Sound without a pitch.
    Unpitched,
    /// The key, this many cents off.
    Key(f64),
    /// The key's name in another octave: so many octaves above.
    Octave(i32),
    /// Another pitch, this many cents off.
    Other(f64),
}

impl Heard {
    /// How far off, if it is the key.
    #[must_use]
    pub fn cents(self) -> Option<f64> {
        match self {
            Self::Key(cents) => Some(cents),
            _ => None,
        }
    }
}

/// Listens to a held sound of at least 0.4 s whose pitch should be `expected_hz`.
#[must_use]
pub fn listen(signal: &[f32], rate_hz: f64, expected_hz: f64) -> Heard {
    let peak = super::level::peak(signal);
    if signal.len() < FRAME || !peak.is_finite() || peak <= 0.0 {
        return Heard::Nothing;
    }
    let Some(period) = Repetition::of(signal).period(rate_hz) else {
        return Heard::Unpitched;
    };
    let off = cents(rate_hz / period, expected_hz);
    let octaves = (off / 1200.0).round();
    if off.abs() <= NEAR_CENTS {
        pitch::error_cents(signal, rate_hz, expected_hz).map_or(Heard::Unpitched, Heard::Key)
    } else if (off - 1200.0 * octaves).abs() <= NEAR_CENTS {
        Heard::Octave(whole(octaves))
    } else {
        Heard::Other(off)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a handful of octaves")]
fn whole(octaves: f64) -> i32 {
    octaves as i32
}

/// How a sound repeats itself.
struct Repetition {
    /// Mean of |FFT|², `[FRAME + 1]`.
    power: Vec<f64>,
    /// r(τ) for τ from 0, in steps of a sample / FINENESS.
    correlation: Vec<f64>,
}

impl Repetition {
    /// The mean over frames that overlap by half.
    fn of(signal: &[f32]) -> Self {
        let mut planner = RealFftPlanner::<f64>::new();
        // Twice the frame: what is shifted out at one end must not come in at the other.
        let forward = planner.plan_fft_forward(2 * FRAME);
        let inverse = planner.plan_fft_inverse(2 * FRAME * FINENESS);
        let mut power = vec![0.0; FRAME + 1];
        for frame in signal.windows(FRAME).step_by(FRAME / 2) {
            let samples = frame.iter().map(|x| f64::from(*x)).collect();
            add_power(&forward, samples, &mut power);
        }
        let mut window = vec![0.0; FRAME + 1];
        add_power(&forward, vec![1.0; FRAME], &mut window);
        let of_window = fine(&inverse, &window);
        let of_signal = fine(&inverse, &power);
        // Longer shifts overlap less of the window, and must not look less alike for that.
        let even = of_signal.iter().zip(&of_window).map(|(r, w)| r / w);
        Self {
            correlation: even.take(FRAME / 2 * FINENESS).collect(),
            power,
        }
    }

    /// The period in samples; `None` when nothing repeats.
    fn period(&self, rate_hz: f64) -> Option<f64> {
        let fineness = FINENESS as f64;
        let (low, high) = RANGE_HZ;
        let first = index(fineness * rate_hz / high);
        let last = index(fineness * rate_hz / low).min(self.correlation.len() - 2);
        let mut sum = 0.0;
        let dips: Vec<f64> = (0..=last + 1)
            .map(|lag| {
                let difference = self.correlation[0] - self.correlation[lag];
                sum += difference;
                if sum > 0.0 {
                    difference * lag as f64 / sum
                } else {
                    1.0
                }
            })
            .collect();
        let is_dip = |&lag: &usize| dips[lag] <= dips[lag - 1] && dips[lag] < dips[lag + 1];
        let found: Vec<usize> = (first.max(1)..=last).filter(is_dip).collect();
        let deepest = found.iter().map(|lag| dips[*lag]).reduce(f64::min)?;
        let period = found.iter().find(|lag| dips[**lag] <= deepest + AS_GOOD)?;
        (deepest < SHALLOWEST).then(|| self.without_lone_line(*period as f64 / fineness))
    }

    /// The shorter period of which a period is a multiple for the sake of one line only, a line above
    /// the octave of the shorter one's pitch that is no harmonic of either; or the period itself.
    fn without_lone_line(&self, period: f64) -> f64 {
        let spacing = 2.0 * FRAME as f64 / period;
        // Power, and power times bin, around each harmonic of the period.
        let mut lines = vec![(0.0, 0.0); index(FRAME as f64 / spacing) + 2];
        for (bin, power) in self.power.iter().enumerate() {
            let line = &mut lines[index((bin as f64 / spacing).round())];
            line.0 += power;
            line.1 += power * bin as f64;
        }
        let strongest = |of: &dyn Fn(&usize) -> bool| {
            let chosen = (1..lines.len()).filter(of);
            chosen.max_by(|a, b| lines[*a].0.total_cmp(&lines[*b].0))
        };
        let place = |line: usize| lines[line].1 / lines[line].0;
        let is_lone = |parts: &usize| {
            let is_between = |line: &usize| !line.is_multiple_of(*parts);
            let found = strongest(&is_between).zip(strongest(&|line| !is_between(line)));
            found.is_some_and(|(lone, own)| {
                let between = (1..lines.len()).filter(is_between);
                let sum: f64 = between.map(|line| lines[line].0).sum();
                let other = strongest(&|line| !is_between(line) && *line != own);
                let other = other.filter(|other| lines[*other].0 > TELLING * lines[own].0);
                let spacing = |line: usize| place(line) / line as f64;
                let stiff = other.map_or(0.0, |other| {
                    stiffness([own, other], spacing(other) / spacing(own))
                });
                let bent = |line: usize| (1.0 + stiff * (line * line) as f64).sqrt();
                let off = place(lone) / spacing(own) - lone as f64 * bent(lone) / bent(own);
                let is_backed = lines[own].0 > OWN * lines[lone].0;
                let is_alone = lines[lone].0 > LONE * sum;
                lone > 2 * parts && is_backed && is_alone && off.abs() > OFF
            })
        };
        let parts = (2..=PARTS).rev().find(is_lone);
        period / parts.unwrap_or(1) as f64
    }
}

/// B of a string, f_k ∝ k·√(1 + B·k²), from what f_k/k of the second number is beside the first's.
fn stiffness([one, other]: [usize; 2], ratio: f64) -> f64 {
    let [one, other] = [one, other].map(|k| (k * k) as f64);
    let bent = ratio * ratio;
    let stiff = (bent - 1.0) / (other - bent * one);
    if stiff.is_finite() {
        stiff.clamp(0.0, STIFFEST)
    } else {
        0.0
    }
}

fn hann(i: usize, len: usize) -> f64 {
    0.5 - 0.5 * (std::f64::consts::TAU * i as f64 / len as f64).cos()
}

fn add_power(plan: &Arc<dyn RealToComplex<f64>>, mut samples: Vec<f64>, power: &mut [f64]) {
    let len = samples.len();
    let shaped = samples.iter_mut().enumerate();
    shaped.for_each(|(i, x)| *x *= hann(i, len));
    samples.resize(2 * len, 0.0);
    let mut spectrum = plan.make_output_vec();
    plan.process(&mut samples, &mut spectrum)
        .expect("lengths are the plan's");
    let pairs = power.iter_mut().zip(&spectrum);
    pairs.for_each(|(power, bin)| *power += bin.norm_sqr());
}

/// The autocorrelation of a power spectrum, on a finer grid than the samples'.
fn fine(plan: &Arc<dyn ComplexToReal<f64>>, power: &[f64]) -> Vec<f64> {
    let mut spectrum = vec![Complex64::default(); plan.len() / 2 + 1];
    let bins = spectrum.iter_mut().zip(power);
    bins.for_each(|(bin, power)| *bin = Complex64::new(*power, 0.0));
    let mut lags = plan.make_output_vec();
    plan.process(&mut spectrum, &mut lags)
        .expect("both ends of the spectrum are real");
    lags
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::signals::{noise, tone};

    fn harmonics(hz: f64, amplitude: impl Fn(f64) -> f64) -> Vec<f32> {
        let partials = (1..=60).map(f64::from).map(|k| (k * hz, amplitude(k)));
        let below: Vec<_> = partials.filter(|p| p.0 < 20_000.0).collect();
        tone(&below, 44_100.0, 40_000)
    }

    fn heard(signal: &[f32], key: f64) -> Heard {
        listen(signal, 44_100.0, betwixt_spectral::pitch::hz(key))
    }

    /// Saws, odd partials, missing fundamentals, dull and bright sounds on every octave: the key.
    #[test]
    fn keys_are_known_over_the_whole_range() {
        type Amplitude = fn(f64) -> f64;
        let sounds: [(&str, Amplitude); 5] = [
            ("saw", |k| 0.3 / k),
            ("odd", |k| if k % 2.0 == 1.0 { 0.3 / k } else { 0.0 }),
            ("dull", |k| 0.5 * (-2.0 * k).exp()),
            ("no fundamental", |k| if k > 1.0 { 0.3 / k } else { 0.0 }),
            ("even", |k| 0.02 + 0.0 * k),
        ];
        for (name, amplitude) in sounds {
            for key in [24.0, 36.0, 47.0, 60.0, 71.0, 84.0, 96.0] {
                let hz = betwixt_spectral::pitch::hz(key + 0.2);
                let found = heard(&harmonics(hz, amplitude), key);
                let near = found
                    .cents()
                    .is_some_and(|cents| (cents - 20.0).abs() < 0.1);
                assert!(near, "{name} {key}: {found:?}");
            }
        }
    }

    /// A tone at twice or half the frequency is no tone of the key, though its partials are.
    #[test]
    fn octave_errors_are_told_apart() {
        for key in [36.0, 60.0, 84.0] {
            for octaves in [-1, 1, 2] {
                let hz = betwixt_spectral::pitch::hz(key + 12.0 * f64::from(octaves));
                let found = heard(&harmonics(hz, |k| 0.3 / k), key);
                assert_eq!(found, Heard::Octave(octaves), "{key}");
            }
        }
        let fifth = heard(
            &harmonics(betwixt_spectral::pitch::hz(67.0), |k| 0.3 / k),
            60.0,
        );
        assert!(
            matches!(fifth, Heard::Other(c) if (c - 700.0).abs() < 20.0),
            "{fifth:?}"
        );
    }

    /// A bell's line between the harmonics nearly fits a period two or three times as long; it is
    /// heard at its key all the same. Several such lines of the same deeper tone make that tone, and
    /// so does one that is a harmonic of it.
    #[test]
    fn one_line_between_the_harmonics_makes_no_pitch() {
        let with = |key: f64, lines: &[(f64, f64)]| {
            let hz = betwixt_spectral::pitch::hz(key);
            let own = [
                (1.0, 0.05),
                (2.0, 0.1),
                (3.0, 0.14),
                (4.0, 0.12),
                (8.0, 0.18),
            ];
            let all = own.iter().chain(lines);
            let all: Vec<_> = all
                .map(|(ratio, amplitude)| (ratio * hz, *amplitude))
                .collect();
            heard(&tone(&all, 44_100.0, 40_000), key)
        };
        for key in [48.0, 60.0, 72.0, 84.0] {
            for ratio in [5.36, 5.428, 6.71] {
                let found = with(key, &[(ratio, 0.15)]);
                assert!(
                    found.cents().is_some_and(|c| c.abs() < 1.0),
                    "{key}, {ratio}: {found:?}"
                );
            }
            let found = with(key, &[(2.5, 0.1), (3.5, 0.1), (5.5, 0.1)]);
            assert_eq!(found, Heard::Octave(-1), "{key}");
            assert_eq!(with(key, &[(0.5, 0.2)]), Heard::Octave(-1), "{key}");
        }
    }

    /// One strong line of a deeper tone is still that tone's: of odd harmonics alone, and of a stiff
    /// string, whose fifth or seventh lies beside where a harmonic would.
    #[test]
    fn a_strong_harmonic_is_no_lone_line() {
        let tones: [(f64, &[(f64, f64)]); 5] = [
            (0.0, &[(1.0, 0.12), (3.0, 0.15), (5.0, 0.4)]),
            (0.0, &[(1.0, 0.13), (3.0, 0.13), (7.0, 0.4)]),
            (0.0, &[(1.0, 0.12), (2.0, 0.14), (7.0, 0.4)]),
            (
                1e-3,
                &[
                    (1.0, 0.1),
                    (2.0, 0.25),
                    (3.0, 0.05),
                    (4.0, 0.15),
                    (5.0, 0.4),
                    (6.0, 0.1),
                ],
            ),
            (
                1e-3,
                &[
                    (1.0, 0.1),
                    (2.0, 0.25),
                    (3.0, 0.05),
                    (4.0, 0.15),
                    (6.0, 0.1),
                    (7.0, 0.4),
                ],
            ),
        ];
        for (stiff, partials) in tones {
            for key in [36.0, 48.0, 60.0, 72.0] {
                let hz = betwixt_spectral::pitch::hz(key);
                let bent = |k: f64| k * (1.0 + stiff * k * k).sqrt() * hz;
                let all: Vec<_> = partials.iter().map(|(k, a)| (bent(*k), *a)).collect();
                let found = heard(&tone(&all, 44_100.0, 40_000), key);
                assert!(
                    found.cents().is_some_and(|c| c.abs() < 60.0),
                    "{partials:?} {key}: {found:?}"
                );
            }
        }
    }

    /// A pitch under as much noise is still a pitch; noise alone and silence are none.
    #[test]
    fn noise_is_no_pitch() {
        let mut breathy = harmonics(220.0, |k| 0.3 / k);
        let level = super::super::level::rms(&breathy) * 3_f64.sqrt();
        let hiss = noise(11, 40_000);
        let hiss = hiss
            .iter()
            .map(|n| n * betwixt_spectral::number::narrow(level));
        breathy.iter_mut().zip(hiss).for_each(|(x, n)| *x += n);
        let found = heard(&breathy, 57.0);
        assert!(found.cents().is_some_and(|c| c.abs() < 5.0), "{found:?}");
        assert_eq!(heard(&noise(5, 40_000), 57.0), Heard::Unpitched);
        assert_eq!(heard(&[0.0; 40_000], 57.0), Heard::Nothing);
        assert_eq!(heard(&[f32::NAN; 40_000], 57.0), Heard::Nothing);
    }
}

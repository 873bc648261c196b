//! How steady a held sound is: its ripple, and what the synthesis' own hop leaves in it.
//!
//! ```text
//!  ripple      rms of blocks of 4096 ─► largest ÷ smallest
//!  modulation  signal × Hann ─► FFT ─► its positive half X ─► power(t) = |analytic signal|²
//!              line of the power at bin m = 2·|Σ X[k]·conj X[k − m]|  (no inverse FFT is needed)
//!              largest at the multiples of rate/hop, relative to the mean (m = 0, not doubled)
//! ```
//!
//! *Source:* the power of an analytic signal is the autocorrelation of its spectrum
//! (Wiener–Khinchin with time and frequency exchanged).

use super::level;
use realfft::RealFftPlanner;
use realfft::num_complex::Complex64;

const BLOCK: usize = 4096;
/// A line of the power nearer than this to a multiple of the fundamental belongs to the sound: the
/// partials beat with one another there.
const OWN_HZ: f64 = 5.0;
/// Lines beyond this frequency are not looked for.
const HIGHEST_HZ: f64 = 10_000.0;

/// Largest rms of any whole block of 4096 samples over the smallest, dB; `None` with fewer than two
/// blocks, or a silent one.
#[must_use]
pub fn ripple_db(signal: &[f32]) -> Option<f64> {
    let blocks: Vec<f64> = signal.chunks_exact(BLOCK).map(level::rms).collect();
    let least = blocks.iter().copied().fold(f64::INFINITY, f64::min);
    let most = blocks.iter().copied().fold(0.0, f64::max);
    (blocks.len() > 1 && least > 0.0).then(|| level::db(most / least))
}

/// The largest line of the instantaneous power at a multiple of the hop's rate, dB relative to its
/// mean: a line is a cosine's amplitude, so that a train of pulses reads the maximum, +6 dB.
///
/// `hop` is in samples of this signal. Multiples within 5 Hz of a multiple of `fundamental_hz` are
/// left out, as partials beat with one another there. `None` for silence, less than 64 hops, or
/// when no multiple is left.
#[must_use]
pub fn hop_modulation_db(
    signal: &[f32],
    rate_hz: f64,
    hop: usize,
    fundamental_hz: f64,
) -> Option<f64> {
    let hops = signal.len() / hop.max(1);
    if hops < 64 {
        return None;
    }
    // Whole hops: the line of the hop's rate is bin `hops`, exactly.
    let spectrum = positive_half(&signal[..hops * hop])?;
    let line = |bins: usize| {
        let pairs = spectrum[bins..].iter().zip(&spectrum);
        pairs.map(|(a, b)| a * b.conj()).sum::<Complex64>().norm()
    };
    let mean = line(0);
    let hop_hz = rate_hz / hop as f64;
    let own = |hz: f64| {
        let nearest = (hz / fundamental_hz).round() * fundamental_hz;
        (hz - nearest).abs() < OWN_HZ
    };
    let multiples = (1..).map(|multiple| (multiple, multiple as f64 * hop_hz));
    let heard = multiples.take_while(|(_, hz)| *hz < HIGHEST_HZ.min(rate_hz / 2.0));
    let lines = heard
        .filter(|(_, hz)| !own(*hz))
        .map(|(m, _)| line(m * hops));
    let largest = lines.reduce(f64::max).filter(|_| mean > 0.0)?;
    Some(level::db(2.0 * largest / mean))
}

/// The spectrum of the windowed signal without its mirror image.
fn positive_half(signal: &[f32]) -> Option<Vec<Complex64>> {
    let plan = RealFftPlanner::<f64>::new().plan_fft_forward(signal.len());
    let turn = std::f64::consts::TAU / signal.len() as f64;
    let window = |i: usize| 0.5 - 0.5 * (turn * i as f64).cos();
    let samples = signal.iter().enumerate();
    let mut shaped: Vec<f64> = samples.map(|(i, x)| f64::from(*x) * window(i)).collect();
    let mut spectrum = plan.make_output_vec();
    plan.process(&mut shaped, &mut spectrum).ok()?;
    Some(spectrum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::signals::{noise, tone};
    use betwixt_spectral::number::narrow;
    use std::f64::consts::TAU;

    /// A level that swells by a tenth either way ripples by 20·log₁₀(1.1/0.9) dB.
    #[test]
    fn ripple_is_that_of_the_level() {
        let mut signal = tone(&[(1000.0, 0.5)], 44_100.0, 4096 * 8);
        let steady = ripple_db(&signal).unwrap();
        assert!(steady < 0.05, "{steady}");
        signal[..4096].iter_mut().for_each(|x| *x *= 1.1);
        signal[8192..12_288].iter_mut().for_each(|x| *x *= 0.9);
        let found = ripple_db(&signal).unwrap();
        assert!((found - 1.743).abs() < 0.05, "{found}");
        assert_eq!(ripple_db(&[0.5; 4096]), None);
        assert_eq!(ripple_db(&[0.0; 10_000]), None);
    }

    /// (1 + m·cos)² has the mean 1 + m²/2 and a cosine of amplitude 2m at the modulation's frequency.
    #[test]
    fn modulation_at_the_hop_is_told_in_db() {
        let rate_hz = 44_100.0;
        for depth in [0.1, 0.01, 0.001] {
            let hop_hz = rate_hz / 256.0;
            let mut signal = tone(&[(2_000.0, 0.5), (2_690.0, 0.2)], rate_hz, 3 * 44_100);
            for (i, x) in signal.iter_mut().enumerate() {
                let wave = (TAU * hop_hz * i as f64 / rate_hz).cos();
                *x *= narrow(1.0 + depth * wave);
            }
            let found = hop_modulation_db(&signal, rate_hz, 256, 690.0).unwrap();
            let expected = 20.0 * (2.0 * depth / (1.0 + depth * depth / 2.0)).log10();
            assert!(
                (found - expected).abs() < 0.3,
                "{depth}: {found} {expected}"
            );
        }
    }

    /// A steady tone has no line at the hop's rate; its own beating is not counted even where it
    /// falls on a multiple; noise has but a small one.
    #[test]
    fn what_belongs_to_the_sound_is_left_out() {
        let rate_hz = 44_100.0;
        let steady = tone(&[(440.0, 0.5), (880.0, 0.3)], rate_hz, 100_000);
        let found = hop_modulation_db(&steady, rate_hz, 256, 440.0).unwrap();
        assert!(found < -80.0, "{found}");
        // 344.5 Hz apart: a beat right on the second multiple.
        let beating = tone(&[(344.5, 0.5), (689.0, 0.5)], rate_hz, 100_000);
        let own = hop_modulation_db(&beating, rate_hz, 256, 344.5).unwrap();
        let counted = hop_modulation_db(&beating, rate_hz, 256, 440.0).unwrap();
        assert!(own < -60.0 && counted > -10.0, "{own} {counted}");
        let hiss = hop_modulation_db(&noise(3, 132_300), rate_hz, 256, 440.0).unwrap();
        assert!(hiss < -35.0, "{hiss}");
        let mut pulses = vec![0.0; 100_096];
        pulses.iter_mut().step_by(256).for_each(|x| *x = 1.0);
        let found = hop_modulation_db(&pulses, rate_hz, 256, 441.0).unwrap();
        assert!((found - 6.0).abs() < 0.2, "{found}");
        assert_eq!(
            hop_modulation_db(&[0.0; 100_000], rate_hz, 256, 440.0),
            None
        );
        assert_eq!(
            hop_modulation_db(&steady[..9000], rate_hz, 256, 440.0),
            None
        );
    }
}

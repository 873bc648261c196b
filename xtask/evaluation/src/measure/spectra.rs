//! How far the spectrogram of one signal is from that of another.
//!
//! ```text
//!  target, played ─► |STFT|, |STFT| ─┬► SC  = 20·log₁₀(‖|S| − |Y|‖ / ‖|S|‖)
//!                                    └► LSD = mean over frames of the rms dB difference
//! ```
//!
//! The first and last 2·fft_len/hop frames are left out: they see the signal's ends.
//!
//! *Sources:* Sturmel and Daudet, "Signal Reconstruction from STFT Magnitude", DAFx-11 (SC); Gray
//! and Markel, "Distance Measures for Speech Processing", IEEE TASSP 24(5), 1976 (LSD).

use betwixt_spectral::{Geometry, stft};

/// Magnitudes `[frames][bins]` of the frames that see no end of the signal.
fn inner_magnitudes(geometry: Geometry, signal: &[f32]) -> Vec<Vec<f32>> {
    let mut frames = Vec::new();
    stft::for_each_frame(geometry, signal, |spectrum| {
        frames.push(spectrum.iter().map(|c| c.norm()).collect());
    });
    let edge = 2 * geometry.fft_len() / geometry.hop();
    if frames.len() <= 2 * edge {
        return Vec::new();
    }
    frames.truncate(frames.len() - edge);
    frames.split_off(edge)
}

/// Spectral convergence, dB: 0 means as far off as silence, −∞ the same magnitudes.
///
/// Signals of different lengths are compared over the shorter. `None` when it is shorter than the
/// frames that are left out, or the target is silent there.
#[must_use]
pub fn spectral_convergence_db(geometry: Geometry, target: &[f32], played: &[f32]) -> Option<f64> {
    let len = target.len().min(played.len());
    let target = inner_magnitudes(geometry, &target[..len]);
    let played = inner_magnitudes(geometry, &played[..len]);
    let square = |x: f64| x * x;
    let pairs = target.iter().flatten().zip(played.iter().flatten());
    let error: f64 = pairs.map(|(s, y)| square(f64::from(s - y))).sum();
    let level: f64 = target.iter().flatten().map(|s| square(f64::from(*s))).sum();
    (level > 0.0).then(|| 10.0 * (error / level).log10())
}

/// Log-spectral distance, dB: the mean over frames of the rms over bins of the dB difference.
///
/// Both magnitudes are floored at −80 dB below the target's maximum, so that what nobody hears does
/// not count. `None` as for [`spectral_convergence_db`].
#[must_use]
pub fn log_spectral_distance_db(geometry: Geometry, target: &[f32], played: &[f32]) -> Option<f64> {
    let len = target.len().min(played.len());
    let target = inner_magnitudes(geometry, &target[..len]);
    let played = inner_magnitudes(geometry, &played[..len]);
    let maximum = target.iter().flatten().fold(0.0_f32, |a, b| a.max(*b));
    if maximum <= 0.0 {
        return None;
    }
    let level = |x: f32| 20.0 * f64::from((x / maximum).max(1e-4)).log10();
    let distance = |(s, y): (&Vec<f32>, &Vec<f32>)| {
        let pairs = s.iter().zip(y);
        let squares: f64 = pairs.map(|(s, y)| (level(*s) - level(*y)).powi(2)).sum();
        (squares / s.len() as f64).sqrt()
    };
    let sum: f64 = target.iter().zip(&played).map(distance).sum();
    Some(sum / target.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::signals::noise;

    fn geometry() -> Geometry {
        Geometry::new(1024, 256, 44_100).unwrap()
    }

    /// A signal at a times its level is |1 − a| off: half the level is −6.02 dB, silence 0 dB.
    #[test]
    fn convergence_of_a_scaled_signal_is_its_distance() {
        let signal = noise(1, 20_000);
        for (scale, expected) in [(0.5, -6.0206), (0.0, 0.0), (0.9, -20.0)] {
            let scaled: Vec<f32> = signal.iter().map(|x| x * scale).collect();
            let found = spectral_convergence_db(geometry(), &signal, &scaled).unwrap();
            assert!((found - expected).abs() < 1e-3, "{scale}: {found}");
        }
        let same = spectral_convergence_db(geometry(), &signal, &signal).unwrap();
        assert!(same < -300.0, "{same}");
    }

    /// A signal at a tenth of its level is 20 dB off in every bin.
    #[test]
    fn distance_of_a_scaled_signal_is_its_level() {
        let signal = noise(2, 20_000);
        let scaled: Vec<f32> = signal.iter().map(|x| x * 0.1).collect();
        let found = log_spectral_distance_db(geometry(), &signal, &scaled).unwrap();
        assert!((found - 20.0).abs() < 1e-3, "{found}");
    }

    /// What is too short or silent has no figure, rather than a good one.
    #[test]
    fn nothing_has_no_figure() {
        assert_eq!(
            spectral_convergence_db(geometry(), &[0.5; 2000], &[0.5; 2000]),
            None
        );
        assert_eq!(
            spectral_convergence_db(geometry(), &[0.0; 20_000], &[0.5; 20_000]),
            None
        );
        assert_eq!(
            log_spectral_distance_db(geometry(), &[0.0; 20_000], &[0.5; 20_000]),
            None
        );
    }
}

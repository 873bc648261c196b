//! Peak, rms, and the course of the level.

/// The largest magnitude; 0 for no samples, NaN when any sample is NaN.
#[must_use]
pub fn peak(signal: &[f32]) -> f64 {
    let larger = |a: f64, b: &f32| {
        let b = f64::from(b.abs());
        if a.is_nan() || b.is_nan() {
            f64::NAN
        } else {
            a.max(b)
        }
    };
    signal.iter().fold(0.0, larger)
}

/// The root of the mean square; 0 for no samples.
#[must_use]
pub fn rms(signal: &[f32]) -> f64 {
    let power: f64 = signal.iter().map(|x| f64::from(*x).powi(2)).sum();
    (power / signal.len().max(1) as f64).sqrt()
}

/// A linear amplitude in dB; −∞ for 0.
#[must_use]
pub fn db(amplitude: f64) -> f64 {
    20.0 * amplitude.log10()
}

/// The rms of successive stretches: (seconds of the stretch's middle, dB).
///
/// Stretches are `stretch_s` long and adjoin; the last, shorter one counts too.
#[must_use]
pub fn level_track_db(signal: &[f32], rate_hz: f64, stretch_s: f64) -> Vec<(f64, f64)> {
    let len = betwixt_spectral::number::index(rate_hz * stretch_s).max(1);
    let middle = |i: usize, part: &[f32]| (i * len) as f64 + 0.5 * part.len() as f64;
    let parts = signal.chunks(len).enumerate();
    parts
        .map(|(i, part)| (middle(i, part) / rate_hz, db(rms(part))))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::signals::tone;

    /// A sine of amplitude a has peak a and rms a/√2, over whole periods.
    #[test]
    fn a_sine_has_its_textbook_levels() {
        let sine = tone(&[(1000.0, 0.5)], 48_000.0, 48_000);
        assert!((peak(&sine) - 0.5).abs() < 1e-6);
        assert!((db(rms(&sine)) - (-9.0309)).abs() < 1e-3);
    }

    /// A lost sample is not a quiet one.
    #[test]
    fn not_a_number_is_not_hidden() {
        assert!(peak(&[0.5, f32::NAN, 0.1]).is_nan());
        assert!(rms(&[f32::NAN]).is_nan());
        assert!(peak(&[]).abs() < 1e-300 && rms(&[]).abs() < 1e-300);
    }

    /// Each stretch has its own level and lies at its own middle.
    #[test]
    fn the_track_follows_the_level() {
        let signal: Vec<f32> = [1.0; 10].into_iter().chain([0.1; 10]).collect();
        let track = level_track_db(&signal, 10.0, 1.0);
        assert_eq!(track.len(), 2);
        for ((seconds, level), expected) in track.iter().zip([(0.5, 0.0), (1.5, -20.0)]) {
            assert!((seconds - expected.0).abs() < 1e-12, "{track:?}");
            assert!((level - expected.1).abs() < 1e-5, "{track:?}");
        }
    }
}

//! When a sound begins, and how fast it rises.

use betwixt_spectral::number::index;
use std::f64::consts::TAU;

/// The attack lies within this time.
const RISE_WITHIN_S: f64 = 0.6;
/// The level is taken over at least this time: 220 samples at 44.1 kHz.
const LEVEL_S: f64 = 220.0 / 44_100.0;

/// The first sample that is louder than `threshold_db` relative to the signal's peak.
///
/// `None` for a silent signal.
#[must_use]
pub fn first_sample(signal: &[f32], threshold_db: f64) -> Option<usize> {
    let peak = super::level::peak(signal);
    let threshold = peak * 10_f64.powf(threshold_db / 20.0);
    signal
        .iter()
        .position(|x| f64::from(x.abs()) > threshold)
        .filter(|_| peak > 0.0)
}

/// The time in which the fundamental's amplitude rises from 10 to 90 % of its level, seconds.
///
/// The amplitude is the magnitude of the signal turned down by the fundamental and averaged over
/// just one period, which removes every other partial; the level is the median over the signal's
/// second half, so give a stretch that is steady there and begins with the onset. The average itself
/// makes an instant onset read 0.8 periods. `None` for silence or less than four periods.
#[must_use]
pub fn rise_s(signal: &[f32], rate_hz: f64, fundamental_hz: f64) -> Option<f64> {
    let amplitude = amplitude_of(signal, rate_hz, fundamental_hz)?;
    let mut settled = amplitude[amplitude.len() / 2..].to_vec();
    settled.sort_by(f64::total_cmp);
    let level = *settled.get(settled.len() / 2)?;
    if level.is_nan() || level <= 0.0 {
        return None;
    }
    let reached = |share: f64| {
        let after = amplitude.iter().position(|a| *a >= share * level)?;
        let before = after.checked_sub(1).map_or(0.0, |i| amplitude[i]);
        let part = (share * level - before) / (amplitude[after] - before);
        Some(after as f64 - 1.0 + part)
    };
    Some((reached(0.9)? - reached(0.1)?) / rate_hz)
}

/// The time in which the level rises from 10 to 90 % of its maximum, seconds: that between the two
/// moments of [`level_rise`]. The rms itself makes an instant onset read 0.8 of its length.
#[must_use]
pub fn level_rise_s(signal: &[f32], rate_hz: f64, fundamental_hz: f64) -> Option<f64> {
    let (low_s, high_s) = level_rise(signal, rate_hz, fundamental_hz)?;
    Some(high_s - low_s)
}

/// When the level rises from 10 to 90 % of its maximum, seconds: the last moment below 10 % before
/// the first above 90 %, and that one.
///
/// The level is the rms over max(220 samples at 44.1 kHz, one period), its maximum that of the first
/// 0.6 s. `None` for silence.
#[must_use]
pub fn level_rise(signal: &[f32], rate_hz: f64, fundamental_hz: f64) -> Option<(f64, f64)> {
    let within = signal.len().min(index(RISE_WITHIN_S * rate_hz));
    let length = (LEVEL_S * rate_hz).max(rate_hz / fundamental_hz);
    let powers = mean_powers(&signal[..within], index(length.round()).max(1));
    let largest = powers.iter().copied().fold(0.0, f64::max);
    if largest <= 0.0 || !largest.is_finite() {
        return None;
    }
    let high = powers.iter().position(|power| *power > 0.81 * largest)?;
    let low = powers[..high]
        .iter()
        .rposition(|power| *power < 0.01 * largest);
    // Before the signal there is silence.
    let low = low.map_or(-1.0, |low| low as f64);
    Some((low / rate_hz, high as f64 / rate_hz))
}

/// The mean power over the samples that end at each sample.
fn mean_powers(signal: &[f32], length: usize) -> Vec<f64> {
    let power = |x: f32| f64::from(x) * f64::from(x);
    let mut sum = 0.0;
    let mean = |i: usize| {
        sum += power(signal[i])
            - i.checked_sub(length)
                .map_or(0.0, |gone| power(signal[gone]));
        sum / length as f64
    };
    (0..signal.len()).map(mean).collect()
}

/// The amplitude of one partial: mean over the period that ends at each sample.
fn amplitude_of(signal: &[f32], rate_hz: f64, hz: f64) -> Option<Vec<f64>> {
    let period = index((rate_hz / hz).round());
    if period < 2 || signal.len() < 4 * period {
        return None;
    }
    let turned: Vec<[f64; 2]> = (0..)
        .zip(signal)
        .map(|(i, x)| {
            let angle = TAU * (f64::from(i) * hz / rate_hz).fract();
            [angle.cos() * f64::from(*x), -angle.sin() * f64::from(*x)]
        })
        .collect();
    let mut sum = [0.0, 0.0];
    let mean = (0..turned.len()).map(|i| {
        let gone = i
            .checked_sub(period)
            .map_or([0.0, 0.0], |before| turned[before]);
        for part in 0..2 {
            sum[part] += turned[i][part] - gone[part];
        }
        2.0 * f64::hypot(sum[0], sum[1]) / period as f64
    });
    Some(mean.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::signals::tone;

    /// A tone that starts at once reads 0.8 periods; a ramp of 20 ms reads 0.8 ramps.
    #[test]
    fn rises_are_those_of_the_signal() {
        let rate_hz = 48_000.0;
        let instant = tone(&[(480.0, 0.5), (960.0, 0.2)], rate_hz, 9600);
        let found = rise_s(&instant, rate_hz, 480.0).unwrap();
        assert!((found - 0.8 / 480.0).abs() < 0.05 / 480.0, "{found}");
        let ramped: Vec<f32> = (0_u16..)
            .zip(&instant)
            .map(|(i, x)| x * (f32::from(i) / 960.0).min(1.0))
            .collect();
        let found = rise_s(&ramped, rate_hz, 480.0).unwrap();
        assert!((found - 0.016).abs() < 0.0005, "{found}");
    }

    /// An instant tone reads 0.8 lengths of the box; a ramp whose rms is the ramp itself 0.8 ramps.
    #[test]
    fn levels_rise_as_the_signal_does() {
        let rate_hz = 44_100.0;
        let instant = tone(&[(2000.0, 0.5)], rate_hz, 44_100);
        let found = level_rise_s(&instant, rate_hz, 2000.0).unwrap() * rate_hz;
        assert!((found - 0.8 * 220.0).abs() < 6.0, "{found}");
        let low = tone(&[(50.0, 0.5)], rate_hz, 44_100);
        let found = level_rise_s(&low, rate_hz, 50.0).unwrap() * rate_hz;
        assert!((found - 0.8 * 882.0).abs() < 120.0, "{found}");
        let ramped: Vec<f32> = (0_u16..)
            .zip(&instant)
            .map(|(i, x)| x * (f32::from(i) / 13_230.0).min(1.0))
            .collect();
        let found = level_rise_s(&ramped, rate_hz, 2000.0).unwrap();
        assert!((found - 0.24).abs() < 0.003, "{found}");
        assert_eq!(level_rise_s(&[0.0; 44_100], rate_hz, 440.0), None);
    }

    /// The first sample above the threshold, counted from the signal's own peak.
    #[test]
    fn onsets_are_found_to_the_sample() {
        let mut signal = vec![0.0; 100];
        signal[40] = 0.0001;
        signal[60] = -0.5;
        assert_eq!(first_sample(&signal, -60.0), Some(60));
        assert_eq!(first_sample(&signal, -80.0), Some(40));
        assert_eq!(first_sample(&[0.0; 10], -80.0), None);
    }
}

//! The course of gain by which a played attack becomes as loud, moment by moment, as the real one.
//!
//! ```text
//!  real ───► power around each point ─┐
//!                                     ├─► ratio ─► gains [points] in 6 dB
//!  played ─► power around each point ─┘              │
//!    ▲                                               │
//!    └──────────────── × ◄───── six times ───────────┘
//! ```
//!
//! Both are heard relative to what comes after the attack: how loud a note is at all is another
//! matter.
//!
//! Half of what is struck is as loud at once as it will ever be, so that a fault of half a decibel
//! decides whether it rises in 4 ms or in 40. What was sharp when it was recorded is therefore lifted
//! until it is sharp when it is played, and a little beyond, because a network only comes near.

use betwixt_evaluation::measure::onset::level_rise;
use betwixt_model::AttackCurve;
use betwixt_model::attack::{PLACES_S, POINTS, RANGE_DB, UNIT_DB};
use betwixt_spectral::number::{index, narrow, real as single};

/// How much of a note is read, in seconds.
pub(super) const SECONDS: f64 = 0.6;
/// Power is a mean over so much time before and after a point, weighted by a triangle, or over half
/// a period of the note where that is longer.
const REACH_S: f64 = 0.002;
const REACH_PERIODS: f64 = 0.5;
/// What comes after the attack, in seconds.
const AFTER_S: (f64, f64) = (0.040, 0.120);
/// How often both are compared, and how much of the way is gone each time: neighbouring points
/// answer for the same moments.
const ROUNDS: usize = 6;
const STRIDE: f64 = 0.8;
/// What is so much softer than the loudest of the attack need not be any louder: −40 dB.
const FLOOR: f64 = 1e-4;

/// What rises within this time from 10 to 90 % of its level is sharp, in seconds.
const SHARP_S: f64 = 0.006;
/// What is sharp no more is lifted where it should rise, by so much at a time, at most so often, until it
/// would be sharp with [`MARGIN_DB`] less; in dB.
const LIFT_DB: f32 = 0.5;
const LIFTS: usize = 28;
const MARGIN_DB: f32 = 1.5;

/// The numbers of the curve, `[POINTS]`; `None` when one of both is silent.
pub(super) fn numbers(
    real: &[f32],
    played: &[Vec<f32>],
    (rate_hz, fundamental_hz): (f64, f64),
) -> Option<[f32; POINTS]> {
    let reach = rate_hz * REACH_S.max(REACH_PERIODS / fundamental_hz);
    let heard = Powers::of(real, rate_hz, reach)?;
    let floor = FLOOR * heard.0.iter().copied().fold(1.0, f64::max);
    let mut numbers = [0.0; POINTS];
    for _ in 0..ROUNDS {
        let curve = AttackCurve::of(&numbers);
        let shaped = played.iter().map(|played| {
            let mut shaped = played.clone();
            curve.shape(narrow(rate_hz), 0, &mut shaped);
            Powers::of(&shaped, rate_hz, reach)
        });
        let told = shaped.collect::<Option<Vec<Powers>>>()?;
        let told = Powers(std::array::from_fn(|point| {
            told.iter().map(|powers| powers.0[point]).sum::<f64>() / told.len() as f64
        }));
        for (number, (heard, told)) in numbers.iter_mut().zip(heard.0.iter().zip(told.0)) {
            let db = 10.0 * ((heard + floor) / (told + floor)).log10();
            let (least, most) = RANGE_DB;
            *number =
                (*number + narrow(STRIDE * db) / UNIT_DB).clamp(least / UNIT_DB, most / UNIT_DB);
        }
    }
    let sharp_from_s = |sound: &[f32]| {
        let (low_s, high_s) = level_rise(sound, rate_hz, fundamental_hz)?;
        (high_s - low_s <= SHARP_S).then_some(low_s)
    };
    let Some(from_s) = sharp_from_s(real) else {
        return Some(numbers);
    };
    let count_sharp = |by_db: f32| {
        let curve = AttackCurve::of(&lifted(&numbers, from_s, by_db - MARGIN_DB));
        let is_sharp = |played: &&Vec<f32>| {
            let mut shaped = (*played).clone();
            curve.shape(narrow(rate_hz), 0, &mut shaped);
            sharp_from_s(&shaped).is_some()
        };
        played.iter().filter(is_sharp).count()
    };
    let lifts_db = (0..LIFTS).map(|times| LIFT_DB * single(times));
    let counted = lifts_db.map(|by_db| (count_sharp(by_db), by_db));
    // The least of those that make most plays sharp.
    let best = counted.rev().max_by_key(|(count, _)| *count);
    let by_db = best.map_or(0.0, |(_, by_db)| by_db);
    Some(lifted(&numbers, from_s, by_db))
}

/// A curve that is so much louder where a sound that is sharp from some moment on rises.
fn lifted(numbers: &[f32; POINTS], from_s: f64, by_db: f32) -> [f32; POINTS] {
    let mut lifted = *numbers;
    let most = RANGE_DB.1 / UNIT_DB;
    for (number, place_s) in lifted.iter_mut().zip(PLACES_S) {
        if (from_s..=from_s + SHARP_S).contains(&f64::from(place_s)) {
            *number = (*number + by_db / UNIT_DB).min(most);
        }
    }
    lifted
}

/// Power around each point, relative to what comes after.
struct Powers([f64; POINTS]);

impl Powers {
    fn of(samples: &[f32], rate_hz: f64, reach: f64) -> Option<Self> {
        let power = |sample: &f32| f64::from(*sample) * f64::from(*sample);
        let after = index(AFTER_S.0 * rate_hz)..index(AFTER_S.1 * rate_hz);
        let after = samples.get(after)?;
        let mean = after.iter().map(power).sum::<f64>() / after.len() as f64;
        let around = |place_s: f32| {
            let place = f64::from(place_s) * rate_hz;
            let first = index((place - reach).max(0.0).ceil());
            let end = index((place + reach).ceil()).min(samples.len());
            let (mut sum, mut weights) = (0.0, f64::MIN_POSITIVE);
            for (at, sample) in (first..end).zip(&samples[first..end]) {
                let weight = (1.0 - (at as f64 - place).abs() / reach).max(0.0);
                weights += weight;
                sum += weight * power(sample);
            }
            sum / weights
        };
        let powers = std::array::from_fn(|point| around(PLACES_S[point]) / mean);
        powers
            .iter()
            .all(|power| power.is_finite())
            .then_some(Self(powers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use betwixt_evaluation::measure::onset::level_rise_s;

    const RATE_HZ: f64 = 44_100.0;
    const KEY_HZ: f64 = 500.0;

    /// A tone of many partials that lasts, as often as it is played.
    fn played(times: usize) -> Vec<Vec<f32>> {
        let turned = |time: usize| {
            let sample = |at: usize| {
                let turns = at as f64 * KEY_HZ / RATE_HZ;
                let partial =
                    |k: f64| (std::f64::consts::TAU * (k * turns + k * k * time as f64)).sin();
                narrow(0.1 * (1..=8).map(|k| partial(f64::from(k))).sum::<f64>())
            };
            (0..index(SECONDS * RATE_HZ)).map(sample).collect()
        };
        (0..times).map(turned).collect()
    }

    fn shaped(sound: &[f32], numbers: &[f32; POINTS]) -> Vec<f32> {
        let mut shaped = sound.to_vec();
        AttackCurve::of(numbers).shape(narrow(RATE_HZ), 0, &mut shaped);
        shaped
    }

    /// What was shaped by a known curve that moves no faster than it is read is told that curve, to
    /// within a decibel; how loud a note is does not matter. What is as sharp as it should be is told
    /// nothing but the margin.
    #[test]
    fn a_known_curve_is_found() {
        let mut known = [0.0; POINTS];
        for (point, number) in known.iter_mut().enumerate() {
            *number = -1.5 * (1.0 - single(point) / single(POINTS));
        }
        let played = played(3);
        for (known, gain, margin_db) in [
            (known, 1.0, 0.0),
            (known, 0.1, 0.0),
            ([0.0; POINTS], 3.0, MARGIN_DB),
        ] {
            let mut real = shaped(&played[0], &known);
            real.iter_mut().for_each(|sample| *sample *= gain);
            let found = numbers(&real, &played, (RATE_HZ, KEY_HZ)).unwrap();
            let (from_s, _) = level_rise(&real, RATE_HZ, KEY_HZ).unwrap();
            for (own, known) in found.iter().zip(lifted(&known, from_s, margin_db)) {
                assert!((own - known).abs() * UNIT_DB < 1.0, "{found:?}");
            }
        }
        let silent = vec![0.0; played[0].len()];
        assert_eq!(numbers(&silent, &played, (RATE_HZ, KEY_HZ)), None);
        assert_eq!(numbers(&played[0], &[silent], (RATE_HZ, KEY_HZ)), None);
        assert_eq!(
            numbers(&played[0][..1_000], &played, (RATE_HZ, KEY_HZ)),
            None
        );
    }

    /// A real note that is at once nearly as loud as ever, and a played one that grows slowly after its
    /// attack, so that only a lift makes it sharp: it is lifted, by no more than that and the margin.
    #[test]
    fn what_was_sharp_is_sharp_again() {
        let real = &played(1)[0];
        let mut played = played(2);
        for sound in &mut played {
            for (at, sample) in sound.iter_mut().enumerate() {
                let growth = (at as f64 / RATE_HZ / SECONDS).min(1.0);
                *sample *= narrow(0.7 + 0.3 * growth);
            }
        }
        let is_sharp = |sound: &[f32]| level_rise_s(sound, RATE_HZ, KEY_HZ).unwrap() <= SHARP_S;
        assert!(is_sharp(real) && played.iter().all(|sound| !is_sharp(sound)));
        let found = numbers(real, &played, (RATE_HZ, KEY_HZ)).unwrap();
        assert!(played.iter().all(|sound| is_sharp(&shaped(sound, &found))));
        // From 0.73 to 0.9 of what it grows to are 1.8 dB.
        let most = found.iter().copied().fold(0.0, f32::max) * UNIT_DB;
        assert!((2.0..5.0).contains(&most), "{most} dB");
        // A note that is slow by nature is not lifted.
        let found = numbers(&played[0], &played, (RATE_HZ, KEY_HZ)).unwrap();
        assert!(
            found.iter().all(|number| number.abs() * UNIT_DB < 0.5),
            "{found:?}"
        );
    }

    /// A string that a plectrum reaches 8 ms after the onset is lifted from there on, and not before.
    #[test]
    fn what_rises_later_is_lifted_there() {
        const REACHED_S: f64 = 0.008;
        let mut real = played(1).remove(0);
        let mut played = played(2);
        let before = index(REACHED_S * RATE_HZ);
        real[..before].fill(0.0);
        for sound in &mut played {
            for (at, sample) in sound.iter_mut().enumerate() {
                let growth = (at as f64 / RATE_HZ / SECONDS).min(1.0);
                *sample *= narrow(0.7 + 0.3 * growth);
            }
            sound[..before].fill(0.0);
        }
        let is_sharp = |sound: &[f32]| level_rise_s(sound, RATE_HZ, KEY_HZ).unwrap() <= SHARP_S;
        assert!(is_sharp(&real) && played.iter().all(|sound| !is_sharp(sound)));
        let found = numbers(&real, &played, (RATE_HZ, KEY_HZ)).unwrap();
        assert!(played.iter().all(|sound| is_sharp(&shaped(sound, &found))));
        for (number, place_s) in found.iter().zip(PLACES_S) {
            let is_lifted = number * UNIT_DB > 2.0;
            let since_s = f64::from(place_s) - REACHED_S;
            assert_eq!(is_lifted, (0.0..SHARP_S).contains(&since_s), "{found:?}");
        }
    }
}

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

use betwixt_evaluation::measure::onset::level_rise_s;
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
/// Points of the curve that lie in that time.
const SHARP_POINTS: usize = 5;
/// What is sharp no more is lifted by so much at a time there, at most so often, in dB; and what was
/// lifted until it is, or nearly needed it, once more by [`MARGIN_DB`].
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
    let is_sharp = |sound: &[f32]| {
        level_rise_s(sound, rate_hz, fundamental_hz).is_some_and(|rise_s| rise_s <= SHARP_S)
    };
    if is_sharp(real) {
        let all_sharp = |numbers: &[f32; POINTS]| {
            let curve = AttackCurve::of(&lifted(numbers, -MARGIN_DB));
            let shaped = |played: &Vec<f32>| {
                let mut shaped = played.clone();
                curve.shape(narrow(rate_hz), 0, &mut shaped);
                is_sharp(&shaped)
            };
            played.iter().all(shaped)
        };
        // What no lift makes sharp is slow for another reason and stays as it is.
        let lifts = (0..LIFTS).map(|times| lifted(&numbers, LIFT_DB * single(times)));
        return Some(lifts.into_iter().find(all_sharp).unwrap_or(numbers));
    }
    Some(numbers)
}

/// A curve whose first points are so much louder.
fn lifted(numbers: &[f32; POINTS], by_db: f32) -> [f32; POINTS] {
    let mut lifted = *numbers;
    let most = RANGE_DB.1 / UNIT_DB;
    for number in &mut lifted[..SHARP_POINTS] {
        *number = (*number + by_db / UNIT_DB).min(most);
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

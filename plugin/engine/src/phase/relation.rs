//! How neighbouring partials stand to each other when a sound begins: told by the valleys between.
//!
//! ```text
//!  before, magnitude, following [bins] ─► in each valley: |a·W(x₁) + b·W(x₂)·e^(jΔ)| ─► cos Δ, sin Δ
//!  phases [bins] ◄─ the upper partial turned towards Δ ◄──────────────────────────────────┘
//! ```
//!
//! Two lobes overlap in the valley between them, and how they add up there depends on the angle Δ
//! between their partials: the magnitude tells its cosine, and how it changes while the partials
//! turn on, its sine. Phases that start without a past are wrong about Δ, and would stay so: what
//! is steady, turned on exactly, keeps every error. So the first frames are corrected, the lowest
//! pair first, and then never again: a correction that goes on would be heard as jitter.

use super::integration::Frame;
use super::own::{Own, Peak, lobe};
use betwixt_spectral::number::{index, real, turns};
use std::f64::consts::TAU;

/// Numbers of the frames that are corrected, counted from the sound's first.
const FRAMES: std::ops::RangeInclusive<usize> = 1..=5;
/// The error is taken out whole as long as frames reach back before the onset; after that each
/// frame takes this, divided by its number: what they say is averaged.
const GAIN: f64 = 3.0;
/// Bins of a valley lie at least this far from both peaks: outside the main lobes.
const OUTSIDE: f32 = 2.0;
/// What cosine and sine say together is one when the picture of two lobes is right.
const CREDIBLE: std::ops::RangeInclusive<f32> = 0.6..=1.5;
/// Partials that turn nearly alike, or nearly opposite, from frame to frame do not tell the sine.
const TELLING: f32 = 0.05;

/// Corrects the phases of one of a sound's first frames, knowing the magnitudes before and after.
pub(super) fn lock(
    (frame, own): (&mut Frame, &Own),
    around: [&[f32]; 2],
    turns_per_bin: f64,
    number: usize,
) {
    if !FRAMES.contains(&number) {
        return;
    }
    let gain = (GAIN / f64::from(real(number))).min(1.0);
    for upper in 1..own.peaks.len() {
        let pair = [own.peaks[upper - 1], own.peaks[upper]];
        let Some(wanted) = angle(pair, &frame.magnitude, around, turns_per_bin) else {
            continue;
        };
        let [below, here] = pair.map(|peak| frame.phase[peak.bin]);
        let error = turns(wanted).wrapping_sub(here.wrapping_sub(below));
        let correction = turns(gain * f64::from(error.cast_signed()) / 4_294_967_296.0);
        let range = own.peaks[upper].from + 1..own.end(upper);
        for phase in frame.phase.get_mut(range).into_iter().flatten() {
            *phase = phase.wrapping_add(correction);
        }
    }
}

/// The angle from the lower to the upper of two partials, in turns; `None` where the valley does
/// not tell it.
fn angle(
    [lower, upper]: [Peak; 2],
    magnitude: &[f32],
    [before, following]: [&[f32]; 2],
    turns_per_bin: f64,
) -> Option<f64> {
    let turning = TAU * f64::from(upper.frequency - lower.frequency) * turns_per_bin;
    let turning = betwixt_spectral::number::narrow(turning.sin());
    let from = index(f64::from(lower.frequency + OUTSIDE).ceil());
    let to = index(f64::from(upper.frequency - OUTSIDE).max(0.0)) + 1;
    // Least squares for cosine and sine, every bin relative to its own power.
    let (mut cosine, mut sine, mut weights) = (0.0, 0.0, 0.0);
    let [lower_height, upper_height] = [lower, upper].map(|peak| peak.height());
    for bin in from..to.min(magnitude.len()) {
        let a = lower_height * lobe(real(bin) - lower.frequency);
        let b = upper_height * lobe(upper.frequency - real(bin));
        let power = (a * a + b * b).max(f32::MIN_POSITIVE);
        let (product, squares) = (2.0 * a * b / power, magnitude[bin] * magnitude[bin]);
        let rise = following[bin] * following[bin] - before[bin] * before[bin];
        cosine += product * (squares / power - 1.0);
        sine += -2.0 * product * turning * rise / power;
        weights += product * product;
    }
    let told = 4.0 * turning * turning;
    if weights <= 0.0 || told < TELLING {
        return None;
    }
    let (cosine, sine) = (cosine / weights, sine / (weights * told));
    CREDIBLE
        .contains(&cosine.hypot(sine))
        .then(|| f64::from(sine.atan2(cosine)) / TAU)
}

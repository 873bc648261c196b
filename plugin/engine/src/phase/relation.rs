//! What neighbouring partials are to each other: told by the valleys between, and telling them.
//!
//! ```text
//!  before, magnitude, following [bins] ─► in each valley: |a·W(x₁) + b·W(x₂)·e^(jΔ)| ─► cos Δ, sin Δ
//!  phases [bins] ◄─ the upper partial turned towards Δ ◄──────────────────────────────────┘
//!                ◄─ the valley's phases: those of the sum itself
//! ```
//!
//! Two lobes overlap in the valley between them, and how they add up there depends on the angle Δ
//! between their partials: the magnitude tells its cosine, and how it changes while the partials
//! turn on, its sine. A valley that does not change is of a frame that is held, and tells nothing:
//! followed, it would turn partials back hop after hop, a decibel softer.
//!
//! Phases that start without a past are wrong about Δ, and would stay so: what is steady, turned on
//! exactly, keeps every error. So the first frames are corrected, the lowest pair first, and then
//! never again: a correction that goes on would be heard as jitter.
//!
//! Once both partials have their phases the valley has its own: side lobes of two partials are as
//! loud as each other there, and the phase of either is wrong. Held saws come back at −77 dB with
//! their sum's, at −60 dB without.

use super::integration::Frame;
use super::own::Own;
use super::peaks::{LANES, Lanes, Peak, lobe};
use crate::phasor::{angle as angle_of, phasor};
use betwixt_spectral::Complex32;
use betwixt_spectral::number::{index, narrow, real, turns};
use std::f64::consts::TAU;
use std::ops::Range;

/// Numbers of the frames that are corrected, counted from the sound's first.
const FRAMES: std::ops::RangeInclusive<usize> = 1..=5;
/// The error is taken out whole as long as frames reach back before the onset; after that each
/// frame takes this, divided by its number: what they say is averaged.
const GAIN: f64 = 3.0;
/// Bins of a valley lie at least this far from both peaks: outside the main lobes.
const OUTSIDE: usize = 2;
/// What cosine and sine say together is one when the picture of two lobes is right.
const CREDIBLE: std::ops::RangeInclusive<f32> = 0.6..=1.5;
/// A valley's change from frame to frame tells cosine and sine as well: one where two partials turn
/// on, nothing where a frame is held.
const MOVING: f32 = 0.3;
/// The sum of two lobes is the frame's valley when it has so many times its power: 3 dB.
const LEAST: f32 = 0.5;
const MOST: f32 = 2.0;
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
        let [below, here] = pair.map(|peak| frame.phase[peak.bin()]);
        let error = turns(wanted).wrapping_sub(here.wrapping_sub(below));
        let correction = turns(gain * f64::from(error.cast_signed()) / 4_294_967_296.0);
        let range = own.peaks[upper].from() + 1..own.end(upper);
        for phase in frame.phase.get_mut(range).into_iter().flatten() {
            *phase = phase.wrapping_add(correction);
        }
    }
}

/// Gives the bins of each valley above the floor the phase of both lobes' sum, where that is as large
/// as the frame says: what one lobe alone would give them is wrong by as much as the other is loud,
/// and what is explained is no noise.
pub(super) fn fill(frame: &mut Frame, own: &Own, floor: f32) {
    let Some(first) = own.peaks.first() else {
        return;
    };
    let partial = phasor(frame.phase[first.bin()]);
    let to = index(f64::from(first.frequency() - real(OUTSIDE)).max(0.0));
    frame.fill(0..to, floor, |bin| {
        let sides = [first.sides(bin), first.sides_of_image(bin)];
        sum([partial, partial.conj()], sides)
    });
    let (mut lower, mut below) = (*first, partial);
    for some in own.peaks[1..].chunks(LANES) {
        let partials = phasors(frame, some);
        for (upper, above) in some.iter().zip(partials) {
            let valley = valley([lower, *upper], frame.magnitude.len());
            frame.fill(valley, floor, |bin| {
                sum([below, above], [lower.sides(bin), upper.sides(bin)])
            });
            (lower, below) = (*upper, above);
        }
    }
}

/// The unit vectors of some peaks' phases. A function of its own, so that they are worked out
/// together.
#[inline(never)]
fn phasors(frame: &Frame, peaks: &[Peak]) -> [Complex32; LANES] {
    let mut phases = [0; LANES];
    for (phase, peak) in phases.iter_mut().zip(peaks) {
        *phase = frame.phase[peak.bin()];
    }
    let (mut real, mut imaginary) = ([0.0; LANES], [0.0; LANES]);
    for lane in 0..LANES {
        let unit = phasor(phases[lane]);
        (real[lane], imaginary[lane]) = (unit.re, unit.im);
    }
    std::array::from_fn(|lane| Complex32::new(real[lane], imaginary[lane]))
}

/// Real and imaginary parts of some bins.
type Spectrum = [Lanes; 2];

/// Two partials' lobes together.
#[inline(always)]
fn sum([one, other]: [Complex32; 2], sides: [Lanes; 2]) -> Spectrum {
    let part = |one: f32, other: f32| {
        std::array::from_fn(|lane| one * sides[0][lane] + other * sides[1][lane])
    };
    [part(one.re, other.re), part(one.im, other.im)]
}

impl Frame {
    /// Takes the phases of a sum where it explains the magnitudes. The sum is asked for the bins
    /// from one on, several together.
    #[inline(always)]
    fn fill(&mut self, bins: Range<usize>, floor: f32, sum: impl Fn(usize) -> Spectrum) {
        for first in bins.clone().step_by(LANES) {
            let [real, imaginary] = sum(first);
            let power: Lanes = std::array::from_fn(|lane| {
                real[lane] * real[lane] + imaginary[lane] * imaginary[lane]
            });
            let magnitudes = self.magnitude[first..].first_chunk::<LANES>();
            let phases = self.phase[first..].first_chunk_mut::<LANES>();
            let noise = self.noise[first..].first_chunk_mut::<LANES>();
            let (Some(magnitudes), Some(phases), Some(noise)) = (magnitudes, phases, noise) else {
                // The last bins below half the rate: there is nothing to hear.
                continue;
            };
            let left = bins.end - first;
            let explained: [u32; LANES] = std::array::from_fn(|lane| {
                let (magnitude, found) = (magnitudes[lane], power[lane]);
                let wanted = magnitude * magnitude;
                let explains = (found > LEAST * wanted) & (found < MOST * wanted);
                u32::from(explains & (magnitude > floor) & (lane < left))
            });
            if explained == [0; LANES] {
                continue;
            }
            let angles = angles(&real, &imaginary);
            for lane in 0..LANES {
                let mask = 0u32.wrapping_sub(explained[lane]);
                phases[lane] = (angles[lane] & mask) | (phases[lane] & !mask);
                noise[lane] &= explained[lane] == 0;
            }
        }
    }
}

/// The angles of some bins, in turns. A function of its own: among what else [`Frame::fill`] does
/// they would be taken one by one.
#[inline(never)]
fn angles(real: &Lanes, imaginary: &Lanes) -> [u32; LANES] {
    std::array::from_fn(|lane| angle_of(Complex32::new(real[lane], imaginary[lane])))
}

/// The bins between two lobes, of so many: those at least [`OUTSIDE`] from both. Counted from the
/// peaks' own, for rounding is a call on the baseline instruction set.
fn valley([lower, upper]: [Peak; 2], bins: usize) -> Range<usize> {
    let from = lower.bin() + OUTSIDE + usize::from(lower.frequency() > real(lower.bin()));
    let to = upper.bin() + 1 - usize::from(upper.frequency() < real(upper.bin()));
    from..to.saturating_sub(OUTSIDE).min(bins)
}

/// The angle from the lower to the upper of two partials, in turns; `None` where the valley does
/// not tell it.
fn angle(
    [lower, upper]: [Peak; 2],
    magnitude: &[f32],
    [before, following]: [&[f32]; 2],
    turns_per_bin: f64,
) -> Option<f64> {
    let turning = TAU * f64::from(upper.frequency() - lower.frequency()) * turns_per_bin;
    let [straight, turning] = [turning.cos(), turning.sin()].map(narrow);
    // Least squares for cosine and sine, every bin relative to its own power.
    let (mut cosine, mut sine, mut bend, mut weights) = (0.0, 0.0, 0.0, 0.0);
    let [lower_height, upper_height] = [lower, upper].map(|peak| peak.height());
    for bin in valley([lower, upper], magnitude.len()) {
        let a = lower_height * lobe(real(bin) - lower.frequency());
        let b = upper_height * lobe(upper.frequency() - real(bin));
        let power = (a * a + b * b).max(f32::MIN_POSITIVE);
        let (product, squares) = (2.0 * a * b / power, magnitude[bin] * magnitude[bin]);
        let [earlier, later] = [before, following].map(|frame| frame[bin] * frame[bin]);
        cosine += product * (squares / power - 1.0);
        sine += -2.0 * product * turning * (later - earlier) / power;
        bend += product * (later + earlier - 2.0 * squares) / power;
        weights += product * product;
    }
    let told = 4.0 * turning * turning;
    if weights <= 0.0 || told < TELLING {
        return None;
    }
    let (cosine, sine) = (cosine / weights, sine / (weights * told));
    let bend = bend / (2.0 * weights * (straight - 1.0));
    let turns_on = bend.hypot(sine) > MOVING;
    (turns_on && CREDIBLE.contains(&cosine.hypot(sine)))
        .then(|| f64::from(sine.atan2(cosine)) / TAU)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TURNS_PER_BIN: f64 = 0.25;
    const PARTIALS: [f64; 2] = [20.3, 29.4];

    /// The magnitudes of two partials, the upper one so many turns ahead.
    fn frame(ahead: f64) -> Vec<f32> {
        let ahead = phasor(turns(ahead));
        let [lower, upper] = PARTIALS.map(narrow);
        let bin = |bin: u16| {
            let [one, other] = [lower, upper].map(|partial| lobe(f32::from(bin) - partial));
            (Complex32::from(one) + ahead * other).norm()
        };
        (0..65).map(bin).collect()
    }

    /// What a frame with its neighbours tells.
    fn told([before, here, following]: [f64; 3]) -> Option<f64> {
        let [before, here, following] = [before, here, following].map(frame);
        let mut own = Own::new(here.len());
        own.read(&here);
        let mut loud = own.peaks.iter().filter(|peak| peak.loudest > 0.5);
        let pair = [*loud.next().unwrap(), *loud.next().unwrap()];
        angle(pair, &here, [&before, &following], TURNS_PER_BIN)
    }

    /// Partials that turn on against each other tell how they stand, all around the circle, to a
    /// hundredth of a turn.
    #[test]
    fn valleys_tell_how_partials_stand() {
        let turned = (PARTIALS[1] - PARTIALS[0]) * TURNS_PER_BIN;
        for step in 0..24 {
            let ahead = f64::from(step) / 24.0;
            let found = told([ahead - turned, ahead, ahead + turned]).unwrap();
            let error = turns(found).wrapping_sub(turns(ahead)).cast_signed();
            let error = f64::from(error) / 4_294_967_296.0;
            assert!(error.abs() < 0.01, "{ahead}: {found}");
        }
    }

    /// A frame that is held tells nothing: partials at two frequencies do not stand still.
    #[test]
    fn held_valleys_tell_nothing() {
        for step in 0..24 {
            let ahead = f64::from(step) / 24.0;
            assert_eq!(told([ahead; 3]), None, "{ahead}");
        }
    }
}

//! Where a lobe's centre is, from its three largest bins.
//!
//! ```text
//!  before, here, after ─► corrected parabola ─► snapped to the known note ─► frequency (in bins)
//! ```
//!
//! A decoder draws blurred lobes; on them the plain slope formulas are 36 cents off at 111 Hz, the
//! corrected parabola 1.3. Where the note is known, a peak near one of its multiples *is* that
//! multiple: only this takes out the vibrato and the detuning that a learnt frame has baked in.
//!
//! *Real time:* pure arithmetic.

use super::peaks::{LANES, Lanes};
use betwixt_spectral::number::{index, real};

/// Lobes below this share of the frame's maximum are left to the floor.
pub(crate) const FLOOR: f32 = 1e-4;
/// No lobe is lower than this; logarithms stay finite.
const SILENCE: f32 = 1e-12;

/// The largest magnitude, found several at a time.
pub(crate) fn loudest(magnitude: &[f32]) -> f32 {
    const LANES: usize = 16;
    let (whole, rest) = magnitude.as_chunks::<LANES>();
    let mut lanes = [0.0f32; LANES];
    for chunk in whole {
        for (lane, &m) in lanes.iter_mut().zip(chunk) {
            *lane = if m > *lane { m } else { *lane };
        }
    }
    lanes.iter().chain(rest).copied().fold(0.0, f32::max)
}

/// Offsets in bins of some lobes' centres from their largest bins, of which the neighbours and they
/// themselves are given: the parabola through the logarithms, corrected for the Hann lobe as far as
/// the lobe is as sharp as one.
#[inline(always)]
pub(super) fn peak_offsets(lobes: [Lanes; 3]) -> Lanes {
    let [before, here, after] = lobes.map(|some| some.map(|m| largest(m, SILENCE)));
    let mut offsets = [0.0; LANES];
    for (lane, offset) in offsets.iter_mut().enumerate() {
        let rise = logarithm(here[lane] / before[lane]);
        let fall = logarithm(here[lane] / after[lane]);
        let curvature = rise + fall;
        let q = (rise - fall) / (2.0 * largest(curvature, f32::MIN_POSITIVE));
        let sharpness = least(largest((curvature - 1.0) / 0.38, 0.0), 1.0);
        let correction = q * (1.0 - 4.0 * q * q) * (-0.074_85 - 0.098_35 * q * q);
        let corrected = least(largest(q + sharpness * correction, -0.5), 0.5);
        *offset = if curvature > 0.0 { corrected } else { 0.0 };
    }
    offsets
}

/// The natural logarithm of a normal positive number to within 2·10⁻⁷: without a call, so several
/// are taken at once. What is left of a power of two lies in √½…√2, where the series of
/// 2·artanh((m − 1)/(m + 1)) to the ninth power is exact to 10⁻⁹.
#[inline(always)]
fn logarithm(number: f32) -> f32 {
    const ROOT_HALF: u32 = std::f32::consts::FRAC_1_SQRT_2.to_bits();
    let bits = number.to_bits();
    let exponent = bits.wrapping_sub(ROOT_HALF).cast_signed() >> 23;
    let rest = f32::from_bits(bits.wrapping_sub((exponent << 23).cast_unsigned()));
    let t = (rest - 1.0) / (rest + 1.0);
    let square = t * t;
    let tail = 1.0 / 5.0 + square * (1.0 / 7.0 + square * (1.0 / 9.0));
    let series = 2.0 * t * (1.0 + square * (1.0 / 3.0 + square * tail));
    exponent as f32 * std::f32::consts::LN_2 + series
}

/// The larger one; without the care for NaN that takes several instructions.
#[inline(always)]
fn largest(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

#[inline(always)]
fn least(a: f32, b: f32) -> f32 {
    if a < b { a } else { b }
}

/// The nearest multiple of the fundamental, if it lies within a bin.
pub(super) fn snap(frequency: f32, fundamental: Option<f32>) -> f32 {
    let Some(fundamental) = fundamental else {
        return frequency;
    };
    // Truncated, for rounding is a call on the baseline instruction set.
    let number = index(f64::from(frequency / fundamental + 0.5)).max(1);
    let multiple = real(number) * fundamental;
    // Looked up, for where peaks are noise nothing foretells the branch.
    [frequency, multiple][usize::from((frequency - multiple).abs() < 1.0)]
}

#[cfg(test)]
mod tests {
    use crate::phase::integration::Frame;
    use crate::phase::own::Own;

    /// The lobe of a Hann window at a distance of x bins from its centre.
    fn hann_lobe(x: f64) -> f64 {
        let px = std::f64::consts::PI * x;
        if x.abs() < 1e-9 {
            1.0
        } else if (x.abs() - 1.0).abs() < 1e-9 {
            0.5
        } else {
            (px.sin() / (px * (1.0 - x * x))).abs()
        }
    }

    fn frame(partials: &[f64], blurred: bool) -> Vec<f32> {
        let value = |bin: f64| -> f64 {
            partials
                .iter()
                .enumerate()
                .map(|(k, p)| hann_lobe(bin - p) / (k + 1) as f64)
                .sum()
        };
        let blur = |bin: usize| {
            let x = bin as f64;
            if blurred {
                (value(x - 1.0) + value(x) + value(x + 1.0)) / 3.0
            } else {
                value(x)
            }
        };
        (0..257)
            .map(|bin| betwixt_spectral::number::narrow(blur(bin)))
            .collect()
    }

    fn frequency_at(magnitude: &[f32], fundamental: Option<f32>, bin: usize) -> f64 {
        let mut frame = Frame::new(magnitude.len());
        frame.frequency.fill(f32::NAN);
        let mut own = Own::new(magnitude.len());
        own.read(magnitude);
        own.write_lobes(&mut frame.frequency, fundamental);
        assert!(frame.frequency.iter().all(|f| f.is_finite()));
        f64::from(frame.frequency[bin])
    }

    /// On true Hann lobes the corrected parabola is within 0.03 cents at bin 10, as published.
    #[test]
    fn sharp_lobes_are_exact() {
        for step in 0..20 {
            let centre = 10.0 + f64::from(step) / 20.0 - 0.5 + 1e-3;
            let found = frequency_at(&frame(&[centre], false), None, 10);
            let cents = 1200.0 * (found / centre).log2();
            assert!(cents.abs() < 0.03, "{centre}: {cents:.3} cents");
        }
    }

    /// One bin of blur around bin 10 (111 Hz at 4096): within 1.5 cents, where a slope formula is
    /// 36 off.
    #[test]
    fn blurred_lobes_are_close() {
        for step in 0..20 {
            let centre = 10.0 + f64::from(step) / 20.0 - 0.5 + 1e-3;
            let found = frequency_at(&frame(&[centre], true), None, 10);
            let cents = 1200.0 * (found / centre).log2();
            assert!(cents.abs() < 1.5, "{centre}: {cents:.3} cents");
        }
    }

    /// Against the standard library, from the least ratio to the largest.
    #[test]
    fn logarithms_are_natural() {
        for step in -4_000..4_000 {
            let number = betwixt_spectral::number::narrow((f64::from(step) * 0.01).exp());
            let expected = f64::from(number).ln();
            let error = (f64::from(super::logarithm(number)) - expected).abs();
            let allowed = 2e-7 * expected.abs().max(1.0);
            assert!(error < allowed, "{number:e}: {error:e}");
        }
    }

    /// A detuned partial takes the note's multiple; one that lies between two keeps its own.
    #[test]
    fn a_known_note_is_taken_at_its_word() {
        let magnitude = frame(&[20.4, 40.7, 52.0], false);
        let note = Some(20.0);
        assert!((frequency_at(&magnitude, note, 20) - 20.0).abs() < 1e-6);
        assert!((frequency_at(&magnitude, note, 41) - 40.0).abs() < 1e-6);
        assert!((frequency_at(&magnitude, note, 52) - 52.0).abs() < 0.02);
    }

    /// Bins change hands in the valley between two lobes.
    #[test]
    fn valleys_part_the_owners() {
        let magnitude = frame(&[20.0, 30.0], false);
        assert!((frequency_at(&magnitude, None, 22) - 20.0).abs() < 0.05);
        assert!((frequency_at(&magnitude, None, 28) - 30.0).abs() < 0.05);
        assert!(
            (frequency_at(&[0.0; 257], None, 7) - 7.0).abs() < 1e-6,
            "silence"
        );
    }
}

//! The unit vector of an angle in turns: cosine and sine without a table or a libm call.
//!
//! Folded to ±¼ turn, the sine is an odd polynomial (Taylor to the 11th power: the remainder at a
//! quarter turn is 6·10⁻⁸). Folding takes nothing but absolute values, so a whole frame of bins
//! vectorises on any machine:
//!
//! ```text
//!  cos x = P(¼ − |x|)          sin x = ± P(¼ − ||x| − ¼|)          x in turns, −½…½
//! ```

use betwixt_spectral::Complex32;

/// Bins that the compiler may keep in registers together.
const LANES: usize = 8;

/// Magnitudes and phases in turns become a spectrum: magnitude · gain · e^(j·2π·turns/2³²).
///
/// All three slices are `[bins]`; the unit vectors are right to within 5·10⁻⁷.
#[inline(always)]
pub(crate) fn polar_body(magnitude: &[f32], phase: &[u32], gain: f32, spectrum: &mut [Complex32]) {
    let (magnitudes, magnitude) = magnitude.as_chunks::<LANES>();
    let (phases, phase) = phase.as_chunks::<LANES>();
    let (spectra, spectrum) = spectrum.as_chunks_mut::<LANES>();
    for ((out, magnitude), phase) in spectra.iter_mut().zip(magnitudes).zip(phases) {
        let (mut real, mut imaginary) = ([0.0; LANES], [0.0; LANES]);
        for lane in 0..LANES {
            let unit = phasor(phase[lane]);
            real[lane] = unit.re * (magnitude[lane] * gain);
            imaginary[lane] = unit.im * (magnitude[lane] * gain);
        }
        for lane in 0..LANES {
            out[lane] = Complex32::new(real[lane], imaginary[lane]);
        }
    }
    for ((out, &magnitude), &turns) in spectrum.iter_mut().zip(magnitude).zip(phase) {
        *out = phasor(turns) * (magnitude * gain);
    }
}

/// e^(j·2π·turns/2³²), to within 5·10⁻⁷.
#[inline(always)]
pub(crate) fn phasor(turns: u32) -> Complex32 {
    let x = turns.cast_signed() as f32 * (1.0 / 4_294_967_296.0);
    let away = x.abs();
    let cosine = sine_of_quarter(0.25 - away);
    let sine = sine_of_quarter(0.25 - (away - 0.25).abs());
    Complex32::new(cosine, sine.copysign(x))
}

/// An angle of −½…½ turns as a fraction of a turn that may be added, wrapping.
#[inline(always)]
#[expect(
    clippy::cast_possible_truncation,
    reason = "half a turn saturates, 10⁻⁹ short of it"
)]
pub(crate) fn wrapped(turns: f32) -> u32 {
    ((turns * 4_294_967_296.0) as i32).cast_unsigned()
}

/// The angle of a complex number in turns, modulo 2³²: the inverse of [`phasor`].
#[inline(always)]
pub(crate) fn angle(of: Complex32) -> u32 {
    wrapped(of.im.atan2(of.re) * (0.5 / std::f32::consts::PI))
}

/// The sine of an angle of −¼…¼ turns.
#[inline(always)]
fn sine_of_quarter(turns: f32) -> f32 {
    let x = turns * std::f32::consts::TAU;
    let square = x * x;
    let tail = -1.0 / 5040.0 + square * (1.0 / 362_880.0 - square / 39_916_800.0);
    x * (1.0 + square * (-1.0 / 6.0 + square * (1.0 / 120.0 + square * tail)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUARTER: u32 = 1 << 30;

    /// Against the standard library, all around the circle and at its corners.
    #[test]
    fn agrees_with_sine_and_cosine() {
        let corners = [0, 1, QUARTER, 2 * QUARTER, 3 * QUARTER, u32::MAX];
        for turns in (0..10_000u32).map(|i| i * 429_497).chain(corners) {
            let angle = f64::from(turns) / 4_294_967_296.0 * std::f64::consts::TAU;
            let unit = phasor(turns);
            assert!(
                (f64::from(unit.re) - angle.cos()).abs() < 5e-7,
                "cosine of {turns}"
            );
            assert!(
                (f64::from(unit.im) - angle.sin()).abs() < 5e-7,
                "sine of {turns}"
            );
        }
    }
}

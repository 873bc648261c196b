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

/// The angle of a complex number in turns, modulo 2³²: the inverse of [`phasor`], to within 3·10⁻⁷
/// turns. Of 0 it is 0.
///
/// The smaller part over the larger one has an arc tangent that an odd polynomial gives (minimax
/// over 0…1, to the 17th power); the octant does the rest, without a branch.
#[inline(always)]
pub(crate) fn angle(of: Complex32) -> u32 {
    const ARC: [f32; 9] = [
        0.159_154_94,
        -0.053_051_18,
        0.031_818_05,
        -0.022_596_497,
        0.016_899_662,
        -0.011_867_953,
        0.006_706_411,
        -0.002_503_706_1,
        0.000_440_267_7,
    ];
    let (x, y) = (of.re.abs(), of.im.abs());
    let (small, large) = if y > x { (x, y) } else { (y, x) };
    let ratio = small / large.max(f32::MIN_POSITIVE);
    let square = ratio * ratio;
    let mut arc = ARC[8];
    for coefficient in ARC[..8].iter().rev() {
        arc = arc * square + coefficient;
    }
    arc *= ratio;
    let arc = if y > x { 0.25 - arc } else { arc };
    let arc = if of.re < 0.0 { 0.5 - arc } else { arc };
    wrapped(arc.copysign(of.im))
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

    /// Against the standard library, for short and long numbers; the way there and back.
    #[test]
    fn angles_are_arc_tangents() {
        let corners = [
            0,
            1,
            QUARTER,
            2 * QUARTER,
            3 * QUARTER,
            u32::MAX,
            QUARTER / 2,
        ];
        for turns in (0..10_000u32).map(|i| i * 429_497).chain(corners) {
            for length in [1e-30, 0.3, 1e6] {
                let of = phasor(turns) * length;
                let expected = f64::from(of.im).atan2(f64::from(of.re)) / std::f64::consts::TAU;
                let found = f64::from(angle(of).cast_signed()) / 4_294_967_296.0;
                let error = (found - expected + 0.5).rem_euclid(1.0) - 0.5;
                assert!(error.abs() < 3e-7, "{turns}, {length}: {error:e}");
            }
        }
        assert_eq!(angle(Complex32::default()), 0);
    }
}

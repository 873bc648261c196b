//! The unit vector of an angle in turns: cosine and sine without a table or a libm call.
//!
//! The sine of an angle folded to ±¼ turn is an odd polynomial (Taylor to the 11th power: the
//! remainder at a quarter turn is 6·10⁻⁸), so a whole frame of bins vectorises.

use betwixt_spectral::Complex32;

/// A quarter of a turn.
const QUARTER: u32 = 1 << 30;

/// e^(j·2π·turns/2³²), to within 3·10⁻⁷.
#[inline]
pub(crate) fn phasor(turns: u32) -> Complex32 {
    Complex32::new(sine(turns.wrapping_add(QUARTER)), sine(turns))
}

#[inline]
fn sine(turns: u32) -> f32 {
    let angle = turns.cast_signed();
    // sin(½ turn − a) = sin(a) folds the outer half of the circle onto the inner one.
    let folded = i32::MIN.wrapping_sub(angle);
    let inner = if angle.unsigned_abs() > QUARTER {
        folded
    } else {
        angle
    };
    let x = inner as f32 * (std::f32::consts::TAU / 4_294_967_296.0);
    let square = x * x;
    let tail = -1.0 / 5040.0 + square * (1.0 / 362_880.0 - square / 39_916_800.0);
    x * (1.0 + square * (-1.0 / 6.0 + square * (1.0 / 120.0 + square * tail)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against the standard library, all around the circle and at its corners.
    #[test]
    fn agrees_with_sine_and_cosine() {
        let corners = [0, 1, QUARTER, 2 * QUARTER, 3 * QUARTER, u32::MAX];
        for turns in (0..10_000u32).map(|i| i * 429_497).chain(corners) {
            let angle = f64::from(turns) / 4_294_967_296.0 * std::f64::consts::TAU;
            let unit = phasor(turns);
            assert!(
                (f64::from(unit.re) - angle.cos()).abs() < 3e-7,
                "cosine of {turns}"
            );
            assert!(
                (f64::from(unit.im) - angle.sin()).abs() < 3e-7,
                "sine of {turns}"
            );
        }
    }
}

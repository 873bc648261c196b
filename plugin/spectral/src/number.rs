//! The few lossy conversions of a signal processor, each named for what it does.
//!
//! `as` is silent about what it drops; here every place that drops something says so, saturates,
//! and takes NaN to zero (which is what Rust's float casts do).

/// The whole part of a non-negative number, as an index. Negative values and NaN give 0.
#[must_use]
#[inline]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "floor is meant"
)]
pub fn index(value: f64) -> usize {
    value as usize
}

/// The nearest single-precision number.
#[must_use]
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "rounding is meant")]
pub fn narrow(value: f64) -> f32 {
    value as f32
}

/// A count as a single-precision number; exact below 2²⁴.
#[must_use]
#[inline]
pub fn real(count: usize) -> f32 {
    count as f32
}

/// An angle in turns as an unsigned 32-bit fraction of a turn: 0.25 is a quarter, −0.25 three.
///
/// Wrapping is free and exact, so a phase held for hours loses nothing. Angles beyond ±2³¹ turns
/// saturate. (Truncation instead of a floor: the floor is a call on the baseline instruction set.)
#[must_use]
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "wrapping is meant")]
pub fn turns(angle: f64) -> u32 {
    ((angle * 4_294_967_296.0) as i64).cast_unsigned() as u32
}

/// The angle in radians, −π…π, of a fraction of a turn.
#[must_use]
#[inline]
pub fn radians(turns: u32) -> f32 {
    turns.cast_signed() as f32 * (std::f32::consts::TAU / 4_294_967_296.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A quarter turn back is three quarters forward, and whole turns vanish.
    #[test]
    fn turns_wrap() {
        assert_eq!(turns(0.25), 1 << 30);
        assert_eq!(turns(-0.25), 3 << 30);
        assert_eq!(turns(7.5), 1 << 31);
        assert_eq!(turns(-1e-20), 0, "just below zero rounds to a whole turn");
    }

    /// What cannot be an index becomes zero rather than undefined.
    #[test]
    fn index_saturates() {
        assert_eq!(index(3.99), 3);
        assert_eq!(index(-1.0), 0);
        assert_eq!(index(f64::NAN), 0);
    }
}

//! Pitch arithmetic: MIDI note numbers as floats (69.0 = A4 = 440 Hz), Hz, cents, ratios.

/// Frequency in Hz of a pitch.
#[must_use]
pub fn hz(pitch: f64) -> f64 {
    440.0 * ((pitch - 69.0) / 12.0).exp2()
}

/// Pitch of a frequency in Hz; −∞ for 0.
#[must_use]
pub fn from_hz(hz: f64) -> f64 {
    69.0 + 12.0 * (hz / 440.0).log2()
}

/// Frequency ratio of an interval in semitones.
#[must_use]
pub fn ratio(semitones: f64) -> f64 {
    (semitones / 12.0).exp2()
}

/// Cents from `reference_hz` up to `hz`.
#[must_use]
pub fn cents(hz: f64, reference_hz: f64) -> f64 {
    1200.0 * (hz / reference_hz).log2()
}

/// Pitch class of a key, C = 0.
#[must_use]
pub fn class(key: u8) -> usize {
    usize::from(key % 12)
}

/// Octave row of a key, as the one-hot conditioning counts it: key 0 is in row 0, middle C in 5.
#[must_use]
pub fn octave(key: u8) -> usize {
    usize::from(key / 12)
}

/// The key nearest to a pitch within `low..=high`.
#[must_use]
pub fn nearest_key(pitch: f64, low: u8, high: u8) -> u8 {
    let key = pitch.round().clamp(f64::from(low), f64::from(high));
    u8::try_from(crate::number::index(key)).unwrap_or(high)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The standard's anchors.
    #[test]
    fn concert_pitch() {
        assert!((hz(69.0) - 440.0).abs() < 1e-12);
        assert!((hz(60.0) - 261.625_565_300_598_6).abs() < 1e-9);
        assert!((from_hz(27.5) - 21.0).abs() < 1e-12);
        assert!((cents(441.0, 440.0) - 3.930_158_439).abs() < 1e-6);
    }

    /// Out-of-range and senseless pitches still name a trained key.
    #[test]
    fn nearest_key_stays_in_range() {
        assert_eq!(nearest_key(59.6, 36, 96), 60);
        assert_eq!(nearest_key(-5.0, 36, 96), 36);
        assert_eq!(nearest_key(300.0, 36, 96), 96);
        assert_eq!((class(61), octave(60)), (1, 5));
    }
}

//! Texts as the format carries them: arrays that end with a zero.

use ::vst3::Steinberg::Vst::TChar;
use std::ffi::c_char;

/// A text of bytes.
pub(super) fn narrow(array: &[c_char]) -> String {
    let bytes = array.iter().map(|byte| byte.to_ne_bytes()[0]);
    let bytes: Vec<u8> = bytes.take_while(|byte| *byte != 0).collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A text of UTF-16.
pub(super) fn wide(array: &[TChar]) -> String {
    let length = array.iter().position(|unit| *unit == 0);
    String::from_utf16_lossy(&array[..length.unwrap_or(array.len())])
}

/// A text as UTF-16 with its zero.
pub(super) fn to_wide(text: &str) -> Vec<TChar> {
    text.encode_utf16().chain([0]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A text ends at its zero, or with its array.
    #[test]
    fn texts_end_at_their_zero() {
        let mut array = to_wide("Größe 𝄞");
        array.extend([65, 66]);
        assert_eq!(wide(&array), "Größe 𝄞");
        assert_eq!(wide(&[65, 66]), "AB");
        assert_eq!(narrow(&[65, 66, 0, 67].map(|byte: i8| byte)), "AB");
    }
}

//! Colours that mean something: a scale for levels, a palette for curves.
//!
//! The scale is *magma* by N. Smith and S. van der Walt (matplotlib, CC0), from ten published
//! control points: its lightness rises evenly, so equal steps of level look equal, also in print
//! and to colour-blind eyes. The palette is Okabe and Ito's ("Color Universal Design", 2008).

/// Red, green, blue.
pub type Rgb = [u8; 3];

/// Magma at 0, 1/9 … 1.
const MAGMA: [Rgb; 10] = [
    [0x00, 0x00, 0x04],
    [0x18, 0x0f, 0x3d],
    [0x44, 0x0f, 0x76],
    [0x72, 0x1f, 0x81],
    [0x9e, 0x2f, 0x7f],
    [0xcd, 0x40, 0x71],
    [0xf1, 0x60, 0x5d],
    [0xfd, 0x96, 0x68],
    [0xfe, 0xca, 0x8d],
    [0xfc, 0xfd, 0xbf],
];

const PALETTE: [Rgb; 7] = [
    [0x00, 0x72, 0xb2],
    [0xd5, 0x5e, 0x00],
    [0x00, 0x9e, 0x73],
    [0xcc, 0x79, 0xa7],
    [0xe6, 0x9f, 0x00],
    [0x56, 0xb4, 0xe9],
    [0x33, 0x33, 0x33],
];

/// The colour of a level between 0 (dark) and 1 (bright); outside it the nearest end, NaN dark.
#[must_use]
pub fn magma(level: f64) -> Rgb {
    let position = level.clamp(0.0, 1.0) * 9.0;
    let below = (0..9_u8)
        .rev()
        .find(|step| f64::from(*step) <= position)
        .unwrap_or(0);
    let share = (position - f64::from(below)).max(0.0);
    let [from, to] = [0, 1].map(|next| MAGMA[usize::from(below) + next]);
    [0, 1, 2].map(|c| mix(from[c], to[c], share))
}

/// The colour of the n-th curve; they repeat after seven.
#[must_use]
pub fn curve(index: usize) -> Rgb {
    PALETTE[index % PALETTE.len()]
}

/// `share` of the way from one channel value to another.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a mix of two bytes is rounded to a byte"
)]
pub(crate) fn mix(from: u8, to: u8, share: f64) -> u8 {
    (f64::from(from) + (f64::from(to) - f64::from(from)) * share).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    /// CIE 1976 lightness, 0…100, of an sRGB colour.
    fn lightness(colour: Rgb) -> f64 {
        let linear = colour.map(|c| {
            let c = f64::from(c) / 255.0;
            if c <= 0.04045 {
                c / 12.92
            } else {
                ((c + 0.055) / 1.055).powf(2.4)
            }
        });
        let y = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
        if y > 216.0 / 24389.0 {
            116.0 * y.cbrt() - 16.0
        } else {
            y * 24389.0 / 27.0
        }
    }

    /// Equal steps of level are near-equal steps of lightness, and never a step back.
    #[test]
    fn lightness_rises_evenly() {
        let along: Vec<f64> = (0..=20)
            .map(|i| lightness(magma(f64::from(i) / 20.0)))
            .collect();
        for (i, step) in along.windows(2).map(|w| w[1] - w[0]).enumerate() {
            assert!((2.0..8.0).contains(&step), "step {i}: {step:.1}");
        }
    }

    /// Levels off the scale, and none at all, are still colours.
    #[test]
    fn the_ends_hold() {
        assert_eq!(magma(-3.0), MAGMA[0]);
        assert_eq!(magma(0.0), MAGMA[0]);
        assert_eq!(magma(7.0), MAGMA[9]);
        assert_eq!(magma(4.0 / 9.0), MAGMA[4]);
        assert_eq!(magma(f64::NAN), MAGMA[0]);
    }
}

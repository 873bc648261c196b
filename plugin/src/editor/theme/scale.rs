//! Colours that stand for numbers and for names, in a space made like the eye: OKLab.
//!
//! ```text
//!  share 0…1 ─► lightness, chroma, hue ─► OKLab ─► linear sRGB ─► Color32
//!  n-th name ─► hue a golden angle on, one lightness, one chroma
//! ```
//!
//! The space: B. Ottosson, "A perceptual color space for image processing", 2020. On the scale equal
//! steps of the number are equal steps of lightness, so it reads the same for those who do not tell
//! red from green, and in print.

use super::palette::Theme;
use egui::Color32;
use std::f32::consts::TAU;

/// Lightness of the scale's ends, nothing first, by theme: nothing is as dark, or as light, as what
/// lies behind.
const ENDS: [[f32; 2]; 2] = [[0.17, 0.93], [0.985, 0.28]];
/// The scale's hues in turns: from blue by green to yellow.
const HUES: [f32; 2] = [0.76, 0.28];
/// The most chroma on the scale, in its middle.
const CHROMA: f32 = 0.13;
/// Lightness and chroma of names, by theme.
const NAMES: [[f32; 2]; 2] = [[0.78, 0.12], [0.52, 0.13]];
/// The share of a turn between two names.
const GOLDEN: f32 = 0.618_034;

/// A number as a colour, 0…1.
pub(crate) fn number(theme: Theme, share: f32) -> Color32 {
    let share = if share.is_nan() {
        0.0
    } else {
        share.clamp(0.0, 1.0)
    };
    let [nothing, all] = ENDS[theme as usize];
    let chroma = CHROMA * (1.0 - (2.0 * share - 1.0).powi(2)).max(0.0).sqrt();
    let hue = HUES[0] + share * (HUES[1] - HUES[0]);
    oklch(nothing + share * (all - nothing), chroma, hue)
}

/// The colour of the n-th of any number of names.
pub(crate) fn name(theme: Theme, place: u32) -> Color32 {
    let turns = f32::from(u16::try_from(place % 1_024).unwrap_or(0)) * GOLDEN;
    hue(theme, turns.fract())
}

/// A hue in turns, as light and as strong as those of names.
pub(crate) fn hue(theme: Theme, turns: f32) -> Color32 {
    let [lightness, chroma] = NAMES[theme as usize];
    oklch(lightness, chroma, turns)
}

/// Lightness 0…1, chroma, hue in turns; what no screen shows is cut off.
fn oklch(lightness: f32, chroma: f32, hue: f32) -> Color32 {
    let (sin, cos) = (hue * TAU).sin_cos();
    let (a, b) = (chroma * cos, chroma * sin);
    let long = (lightness + 0.396_337_78 * a + 0.215_803_76 * b).powi(3);
    let medium = (lightness - 0.105_561_346 * a - 0.063_854_17 * b).powi(3);
    let short = (lightness - 0.089_484_18 * a - 1.291_485_5 * b).powi(3);
    let red = 4.076_741_7 * long - 3.307_711_6 * medium + 0.230_969_94 * short;
    let green = -1.268_438 * long + 2.609_757_4 * medium - 0.341_319_4 * short;
    let blue = -0.004_196_086_3 * long - 0.703_418_6 * medium + 1.707_614_7 * short;
    let [red, green, blue] = [red, green, blue].map(|linear| linear.clamp(0.0, 1.0));
    egui::Rgba::from_rgb(red, green, blue).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lightness of a colour as Ottosson gives it.
    fn lightness(colour: Color32) -> f32 {
        let rgba = egui::Rgba::from(colour);
        let (r, g, b) = (rgba.r(), rgba.g(), rgba.b());
        let long = (0.412_221_46 * r + 0.536_332_55 * g + 0.051_445_995 * b).cbrt();
        let medium = (0.211_903_5 * r + 0.680_699_5 * g + 0.107_396_96 * b).cbrt();
        let short = (0.088_302_46 * r + 0.281_718_85 * g + 0.629_978_7 * b).cbrt();
        0.210_454_26 * long + 0.793_617_8 * medium - 0.004_072_047 * short
    }

    /// White and black have the lightness 1 and 0 in OKLab, and equal steps of the number are equal
    /// steps of lightness, as exactly as 8 bits can say it.
    #[test]
    fn equal_steps_look_equal() {
        assert!((lightness(Color32::WHITE) - 1.0).abs() < 1e-3);
        assert!(lightness(Color32::BLACK).abs() < 1e-3);
        for theme in [Theme::Dark, Theme::Light] {
            let at = |step: u8| lightness(number(theme, f32::from(step) / 20.0));
            let whole = at(20) - at(0);
            for step in 0..20 {
                let found = at(step + 1) - at(step);
                let off = (found - whole / 20.0).abs();
                assert!(off < 0.012, "{theme:?}, step {step}: {found} of {whole}");
            }
        }
    }

    /// Names beside each other differ in colour, and none is lighter than another.
    #[test]
    fn names_differ_in_hue_alone() {
        for theme in [Theme::Dark, Theme::Light] {
            let first = name(theme, 0);
            for place in 1..12 {
                let (this, before) = (name(theme, place), name(theme, place - 1));
                let far = |one: u8, other: u8| one.abs_diff(other);
                let differs = far(this.r(), before.r()) > 20 || far(this.b(), before.b()) > 20;
                assert!(differs, "{this:?} after {before:?}");
                assert!((lightness(this) - lightness(first)).abs() < 0.04);
            }
        }
    }
}

//! The two sets of colours, dark and light: what each is for, and how well words read on what lies
//! behind them.
//!
//! ```text
//!  settings: Theme ─► Palette ─► ink(), for the picture that is being painted
//! ```
//!
//! *Promise:* words of every kind stand out by 4.5 to 1 at least (WCAG 2.2, contrast of text) from
//! every surface that they stand on.

pub(crate) use crate::settings::Theme;
use egui::Color32;

/// The colours of a theme.
pub(crate) fn of(theme: Theme) -> &'static Palette {
    match theme {
        Theme::Dark => &DARK,
        Theme::Light => &LIGHT,
    }
}

/// The colours of a theme, by what they are for.
#[derive(Debug)]
pub(crate) struct Palette {
    /// Which one it is.
    pub(crate) theme: Theme,
    /// Behind everything, and in the fields of pictures.
    pub(crate) background: Color32,
    /// Behind a view.
    pub(crate) panel: Color32,
    /// The empty part of a slider, and buttons.
    pub(crate) track: Color32,
    /// Grid lines and borders; a button under the pointer.
    pub(crate) line: Color32,
    /// Words that matter.
    pub(crate) text: Color32,
    /// Words that explain.
    pub(crate) dim: Color32,
    /// Words about what does nothing now.
    pub(crate) faint: Color32,
    /// What the player moves.
    pub(crate) accent: Color32,
    /// What the player moves, with the pointer on it.
    pub(crate) accent_bright: Color32,
    /// What moves by itself, and warnings.
    pub(crate) warm: Color32,
    /// What is noise, where the tone is in the colour of what the player moves.
    pub(crate) noise: Color32,
}

static DARK: Palette = Palette {
    theme: Theme::Dark,
    background: Color32::from_rgb(0x10, 0x12, 0x17),
    panel: Color32::from_rgb(0x1a, 0x1d, 0x24),
    track: Color32::from_rgb(0x28, 0x2d, 0x38),
    line: Color32::from_rgb(0x35, 0x3c, 0x4a),
    text: Color32::from_rgb(0xed, 0xf0, 0xf6),
    dim: Color32::from_rgb(0xb4, 0xbc, 0xca),
    faint: Color32::from_rgb(0x98, 0xa1, 0xb2),
    accent: Color32::from_rgb(0x5f, 0xd0, 0xc0),
    accent_bright: Color32::from_rgb(0x93, 0xee, 0xe1),
    warm: Color32::from_rgb(0xf6, 0xb2, 0x66),
    noise: Color32::from_rgb(0xa9, 0x9b, 0xf5),
};

static LIGHT: Palette = Palette {
    theme: Theme::Light,
    background: Color32::from_rgb(0xfb, 0xfb, 0xf9),
    panel: Color32::from_rgb(0xf0, 0xf0, 0xec),
    track: Color32::from_rgb(0xdf, 0xdf, 0xd9),
    line: Color32::from_rgb(0xcf, 0xcf, 0xc8),
    text: Color32::from_rgb(0x1b, 0x1e, 0x24),
    dim: Color32::from_rgb(0x42, 0x48, 0x52),
    faint: Color32::from_rgb(0x50, 0x55, 0x5e),
    accent: Color32::from_rgb(0x00, 0x5f, 0x57),
    accent_bright: Color32::from_rgb(0x00, 0x4b, 0x45),
    warm: Color32::from_rgb(0x86, 0x3c, 0x00),
    noise: Color32::from_rgb(0x55, 0x40, 0xb4),
};

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance, WCAG 2.2.
    fn luminance(colour: Color32) -> f64 {
        let linear = |value: u8| {
            let share = f64::from(value) / 255.0;
            if share <= 0.04045 {
                share / 12.92
            } else {
                ((share + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * linear(colour.r()) + 0.7152 * linear(colour.g()) + 0.0722 * linear(colour.b())
    }

    fn contrast(one: Color32, other: Color32) -> f64 {
        let [low, high] = {
            let mut both = [luminance(one), luminance(other)];
            both.sort_by(f64::total_cmp);
            both
        };
        (high + 0.05) / (low + 0.05)
    }

    /// Black on white is 21 to 1 (the standard's own figure); every colour in which words are
    /// written is 4.5 to 1 on every surface that words stand on.
    #[test]
    fn words_stand_out() {
        assert!((contrast(Color32::BLACK, Color32::WHITE) - 21.0).abs() < 1e-9);
        for palette in [&DARK, &LIGHT] {
            let words = [
                ("text", palette.text),
                ("dim", palette.dim),
                ("faint", palette.faint),
                ("accent", palette.accent),
                ("accent_bright", palette.accent_bright),
                ("warm", palette.warm),
                ("noise", palette.noise),
            ];
            let surfaces = [
                ("background", palette.background),
                ("panel", palette.panel),
                ("track", palette.track),
                ("line", palette.line),
            ];
            for (word, colour) in words {
                for (surface, behind) in surfaces {
                    // A button under the pointer shows what can be pressed only.
                    if surface == "line" && word == "faint" {
                        continue;
                    }
                    let found = contrast(colour, behind);
                    let theme = palette.theme;
                    assert!(found >= 4.5, "{theme:?}: {word} on {surface}: {found:.2}");
                }
            }
        }
    }
}

//! Values as words, and back: what a host shows and what a player types.
//!
//! ```text
//!  plain value ──► words ──► the same value, as far as the words tell it
//! ```
//!
//! *Promise:* words → value → words gives the same words, and units may be left out.

use crate::library::slots::NAMES;
use std::sync::Arc;

/// Plain value → words.
pub(crate) type Show = Arc<dyn Fn(f32) -> String + Send + Sync>;
/// Words → plain value; `None` when they say nothing.
pub(crate) type Parse = Arc<dyn Fn(&str) -> Option<f32> + Send + Sync>;

/// At this many decibels and below, the gain is nothing at all.
pub(crate) const SILENCE_DB: f32 = -60.0;

/// Seconds, shown as milliseconds below one second.
pub(crate) fn show_time() -> Show {
    Arc::new(|value_s| {
        if value_s < 0.999_95 {
            format!("{:.1} ms", value_s * 1000.0)
        } else {
            format!("{value_s:.2} s")
        }
    })
}

/// Seconds from `12 ms`, `1.5 s`; a bare number means milliseconds, as shown for short times.
pub(crate) fn parse_time() -> Parse {
    Arc::new(|words| {
        let words = words.trim().to_ascii_lowercase();
        if let Some(number) = words.strip_suffix("ms") {
            return number.trim().parse::<f32>().ok().map(|ms| ms / 1000.0);
        }
        if let Some(number) = words.strip_suffix('s') {
            return number.trim().parse().ok();
        }
        words.parse::<f32>().ok().map(|ms| ms / 1000.0)
    })
}

/// A number with fixed decimals and a unit; never a negative zero.
pub(crate) fn show_number(decimals: usize, unit: &'static str) -> Show {
    Arc::new(move |value| {
        let words = format!("{value:.decimals$}");
        let is_zero = words.parse::<f32>().is_ok_and(|rounded| rounded == 0.0);
        let words = words.trim_start_matches(if is_zero { "-" } else { "" });
        format!("{words}{unit}")
    })
}

/// A number, with or without its unit.
pub(crate) fn parse_number(unit: &'static str) -> Parse {
    Arc::new(move |words| {
        let words = words.trim();
        let number = words.strip_suffix(unit.trim()).unwrap_or(words);
        number.trim().parse().ok()
    })
}

/// 0…1 as a percentage.
pub(crate) fn show_percentage() -> Show {
    let show = show_number(1, " %");
    Arc::new(move |value| show(value * 100.0))
}

/// 0…1 from a percentage.
pub(crate) fn parse_percentage() -> Parse {
    let parse = parse_number("%");
    Arc::new(move |words| parse(words).map(|percent| percent / 100.0))
}

/// A place between four slots: `B`, `B-C 37.0 %`.
pub(crate) fn show_morph() -> Show {
    Arc::new(|place| {
        let tenths = (place * 1000.0).round().clamp(0.0, 3000.0);
        let slot = (tenths / 1000.0).floor();
        let name = |slot: f32| {
            let names = NAMES.iter().zip(0u8..);
            let mut named = names.filter(|(_, place)| f32::from(*place) == slot);
            named.next().map_or("", |(name, _)| name)
        };
        match tenths - 1000.0 * slot {
            0.0 => name(slot).to_owned(),
            tenths => format!("{}-{} {:.1} %", name(slot), name(slot + 1.0), tenths / 10.0),
        }
    })
}

/// A place between four slots from its words, or from a number, 0…3.
pub(crate) fn parse_morph() -> Parse {
    Arc::new(|words| {
        let words = words.trim().to_ascii_uppercase();
        let slots = NAMES.iter().zip(0u8..);
        let mut slots = slots.filter_map(|(name, slot)| Some((words.strip_prefix(name)?, slot)));
        let Some((rest, slot)) = slots.next() else {
            return words.parse().ok();
        };
        let slot = f32::from(slot);
        let rest = rest.trim_start_matches(['-', ' ', 'A', 'B', 'C', 'D']);
        let share = rest.trim_end_matches(['%', ' ']);
        match share {
            "" => Some(slot),
            share => Some(slot + share.parse::<f32>().ok()? / 100.0),
        }
    })
}

/// Octaves of speed as a factor: `×0.500`, `×2.00`.
pub(crate) fn show_speed() -> Show {
    Arc::new(|octaves| {
        let factor = octaves.exp2();
        let decimals = if factor < 0.999_5 { 3 } else { 2 };
        format!("×{factor:.decimals$}")
    })
}

/// Octaves of speed from a factor, with or without its sign before or behind it.
pub(crate) fn parse_speed() -> Parse {
    Arc::new(|words| {
        let signs = |c: char| c.is_whitespace() || ['×', 'x', 'X'].contains(&c);
        let factor: f32 = words.trim_matches(signs).parse().ok()?;
        (factor > 0.0).then(|| factor.log2())
    })
}

/// Decibels; the lowest value is silence, and nothing else has its number.
pub(crate) fn show_gain() -> Show {
    let show = show_number(1, " dB");
    Arc::new(move |value_db| {
        if value_db <= SILENCE_DB {
            "-inf dB".into()
        } else {
            show(value_db.max(SILENCE_DB + 0.1))
        }
    })
}

/// Decibels, or `-inf`.
pub(crate) fn parse_gain() -> Parse {
    let parse = parse_number("dB");
    Arc::new(move |words| {
        if words.trim().to_ascii_lowercase().starts_with("-inf") {
            Some(SILENCE_DB)
        } else {
            parse(words)
        }
    })
}

/// A knob that the model does not have.
pub(crate) const UNUSED: &str = "unused";

/// A latent's position, or [`UNUSED`] while the model does not use it.
pub(crate) fn show_latent(is_used: impl Fn() -> bool + Send + Sync + 'static) -> Show {
    let show = show_number(3, "");
    Arc::new(move |value| {
        if is_used() {
            show(value)
        } else {
            UNUSED.into()
        }
    })
}

/// A latent's position; an unused one stays in the middle.
pub(crate) fn parse_latent() -> Parse {
    let parse = parse_number("");
    Arc::new(move |words| {
        if words.trim() == UNUSED {
            Some(0.5)
        } else {
            parse(words)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is shown can be typed, and is shown again in the same words.
    #[test]
    fn words_come_back_as_the_same_words() {
        let pairs: [(&str, Show, Parse, f32, f32); 7] = [
            ("speed", show_speed(), parse_speed(), -2.0, 2.0),
            ("time", show_time(), parse_time(), 0.0, 20.0),
            (
                "cents",
                show_number(1, " ct"),
                parse_number("ct"),
                -100.0,
                100.0,
            ),
            (
                "percentage",
                show_percentage(),
                parse_percentage(),
                0.0,
                1.0,
            ),
            ("gain", show_gain(), parse_gain(), SILENCE_DB, 12.0),
            ("latent", show_latent(|| true), parse_latent(), 0.0, 1.0),
            ("no latent", show_latent(|| false), parse_latent(), 0.0, 1.0),
        ];
        for (name, show, parse, low, high) in pairs {
            for step in 0..=1_000u16 {
                let value = low + (high - low) * f32::from(step) / 1000.0;
                let words = show(value);
                let parsed = parse(&words).unwrap_or_else(|| panic!("{name}: {words:?}"));
                assert_eq!(show(parsed), words, "{name}: {value} came back as {parsed}");
            }
        }
    }

    /// The change of unit at one second leaves no gap and no `1000.0 ms`.
    #[test]
    fn times_change_their_unit_at_one_second() {
        let show = show_time();
        assert_eq!(show(0.0), "0.0 ms");
        assert_eq!(show(0.9999), "999.9 ms");
        assert_eq!(show(0.99996), "1.00 s");
        assert_eq!(parse_time()("250"), Some(0.25));
        assert_eq!(parse_time()(" 1.5 S "), Some(1.5));
    }

    /// A speed is a factor however it is typed; there is no way back in time and no standing still.
    #[test]
    fn speeds_are_factors() {
        for words in ["2", "×2", "x2", "2x", " × 2.0 "] {
            assert_eq!(parse_speed()(words), Some(1.0), "{words}");
        }
        for words in ["0", "-1", "NaN", "×"] {
            assert_eq!(parse_speed()(words), None, "{words}");
        }
        assert_eq!(show_speed()(0.0), "×1.00");
        assert_eq!(show_speed()(-0.0001), "×1.00");
    }

    /// What is hardly more than silence is not written as what is read as silence.
    #[test]
    fn a_little_is_not_nothing() {
        assert_eq!(show_gain()(SILENCE_DB), "-inf dB");
        for little in [SILENCE_DB.next_up(), SILENCE_DB + 0.04, SILENCE_DB + 0.1] {
            assert_eq!(show_gain()(little), "-59.9 dB", "{little}");
        }
        assert_eq!(show_gain()(SILENCE_DB + 0.2), "-59.8 dB");
    }

    /// Rounding to zero from below shows no sign; nonsense is no value.
    #[test]
    fn zero_has_no_sign_and_nonsense_no_value() {
        assert_eq!(show_number(1, " ct")(-0.04), "0.0 ct");
        assert_eq!(show_number(1, " ct")(-0.06), "-0.1 ct");
        for parse in [
            parse_time(),
            parse_gain(),
            parse_percentage(),
            parse_latent(),
            parse_speed(),
        ] {
            assert_eq!(parse("loud"), None);
        }
    }
}

//! How one parameter is made: its range along the knob's way, its words.
//!
//! ```text
//!  name, default, range ─► parameter ◄─ show, parse (module `text`)
//! ```

use crate::text::{self, Parse, Show};
use betwixt_engine::MAX_VOICES;
use nice_plug::prelude::{FloatParam, FloatRange, IntParam, IntRange};
use std::sync::Arc;

/// Half of the knob's way goes to the first sixteenth of the range.
const STEEP: f32 = 0.25;
/// Half of the knob's way goes to the first quarter of the range.
const SKEWED: f32 = 0.5;

/// Evenly spread.
pub(super) fn linear(min: f32, max: f32) -> FloatRange {
    FloatRange::Linear { min, max }
}

fn skewed(max: f32, factor: f32) -> FloatRange {
    FloatRange::Skewed {
        min: 0.0,
        max,
        factor,
    }
}

/// A continuous parameter.
pub(super) fn real(name: impl Into<String>, default: f32, range: FloatRange) -> FloatParam {
    FloatParam::new(name, default, range)
}

/// The same, in words.
pub(super) fn words(parameter: FloatParam, show: Show, parse: Parse) -> FloatParam {
    parameter
        .with_value_to_string(show)
        .with_string_to_value(parse)
}

/// A number with its decimals and its unit.
pub(super) fn number(parameter: FloatParam, decimals: usize, unit: &'static str) -> FloatParam {
    let (show, parse) = (text::show_number(decimals, unit), text::parse_number(unit));
    words(parameter, show, parse)
}

/// Seconds, steep so that short times are told apart.
pub(super) fn time(name: &str, default_s: f32, longest_s: f32) -> FloatParam {
    let parameter = real(name, default_s, skewed(longest_s, STEEP));
    words(parameter, text::show_time(), text::parse_time())
}

/// Cents from none, small ones told apart.
pub(super) fn cents(name: &str, default: f32, most: f32) -> FloatParam {
    number(real(name, default, skewed(most, SKEWED)), 1, " ct")
}

/// 0…1 as a percentage.
pub(super) fn share(name: &str, default: f32) -> FloatParam {
    percentage(real(name, default, linear(0.0, 1.0)))
}

/// How much of something that the model has is kept: none, its own 100 % in the middle, four times.
pub(super) fn amount(name: &str, default: f32) -> FloatParam {
    percentage(real(name, default, skewed(4.0, SKEWED)))
}

fn percentage(parameter: FloatParam) -> FloatParam {
    words(parameter, text::show_percentage(), text::parse_percentage())
}

/// Transposition.
pub(super) fn octave() -> IntParam {
    let show = |octaves: i32| match octaves {
        0 => "0".to_owned(),
        _ => format!("{octaves:+}"),
    };
    IntParam::new("Octave", 0, IntRange::Linear { min: -4, max: 4 })
        .with_value_to_string(Arc::new(show))
        .with_string_to_value(Arc::new(|words| words.trim().parse().ok()))
}

/// How many notes may sound at once.
pub(super) fn voices(default: usize) -> IntParam {
    let whole = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
    let range = IntRange::Linear {
        min: 1,
        max: whole(MAX_VOICES),
    };
    IntParam::new("Voices", whole(default), range)
}

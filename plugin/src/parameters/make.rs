//! How one parameter is made: its range along the knob's way, its words, and that its moves are
//! counted.
//!
//! ```text
//!  name, default, range ─► parameter ◄─ show, parse (module `text`)
//!                             └─ moves ─► Moves: a number for each, and one for all of them
//! ```

use super::ROOM;
use crate::text::{self, Parse, Show};
use betwixt_engine::{LATENTS, MAX_VOICES};
use nice_plug::prelude::{BoolParam, Enum, EnumParam, FloatParam, FloatRange, IntParam, IntRange};
use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Half of the knob's way goes to the first sixteenth of the range.
const STEEP: f32 = 0.25;
/// Half of the knob's way goes to the first quarter of the range.
const SKEWED: f32 = 0.5;

/// The number by which hosts modulate the morph of single notes; those of the latents come before.
pub(crate) const MORPH_MODULATION: u32 = 8;
const _: () = assert!(MORPH_MODULATION as usize == LATENTS);
/// The place of the last slot.
const MORPH_END: f32 = 3.0;

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

/// How often any parameter has moved: who has seen the number need not look at them all again.
/// Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Moves(Arc<Counts>);

#[derive(Debug)]
struct Counts {
    all: AtomicU32,
    /// By place in the table of parameters.
    each: [AtomicU32; ROOM],
}

impl Default for Moves {
    fn default() -> Self {
        Self(Arc::new(Counts {
            all: AtomicU32::new(0),
            each: std::array::from_fn(|_| AtomicU32::new(0)),
        }))
    }
}

impl Moves {
    /// So often until now; it wraps around.
    pub(crate) fn count(&self) -> u32 {
        self.0.all.load(Ordering::Acquire)
    }

    /// So often the parameter at a place of the table has; it wraps around.
    pub(crate) fn count_of(&self, place: usize) -> u32 {
        self.0.each[place].load(Ordering::Acquire)
    }

    /// Something has moved. The framework has written the parameter before it says so.
    pub(crate) fn one_more(&self) {
        self.0.all.fetch_add(1, Ordering::Release);
    }

    fn one_more_of(&self, place: usize) {
        self.0.each[place].fetch_add(1, Ordering::Release);
        self.one_more();
    }
}

/// Makes parameters whose moves are counted, in the order of their table.
#[derive(Default)]
pub(crate) struct Make {
    pub(super) moves: Moves,
    made: Cell<usize>,
}

impl Make {
    /// Counts the moves of the next parameter of the table.
    fn counter(&self) -> impl Fn() + Send + Sync + 'static {
        let (moves, place) = (self.moves.clone(), self.made.get());
        self.made.set(place + 1);
        move || moves.one_more_of(place)
    }

    /// A continuous parameter.
    pub(super) fn real(
        &self,
        name: impl Into<String>,
        default: f32,
        range: FloatRange,
    ) -> FloatParam {
        let moved = self.counter();
        FloatParam::new(name, default, range).with_callback(Arc::new(move |_| moved()))
    }

    /// A stepped parameter.
    pub(super) fn whole(&self, name: impl Into<String>, default: i32, range: IntRange) -> IntParam {
        let moved = self.counter();
        IntParam::new(name, default, range).with_callback(Arc::new(move |_| moved()))
    }

    /// A parameter that is on or off.
    pub(super) fn switch(&self, name: impl Into<String>, default: bool) -> BoolParam {
        let moved = self.counter();
        BoolParam::new(name, default).with_callback(Arc::new(move |_| moved()))
    }

    /// A choice.
    pub(super) fn choice<T: Enum + PartialEq + 'static>(
        &self,
        name: impl Into<String>,
        default: T,
    ) -> EnumParam<T> {
        let moved = self.counter();
        EnumParam::new(name, default).with_callback(Arc::new(move |_| moved()))
    }

    /// Seconds, steep so that short times are told apart.
    pub(super) fn time(&self, name: &str, default_s: f32, longest_s: f32) -> FloatParam {
        let parameter = self.real(name, default_s, skewed(longest_s, STEEP));
        words(parameter, text::show_time(), text::parse_time())
    }

    /// Cents from none, small ones told apart.
    pub(super) fn cents(&self, name: &str, default: f32, most: f32) -> FloatParam {
        number(self.real(name, default, skewed(most, SKEWED)), 1, " ct")
    }

    /// 0…1 as a percentage.
    pub(super) fn share(&self, name: &str, default: f32) -> FloatParam {
        percentage(self.real(name, default, linear(0.0, 1.0)))
    }

    /// How much of something that the model has is kept: none, its own 100 % in the middle, four times.
    pub(super) fn amount(&self, name: &str, default: f32) -> FloatParam {
        percentage(self.real(name, default, skewed(4.0, SKEWED)))
    }

    /// Transposition.
    pub(super) fn octave(&self) -> IntParam {
        let show = |octaves: i32| match octaves {
            0 => "0".to_owned(),
            _ => format!("{octaves:+}"),
        };
        self.whole("Octave", 0, IntRange::Linear { min: -4, max: 4 })
            .with_value_to_string(Arc::new(show))
            .with_string_to_value(Arc::new(|words| words.trim().parse().ok()))
    }

    /// A place between the four slots.
    pub(super) fn morph(&self) -> FloatParam {
        let parameter = self.real("Morph", 0.0, linear(0.0, MORPH_END));
        words(parameter, text::show_morph(), text::parse_morph())
            .with_poly_modulation_id(MORPH_MODULATION)
    }

    /// Counts what hosts cannot see.
    pub(super) fn changes(&self) -> IntParam {
        let range = IntRange::Linear { min: 0, max: 255 };
        IntParam::new("Changes", 0, range).non_automatable().hide()
    }

    /// How many notes may sound at once.
    pub(super) fn voices(&self, default: usize) -> IntParam {
        let whole = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
        let range = IntRange::Linear {
            min: 1,
            max: whole(MAX_VOICES),
        };
        self.whole("Voices", whole(default), range)
    }
}

/// The same, in words; a word for what is no number is no value.
pub(super) fn words(parameter: FloatParam, show: Show, parse: Parse) -> FloatParam {
    let parse = move |typed: &str| parse(typed).filter(|value| !value.is_nan());
    parameter
        .with_value_to_string(show)
        .with_string_to_value(Arc::new(parse))
}

/// A number with its decimals and its unit.
pub(super) fn number(parameter: FloatParam, decimals: usize, unit: &'static str) -> FloatParam {
    let (show, parse) = (text::show_number(decimals, unit), text::parse_number(unit));
    words(parameter, show, parse)
}

fn percentage(parameter: FloatParam) -> FloatParam {
    words(parameter, text::show_percentage(), text::parse_percentage())
}

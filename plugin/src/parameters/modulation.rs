//! What moves by itself or by touch: oscillators, envelopes, and the slots that say what they move.
//!
//! ```text
//!  LFO 1, 2 ── Envelope 1, 2 ── velocity, pressure, slide, wheel … ─► Mod 1 … 16 ─► what is moved
//! ```

#![allow(
    unsafe_code,
    reason = "`derive(Params)` writes unsafe impls; their contract (the parameters live in an Arc) \
              is kept by the shell"
)]

use super::Entry;
use super::make::{Make, linear, number, words};
use crate::text;
use betwixt_engine::{ENVELOPES, Envelope as UsualEnvelope, LFOS, Modulation as Usual, SLOTS};
use nice_plug::prelude::{Enum, EnumParam, FloatParam, FloatRange, IntParam, IntRange, Params};

/// Identifiers of what there are several of, counted from 1.
macro_rules! numbered {
    ($stem:literal: $($number:literal)+) => {
        [$(concat!($stem, "_", $number)),+]
    };
}

/// The same for both.
macro_rules! pair {
    ($stem:literal) => {
        numbered!($stem: 1 2)
    };
}

/// The same for every slot.
macro_rules! slots {
    ($stem:literal) => {
        numbered!($stem: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16)
    };
}

const LFO_IDS: [[&str; LFOS]; 7] = [
    pair!("lfo_shape"),
    pair!("lfo_rate"),
    pair!("lfo_sync"),
    pair!("lfo_phase"),
    pair!("lfo_fade"),
    pair!("lfo_trigger"),
    pair!("lfo_seed"),
];
const ENVELOPE_IDS: [[&str; ENVELOPES]; 4] = [
    pair!("env_attack"),
    pair!("env_decay"),
    pair!("env_sustain"),
    pair!("env_release"),
];
const SLOT_IDS: [[&str; SLOTS]; 3] = [
    slots!("mod_source"),
    slots!("mod_target"),
    slots!("mod_depth"),
];

/// All of it.
#[derive(Params)]
pub(crate) struct Modulation {
    /// Identifiers `lfo_shape_1` …
    #[nested(array, group = "LFO")]
    pub(crate) lfos: [Lfo; LFOS],
    /// Identifiers `env_attack_1` …
    #[nested(array, group = "Envelope")]
    pub(crate) envelopes: [Envelope; ENVELOPES],
    /// Identifiers `mod_source_1` …
    #[nested(array, group = "Mod")]
    pub(crate) slots: [Slot; SLOTS],
}

/// A low-frequency oscillator.
#[derive(Params)]
pub(crate) struct Lfo {
    /// Its course.
    #[id = "lfo_shape"]
    pub(crate) shape: EnumParam<Shape>,
    /// Turns per second, if it keeps to no beat.
    #[id = "lfo_rate"]
    pub(crate) rate: FloatParam,
    /// Length of a turn in the host's beats.
    #[id = "lfo_sync"]
    pub(crate) sync: EnumParam<Sync>,
    /// Where a turn begins.
    #[id = "lfo_phase"]
    pub(crate) phase: FloatParam,
    /// Seconds in which it comes in.
    #[id = "lfo_fade"]
    pub(crate) fade: FloatParam,
    /// Whether each note has its own.
    #[id = "lfo_trigger"]
    pub(crate) trigger: EnumParam<Trigger>,
    /// Which course the random shapes take.
    #[id = "lfo_seed"]
    pub(crate) seed: IntParam,
}

/// An envelope beside the loudness.
#[derive(Params)]
pub(crate) struct Envelope {
    /// Seconds to its top.
    #[id = "env_attack"]
    pub(crate) attack: FloatParam,
    /// Seconds to the sustain level.
    #[id = "env_decay"]
    pub(crate) decay: FloatParam,
    /// Level while the key is held.
    #[id = "env_sustain"]
    pub(crate) sustain: FloatParam,
    /// Seconds to nothing after the key.
    #[id = "env_release"]
    pub(crate) release: FloatParam,
}

/// One thing that moves another.
#[derive(Params)]
pub(crate) struct Slot {
    /// What moves.
    #[id = "mod_source"]
    pub(crate) source: EnumParam<Source>,
    /// What is moved.
    #[id = "mod_target"]
    pub(crate) target: EnumParam<Target>,
    /// How far.
    #[id = "mod_depth"]
    pub(crate) depth: FloatParam,
}

/// The course of a turn.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub(crate) enum Shape {
    #[id = "sine"]
    Sine,
    #[id = "triangle"]
    Triangle,
    #[id = "rising"]
    Rising,
    #[id = "falling"]
    Falling,
    #[id = "square"]
    Square,
    #[id = "steps"]
    Steps,
    #[id = "wander"]
    Wander,
}

/// Length of a turn in the host's beats; a dot is half as long again, T a third of two.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub(crate) enum Sync {
    #[id = "free"]
    Free,
    #[id = "bars_8"]
    #[name = "8 bars"]
    EightBars,
    #[id = "bars_4"]
    #[name = "4 bars"]
    FourBars,
    #[id = "bars_2"]
    #[name = "2 bars"]
    TwoBars,
    #[id = "bar"]
    #[name = "1 bar"]
    Bar,
    #[id = "half_dotted"]
    #[name = "1/2."]
    HalfDotted,
    #[id = "half"]
    #[name = "1/2"]
    Half,
    #[id = "half_triplet"]
    #[name = "1/2 T"]
    HalfTriplet,
    #[id = "quarter_dotted"]
    #[name = "1/4."]
    QuarterDotted,
    #[id = "quarter"]
    #[name = "1/4"]
    Quarter,
    #[id = "quarter_triplet"]
    #[name = "1/4 T"]
    QuarterTriplet,
    #[id = "eighth_dotted"]
    #[name = "1/8."]
    EighthDotted,
    #[id = "eighth"]
    #[name = "1/8"]
    Eighth,
    #[id = "eighth_triplet"]
    #[name = "1/8 T"]
    EighthTriplet,
    #[id = "sixteenth"]
    #[name = "1/16"]
    Sixteenth,
    #[id = "sixteenth_triplet"]
    #[name = "1/16 T"]
    SixteenthTriplet,
    #[id = "thirty_second"]
    #[name = "1/32"]
    ThirtySecond,
}

/// Whether each note has its own oscillator.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trigger {
    /// It begins with the note.
    #[id = "note"]
    Note,
    /// All notes share one, which keeps to the host's position.
    #[id = "common"]
    Common,
}

/// What moves.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub(crate) enum Source {
    #[id = "off"]
    Off,
    #[id = "velocity"]
    Velocity,
    #[id = "key"]
    Key,
    #[id = "pressure"]
    Pressure,
    #[id = "slide"]
    Slide,
    #[id = "wheel"]
    #[name = "Mod wheel"]
    Wheel,
    #[id = "random"]
    Random,
    #[id = "lfo_1"]
    #[name = "LFO 1"]
    FirstLfo,
    #[id = "lfo_2"]
    #[name = "LFO 2"]
    SecondLfo,
    #[id = "env_1"]
    #[name = "Envelope 1"]
    FirstEnvelope,
    #[id = "env_2"]
    #[name = "Envelope 2"]
    SecondEnvelope,
}

/// What is moved.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub(crate) enum Target {
    #[id = "latent_1"]
    #[name = "Latent 1"]
    First,
    #[id = "latent_2"]
    #[name = "Latent 2"]
    Second,
    #[id = "latent_3"]
    #[name = "Latent 3"]
    Third,
    #[id = "latent_4"]
    #[name = "Latent 4"]
    Fourth,
    #[id = "latent_5"]
    #[name = "Latent 5"]
    Fifth,
    #[id = "latent_6"]
    #[name = "Latent 6"]
    Sixth,
    #[id = "latent_7"]
    #[name = "Latent 7"]
    Seventh,
    #[id = "latent_8"]
    #[name = "Latent 8"]
    Eighth,
    #[id = "pitch"]
    Pitch,
    #[id = "level"]
    Level,
    #[id = "pan"]
    Pan,
    #[id = "time_speed"]
    #[name = "Time Speed"]
    Speed,
    #[id = "freeze_point"]
    #[name = "Freeze Point"]
    FreezePoint,
    #[id = "vibrato_rate"]
    #[name = "Vibrato Rate"]
    VibratoRate,
    #[id = "vibrato_depth"]
    #[name = "Vibrato Depth"]
    VibratoDepth,
    #[id = "drift"]
    Drift,
    #[id = "noise"]
    Noise,
    #[id = "inharmonicity"]
    Inharmonicity,
    #[id = "natural_tuning"]
    #[name = "Natural Tuning"]
    NaturalTuning,
    #[id = "tilt"]
    Tilt,
    #[id = "formant"]
    Formant,
    #[id = "width"]
    Width,
    #[id = "morph"]
    Morph,
}

impl Sync {
    /// The length in beats; none where it runs free.
    pub(crate) fn beats(self) -> Option<f32> {
        let (dotted, triplet) = (1.5, 2.0 / 3.0);
        Some(match self {
            Self::Free => return None,
            Self::EightBars => 32.0,
            Self::FourBars => 16.0,
            Self::TwoBars => 8.0,
            Self::Bar => 4.0,
            Self::HalfDotted => 2.0 * dotted,
            Self::Half => 2.0,
            Self::HalfTriplet => 2.0 * triplet,
            Self::QuarterDotted => dotted,
            Self::Quarter => 1.0,
            Self::QuarterTriplet => triplet,
            Self::EighthDotted => 0.5 * dotted,
            Self::Eighth => 0.5,
            Self::EighthTriplet => 0.5 * triplet,
            Self::Sixteenth => 0.25,
            Self::SixteenthTriplet => 0.25 * triplet,
            Self::ThirtySecond => 0.125,
        })
    }
}

impl Modulation {
    /// The engine's own defaults.
    pub(super) fn new(make: &Make) -> Self {
        let usual = Usual::default();
        Self {
            lfos: std::array::from_fn(|index| Lfo::new(make, index + 1)),
            envelopes: std::array::from_fn(|index| {
                Envelope::new(make, index + 1, &usual.envelopes[index])
            }),
            slots: std::array::from_fn(|index| Slot::new(make, index, &usual)),
        }
    }

    /// Shows them in their order.
    pub(super) fn each<'a>(&'a self, show: &mut impl FnMut(Entry<'a>)) {
        for (index, lfo) in self.lfos.iter().enumerate() {
            let id = |which: usize| LFO_IDS[which][index];
            show(Entry::choice(id(0), &lfo.shape));
            show(Entry::real(id(1), &lfo.rate));
            show(Entry::choice(id(2), &lfo.sync));
            show(Entry::real(id(3), &lfo.phase));
            show(Entry::real(id(4), &lfo.fade));
            show(Entry::choice(id(5), &lfo.trigger));
            show(Entry::whole(id(6), &lfo.seed));
        }
        for (index, envelope) in self.envelopes.iter().enumerate() {
            let id = |which: usize| ENVELOPE_IDS[which][index];
            show(Entry::real(id(0), &envelope.attack));
            show(Entry::real(id(1), &envelope.decay));
            show(Entry::real(id(2), &envelope.sustain));
            show(Entry::real(id(3), &envelope.release));
        }
        for (index, slot) in self.slots.iter().enumerate() {
            let id = |which: usize| SLOT_IDS[which][index];
            show(Entry::choice(id(0), &slot.source));
            show(Entry::choice(id(1), &slot.target));
            show(Entry::real(id(2), &slot.depth));
        }
    }
}

impl Lfo {
    fn new(make: &Make, which: usize) -> Self {
        let name = |what| format!("LFO {which} {what}");
        let rates = FloatRange::Skewed {
            min: 0.01,
            max: 30.0,
            factor: 0.3,
        };
        let rate = || make.real(name("Rate"), 1.0, rates);
        let seeds = IntRange::Linear { min: 0, max: 999 };
        Self {
            shape: make.choice(name("Shape"), Shape::Sine),
            rate: number(rate(), 2, " Hz"),
            sync: make.choice(name("Sync"), Sync::Free),
            phase: degrees(make, &name("Phase")),
            fade: make.time(&name("Fade"), 0.0, 10.0),
            trigger: make.choice(name("Trigger"), Trigger::Note),
            seed: make.whole(name("Seed"), 0, seeds),
        }
    }
}

/// A part of a turn, in degrees.
fn degrees(make: &Make, name: &str) -> FloatParam {
    number(make.real(name, 0.0, linear(0.0, 360.0)), 0, "°")
}

impl Envelope {
    fn new(make: &Make, which: usize, usual: &UsualEnvelope) -> Self {
        let name = |what| format!("Env {which} {what}");
        Self {
            attack: make.time(&name("Attack"), usual.attack_s, 10.0),
            decay: make.time(&name("Decay"), usual.decay_s, 20.0),
            sustain: make.share(&name("Sustain"), usual.sustain),
            release: make.time(&name("Release"), usual.release_s, 20.0),
        }
    }
}

impl Slot {
    fn new(make: &Make, index: usize, usual: &Usual) -> Self {
        let name = |what| format!("Mod {} {what}", index + 1);
        let (source, target) = match index {
            0 => (Source::Pressure, Target::First),
            1 => (Source::Slide, Target::Tilt),
            _ => (Source::Off, Target::First),
        };
        let depth = || make.real(name("Depth"), usual.slots[index].depth, linear(-1.0, 1.0));
        Self {
            source: make.choice(name("Source"), source),
            target: make.choice(name("Target"), target),
            depth: words(depth(), text::show_percentage(), text::parse_percentage()),
        }
    }
}

//! What only a model of partials can be asked for: its time, its pitch, its tone, its width.
//!
//! ```text
//!  Time ─► which moment of the sound ─► Tone ─► Pitch ─► Stereo ─► left, right
//! ```
//!
//! Models of frames leave all of it unread; the window says so.

#![allow(
    unsafe_code,
    reason = "`derive(Params)` writes unsafe impls; their contract (the parameters live in an Arc) \
              is kept by the shell"
)]

use super::Entry;
use super::make::{Make, linear, number, words};
use crate::text;
use betwixt_engine::Performance as Usual;
use nice_plug::prelude::{BoolParam, FloatParam, FloatRange, Params};

/// All of it, in groups as a host shows them.
#[derive(Params)]
pub(crate) struct Performance {
    /// How a note's own time runs.
    #[nested(group = "Time")]
    pub(crate) time: Time,
    /// What moves the pitch.
    #[nested(group = "Pitch")]
    pub(crate) pitch: Pitch,
    /// What is done to the spectrum.
    #[nested(group = "Tone")]
    pub(crate) tone: Tone,
    /// What the two channels do not share.
    #[nested(group = "Stereo")]
    pub(crate) stereo: Stereo,
}

/// How a note's own time runs.
#[derive(Params)]
pub(crate) struct Time {
    /// Octaves of speed, −2…2: shown as a factor.
    #[id = "time_speed"]
    pub(crate) speed: FloatParam,
    /// The sound stands still.
    #[id = "freeze"]
    pub(crate) freeze: BoolParam,
    /// Where it stands then, in seconds after its onset.
    #[id = "freeze_point"]
    pub(crate) freeze_point: FloatParam,
}

/// What moves the pitch.
#[derive(Params)]
pub(crate) struct Pitch {
    /// Swings per second.
    #[id = "vibrato_rate"]
    pub(crate) vibrato_rate: FloatParam,
    /// Cents to either side; the modulation wheel adds to it.
    #[id = "vibrato_depth"]
    pub(crate) vibrato_depth: FloatParam,
    /// Seconds until it has come in half way.
    #[id = "vibrato_delay"]
    pub(crate) vibrato_delay: FloatParam,
    /// How irregular it is.
    #[id = "vibrato_jitter"]
    pub(crate) vibrato_jitter: FloatParam,
    /// Cents that each note wanders by itself.
    #[id = "drift"]
    pub(crate) drift: FloatParam,
    /// How much of the training sounds' own intonation is kept.
    #[id = "natural_tuning"]
    pub(crate) natural_tuning: FloatParam,
}

/// What is done to the spectrum.
#[derive(Params)]
pub(crate) struct Tone {
    /// Gain of the noise beside the partials.
    #[id = "noise"]
    pub(crate) noise: FloatParam,
    /// How much of the partials' stretched tuning is kept.
    #[id = "inharmonicity"]
    pub(crate) inharmonicity: FloatParam,
    /// Decibels per octave.
    #[id = "tilt"]
    pub(crate) tilt: FloatParam,
    /// Semitones from the note played to the note whose timbre is heard.
    #[id = "formant"]
    pub(crate) formant: FloatParam,
    /// How much of a bend the timbre follows.
    #[id = "formant_follow"]
    pub(crate) formant_follow: FloatParam,
}

/// What the two channels do not share.
#[derive(Params)]
pub(crate) struct Stereo {
    /// How far apart they are.
    #[id = "width"]
    pub(crate) width: FloatParam,
}

impl Performance {
    /// The engine's own defaults.
    pub(super) fn new(make: &Make) -> Self {
        let usual = Usual::default();
        Self {
            time: Time::new(make, &usual),
            pitch: Pitch::new(make, &usual),
            tone: Tone::new(make, &usual),
            stereo: Stereo {
                width: make.share("Width", usual.width),
            },
        }
    }

    /// Shows them in their order.
    pub(super) fn each<'a>(&'a self, show: &mut impl FnMut(Entry<'a>)) {
        let (time, pitch, tone) = (&self.time, &self.pitch, &self.tone);
        show(Entry::real("time_speed", &time.speed));
        show(Entry::switch("freeze", &time.freeze));
        show(Entry::real("freeze_point", &time.freeze_point));
        show(Entry::real("vibrato_rate", &pitch.vibrato_rate));
        show(Entry::real("vibrato_depth", &pitch.vibrato_depth));
        show(Entry::real("vibrato_delay", &pitch.vibrato_delay));
        show(Entry::real("vibrato_jitter", &pitch.vibrato_jitter));
        show(Entry::real("drift", &pitch.drift));
        show(Entry::real("natural_tuning", &pitch.natural_tuning));
        show(Entry::real("noise", &tone.noise));
        show(Entry::real("inharmonicity", &tone.inharmonicity));
        show(Entry::real("tilt", &tone.tilt));
        show(Entry::real("formant", &tone.formant));
        show(Entry::real("formant_follow", &tone.formant_follow));
        show(Entry::real("width", &self.stereo.width));
    }
}

impl Time {
    fn new(make: &Make, usual: &Usual) -> Self {
        let octaves = make.real("Time Speed", usual.time.speed.log2(), linear(-2.0, 2.0));
        Self {
            speed: words(octaves, text::show_speed(), text::parse_speed()),
            freeze: make.switch("Freeze", usual.time.frozen),
            freeze_point: make.time("Freeze Point", usual.time.point_s, 10.0),
        }
    }
}

impl Pitch {
    fn new(make: &Make, usual: &Usual) -> Self {
        let vibrato = &usual.vibrato;
        let rates = FloatRange::Skewed {
            min: 0.1,
            max: 12.0,
            factor: 0.7,
        };
        let rate = make.real("Vibrato Rate", vibrato.rate_hz, rates);
        Self {
            vibrato_rate: number(rate, 2, " Hz"),
            vibrato_depth: make.cents("Vibrato Depth", vibrato.depth_cents, 200.0),
            vibrato_delay: make.time("Vibrato Delay", vibrato.delay_s, 5.0),
            vibrato_jitter: make.share("Vibrato Jitter", vibrato.jitter),
            drift: make.cents("Drift", usual.drift_cents, 50.0),
            natural_tuning: make.share("Natural Tuning", usual.natural_tuning),
        }
    }
}

impl Tone {
    fn new(make: &Make, usual: &Usual) -> Self {
        let tilt = || make.real("Tilt", usual.tilt_db_per_octave, linear(-6.0, 6.0));
        let formant = || make.real("Formant", usual.formant_semitones, linear(-24.0, 24.0));
        Self {
            noise: make.amount("Noise", usual.noise),
            inharmonicity: make.amount("Inharmonicity", usual.inharmonicity),
            tilt: number(tilt(), 2, " dB/oct"),
            formant: number(formant(), 2, " st"),
            formant_follow: make.share("Formant Follow", usual.formant_follow),
        }
    }
}

//! The table of everything that a host can automate, in the order of the signal.
//!
//! ```text
//!  latents, chroma ─► decoder ─► phase ─► octave, fine tune, bend ─► envelope, velocity ─► gain
//!                        ▲         ▲
//!              time, tone, pitch, width: module `performance`
//!  module `playing`: mode, glide, unison, MPE    `modulation`: LFOs, envelopes, slots    `movement`
//! ```
//!
//! *Promise:* identifiers, names, order and ranges are what projects are saved with; a golden list
//! in the tests holds them.

#![allow(
    unsafe_code,
    reason = "`derive(Params)` writes an unsafe impl; its contract (the parameters live in an Arc) \
              is kept by the shell"
)]

mod make;
pub(crate) mod modulation;
pub(crate) mod movement;
mod performance;
pub(crate) mod playing;
mod table;

use crate::controllers::{Hands, Map, Target};
use crate::explore::Explore;
use crate::history::History;
use crate::library::Slots;
use crate::library::slots::Carried;
use crate::movement::MovementFile;
use crate::presets::Loaded;
use crate::sound::Told;
use crate::state::{Controllers, FormatVersion, Later, MapPlane, PadAxes, Page, WindowSize};
use crate::text::{self, SILENCE_DB};
use crate::tuning::Choice;
use betwixt_engine::{Controls, LATENTS};
use betwixt_model::Header;
pub(crate) use make::{MORPH_MODULATION, Moves};
use make::{Make, linear, number, words};
use modulation::Modulation;
use movement::Movement;
use nice_plug::prelude::{
    BoolParam, Enum, EnumParam, FloatParam, IntParam, IntRange, Param, ParamSetter, Params,
};
pub(crate) use performance::Performance;
use playing::Playing;
pub(crate) use table::{Entry, Kind, Knob, ROOM};

/// All that the player sets and all that a project remembers.
#[derive(Params)]
pub(crate) struct Parameters {
    /// Where the sound lies among the sounds that the model learned.
    #[nested(group = "Latents")]
    pub(crate) latents: Latents,
    /// Which pitch class colours the timbre: the key's own, or always the same.
    #[id = "chroma"]
    pub(crate) chroma: EnumParam<Chroma>,
    /// Steady partials, or breath around every partial.
    #[id = "phase"]
    pub(crate) phase: EnumParam<Phase>,
    /// Transposition.
    #[id = "octave"]
    pub(crate) octave: IntParam,
    /// Tuning in cents.
    #[id = "fine"]
    pub(crate) fine_tune: FloatParam,
    /// Semitones of the pitch wheel at its end.
    #[id = "bend"]
    pub(crate) bend_range: IntParam,
    /// Seconds to full level.
    #[id = "attack"]
    pub(crate) attack: FloatParam,
    /// Seconds to the sustain level.
    #[id = "decay"]
    pub(crate) decay: FloatParam,
    /// Level while the key is held.
    #[id = "sustain"]
    pub(crate) sustain: FloatParam,
    /// Seconds to silence after the key.
    #[id = "release"]
    pub(crate) release: FloatParam,
    /// How much the force of the stroke moves the loudness.
    #[id = "velocity"]
    pub(crate) velocity: FloatParam,
    /// Loudness of the whole, in decibels.
    #[id = "gain"]
    pub(crate) gain: FloatParam,
    /// How many notes may sound at once; a model of frames plays sixteen at most.
    #[id = "voices"]
    pub(crate) voices: IntParam,
    /// Saves work where it is heard least.
    #[id = "economy"]
    pub(crate) economy: BoolParam,
    /// What a model of partials lets the player do beside the latents.
    #[nested]
    pub(crate) performance: Performance,
    /// How keys become notes.
    #[nested(group = "Playing")]
    pub(crate) playing: Playing,
    /// What moves by itself or by touch.
    #[nested]
    pub(crate) modulation: Modulation,
    /// A recorded movement of latents.
    #[nested(group = "Movement")]
    pub(crate) movement: Movement,
    /// Which of the four slots is heard, or which two.
    #[id = "morph"]
    pub(crate) morph: FloatParam,
    /// Counts what hosts cannot see: the framework has no other word for "the project has changed".
    #[id = "changes"]
    pub(crate) changes: IntParam,

    /// Which layout of the saved state this is.
    #[persist = "format"]
    pub(crate) format: FormatVersion,
    /// The models of the four slots.
    #[persist = "models"]
    pub(crate) slots: Slots,
    /// The models themselves, where the project carries them along.
    #[persist = "carried"]
    pub(crate) carried: Carried,
    /// What a later version has saved.
    #[persist = "later"]
    pub(crate) later: Later,
    /// Size of the editor's window.
    #[persist = "window"]
    pub(crate) window: WindowSize,
    /// The page of the editor that is open.
    #[persist = "page"]
    pub(crate) page: Page,
    /// The two latents of the editor's pad.
    #[persist = "pad"]
    pub(crate) pad: PadAxes,
    /// The plane that the map shows.
    #[persist = "plane"]
    pub(crate) plane: MapPlane,
    /// How often any of them has moved.
    pub(crate) moves: Moves,
    /// The sound that the host has been told last.
    pub(crate) told: Told,

    /// Where controllers hold parameters.
    #[persist = "controllers"]
    pub(crate) controllers: Controllers,
    /// Which controller moves which parameter.
    #[persist = "map"]
    pub(crate) map: Map,
    /// Which pitch each key has.
    #[persist = "tuning"]
    pub(crate) tuning: Choice,
    /// The movement that is played and recorded.
    #[persist = "movement"]
    pub(crate) movement_file: MovementFile,
    /// The preset that was loaded last.
    #[persist = "loaded"]
    pub(crate) loaded: Loaded,
    /// What the player has done in the window; the project has the other one of A and B.
    #[persist = "compare"]
    pub(crate) history: History,
    /// What is locked while other sounds are looked for, and how many have been.
    #[persist = "explore"]
    pub(crate) explore: Explore,
}

/// Identifiers of the eight knobs.
pub(crate) const LATENT_IDS: [&str; LATENTS] = [
    "latent_1", "latent_2", "latent_3", "latent_4", "latent_5", "latent_6", "latent_7", "latent_8",
];

/// The eight knobs.
#[derive(Params)]
pub(crate) struct Latents {
    /// First to last; identifiers `latent_1` … `latent_8`.
    #[nested(array)]
    pub(crate) knobs: [Latent; LATENTS],
}

/// One knob.
#[derive(Params)]
pub(crate) struct Latent {
    /// 0…1 spans the range of the training sounds.
    #[id = "latent"]
    pub(crate) position: FloatParam,
}

/// Which pitch class colours the timbre.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Chroma {
    /// That of the key.
    #[id = "played"]
    Played,
    /// Always C, and so on up to B.
    #[id = "c"]
    C,
    #[id = "c_sharp"]
    #[name = "C#"]
    CSharp,
    #[id = "d"]
    D,
    #[id = "d_sharp"]
    #[name = "D#"]
    DSharp,
    #[id = "e"]
    E,
    #[id = "f"]
    F,
    #[id = "f_sharp"]
    #[name = "F#"]
    FSharp,
    #[id = "g"]
    G,
    #[id = "g_sharp"]
    #[name = "G#"]
    GSharp,
    #[id = "a"]
    A,
    #[id = "a_sharp"]
    #[name = "A#"]
    ASharp,
    #[id = "b"]
    B,
}

/// Where the phase of a frame comes from.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Integrated from the magnitude's gradient.
    #[id = "gradient"]
    Gradient,
    /// Stored noise.
    #[id = "stored_noise"]
    #[name = "Stored noise"]
    StoredNoise,
    /// Integrated and refined, as long as no more than five notes sound.
    #[id = "refined"]
    Refined,
    /// Each lobe by itself.
    #[id = "peak_lock"]
    #[name = "Peak lock"]
    PeakLock,
    /// The published single pass.
    #[id = "single_pass"]
    #[name = "Single pass"]
    SinglePass,
    /// None.
    #[id = "zero"]
    Zero,
    /// Another one each time.
    #[id = "random"]
    Random,
}

impl Parameters {
    /// The parameters at their defaults: the knobs stand where the first sound of the default model
    /// is, whose header this is.
    pub(crate) fn new(header: &Header, slots: Slots) -> Self {
        let usual = Controls::default();
        let envelope = usual.envelope;
        let make = Make::default();
        let mut parameters = Self {
            latents: Latents {
                knobs: std::array::from_fn(|index| Latent::new(&make, index, header, &slots)),
            },
            chroma: make.choice("Chroma", Chroma::Played),
            phase: make.choice("Phase", Phase::Gradient),
            octave: make.octave(),
            fine_tune: number(
                make.real("Fine Tune", usual.fine_cents, linear(-100.0, 100.0)),
                1,
                " ct",
            ),
            bend_range: make
                .whole("Bend Range", 2, IntRange::Linear { min: 0, max: 48 })
                .with_unit(" st"),
            attack: make.time("Attack", envelope.attack_s, 10.0),
            decay: make.time("Decay", envelope.decay_s, 20.0),
            sustain: make.share("Sustain", envelope.sustain),
            release: make.time("Release", envelope.release_s, 20.0),
            velocity: make.share("Velocity", usual.velocity_amount),
            gain: words(
                make.real("Gain", 0.0, linear(SILENCE_DB, 12.0)),
                text::show_gain(),
                text::parse_gain(),
            ),
            voices: make.voices(usual.voice_limit),
            economy: make.switch("Economy", usual.economy),
            performance: Performance::new(&make),
            playing: Playing::new(&make),
            modulation: Modulation::new(&make),
            movement: Movement::new(&make),
            morph: make.morph(),
            changes: make.changes(),
            format: FormatVersion,
            carried: Carried(slots.clone()),
            slots,
            later: Later::default(),
            window: WindowSize::default(),
            page: Page::default(),
            pad: PadAxes::default(),
            plane: MapPlane::default(),
            controllers: Controllers::default(),
            moves: make.moves.clone(),
            told: Told::new(make.moves.clone()),
            map: Map::new(Vec::new()),
            tuning: Choice::default(),
            movement_file: MovementFile::default(),
            loaded: Loaded::default(),
            history: History::default(),
            explore: Explore::default(),
        };
        parameters.follow_controllers();
        parameters
    }

    /// Everything that there is can be held and learnt.
    fn follow_controllers(&mut self) {
        let target = |entry: Entry<'_>| Target {
            id: entry.id,
            is_movable: entry.knob.is_movable(),
        };
        let targets: Vec<Target> = self.table().into_iter().map(target).collect();
        let ids = targets.iter().map(|target| target.id).collect();
        self.controllers = Controllers::new(ids, self.moves.clone());
        self.map = Map::new(targets);
    }

    /// What a controller's move needs to know and to move; `set` is where each parameter is set.
    pub(crate) fn hands<'a>(&'a self, set: &'a [f32; ROOM]) -> Hands<'a> {
        Hands {
            map: &self.map,
            controllers: &self.controllers,
            set,
        }
    }

    /// Tells the host that the project is another one, by the only means that there is.
    pub(crate) fn mark_changed(&self, setter: &ParamSetter<'_>) {
        let next = (self.changes.unmodulated_plain_value() + 1) % 256;
        setter.begin_set_parameter(&self.changes);
        setter.set_parameter(&self.changes, next);
        setter.end_set_parameter(&self.changes);
    }

    /// One knob's parameter.
    pub(crate) fn latent(&self, index: usize) -> &FloatParam {
        &self.latents.knobs[index].position
    }
}

impl Latent {
    fn new(make: &Make, index: usize, header: &Header, slots: &Slots) -> Self {
        let latent = header.latents.get(index);
        let default = latent.map_or(0.5, |latent| latent.default);
        let position = make.real(format!("Latent {}", index + 1), default, linear(0.0, 1.0));
        let slots = slots.clone();
        let show = text::show_latent(move || index < slots.latents());
        Self {
            position: words(position, show, text::parse_latent())
                .with_poly_modulation_id(u32::try_from(index).unwrap_or(u32::MAX)),
        }
    }
}

#[cfg(test)]
mod tests;

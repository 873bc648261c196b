//! How keys become notes: one or many, gliding, in unison, with channels of their own.
//!
//! ```text
//!  keys ─► Mode ─► Glide ─► Unison ─► voices;  MPE: a channel for every note
//! ```

#![allow(
    unsafe_code,
    reason = "`derive(Params)` writes unsafe impls; their contract (the parameters live in an Arc) \
              is kept by the shell"
)]

use super::Entry;
use super::make::Make;
use betwixt_engine::{MOST_UNISON, Playing as Usual};
use nice_plug::prelude::{Enum, EnumParam, FloatParam, IntParam, IntRange, Params};

/// All of it.
#[derive(Params)]
pub(crate) struct Playing {
    /// One note or many.
    #[id = "play_mode"]
    pub(crate) mode: EnumParam<PlayMode>,
    /// Seconds from one note's pitch to the next one's.
    #[id = "glide"]
    pub(crate) glide: FloatParam,
    /// Which notes glide.
    #[id = "glide_mode"]
    pub(crate) glide_mode: EnumParam<GlideMode>,
    /// Voices of a note.
    #[id = "unison"]
    pub(crate) unison: IntParam,
    /// Cents from the lowest to the highest of them.
    #[id = "unison_detune"]
    pub(crate) detune: FloatParam,
    /// How far apart they lie among the latents.
    #[id = "unison_spread"]
    pub(crate) spread: FloatParam,
    /// How far apart they lie between left and right.
    #[id = "unison_width"]
    pub(crate) width: FloatParam,
    /// Which channels are a note's own.
    #[id = "mpe"]
    pub(crate) mpe: EnumParam<Mpe>,
    /// Semitones of a full bend on such a channel.
    #[id = "mpe_bend"]
    pub(crate) mpe_bend: IntParam,
}

/// One note or many.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PlayMode {
    /// Every key has its note.
    #[id = "poly"]
    Poly,
    /// The last key has the note, and strikes it anew.
    #[id = "mono"]
    Mono,
    /// The last key has the note, and takes it over as it sounds.
    #[id = "legato"]
    Legato,
}

/// Which notes glide.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GlideMode {
    /// All of them.
    #[id = "always"]
    Always,
    /// Those that are struck while another key is down.
    #[id = "legato"]
    Legato,
}

/// Which channels are a note's own.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mpe {
    /// None, unless the keyboard asks for it.
    #[id = "off"]
    Off,
    /// 2 … 16, all under channel 1.
    #[id = "lower"]
    #[name = "Lower zone"]
    Lower,
    /// 1 … 15, all under channel 16.
    #[id = "upper"]
    #[name = "Upper zone"]
    Upper,
    /// 2 … 8 under channel 1, and 9 … 15 under channel 16.
    #[id = "both"]
    #[name = "Both zones"]
    Both,
}

impl Playing {
    /// The engine's own defaults.
    pub(super) fn new(make: &Make) -> Self {
        let usual = Usual::default();
        let most = i32::try_from(MOST_UNISON).unwrap_or(1);
        let voices = IntRange::Linear { min: 1, max: most };
        let bends = IntRange::Linear { min: 0, max: 96 };
        Self {
            mode: make.choice("Play Mode", PlayMode::Poly),
            glide: make.time("Glide", usual.glide.time_s, 10.0),
            glide_mode: make.choice("Glide Mode", GlideMode::Always),
            unison: make.whole("Unison", 1, voices),
            detune: make.cents("Unison Detune", usual.unison.detune_cents, 100.0),
            spread: make.share("Unison Spread", usual.unison.spread),
            width: make.share("Unison Width", usual.unison.width),
            mpe: make.choice("MPE", Mpe::Off),
            mpe_bend: make.whole("MPE Bend Range", 48, bends).with_unit(" st"),
        }
    }

    /// Shows them in their order.
    pub(super) fn each<'a>(&'a self, show: &mut impl FnMut(Entry<'a>)) {
        show(Entry::choice("play_mode", &self.mode));
        show(Entry::real("glide", &self.glide));
        show(Entry::choice("glide_mode", &self.glide_mode));
        show(Entry::whole("unison", &self.unison));
        show(Entry::real("unison_detune", &self.detune));
        show(Entry::real("unison_spread", &self.spread));
        show(Entry::real("unison_width", &self.width));
        show(Entry::choice("mpe", &self.mpe));
        show(Entry::whole("mpe_bend", &self.mpe_bend));
    }
}

//! How a recorded movement is played, and when one is recorded.
//!
//! ```text
//!  Record ─► latents as they move ─► the movement ─► Course, Speed, Depth ─► latents
//! ```

#![allow(
    unsafe_code,
    reason = "`derive(Params)` writes unsafe impls; their contract (the parameters live in an Arc) \
              is kept by the shell"
)]

use super::Entry;
use super::make::{Make, linear, words};
use crate::text;
use nice_plug::prelude::{BoolParam, Enum, EnumParam, FloatParam, Params};

/// All of it.
#[derive(Params)]
pub(crate) struct Movement {
    /// While it is on, the latents' movement is recorded.
    #[id = "movement_record"]
    pub(crate) record: BoolParam,
    /// Whether it is played, and how often.
    #[id = "movement"]
    pub(crate) course: EnumParam<Course>,
    /// Whether each note begins it anew.
    #[id = "movement_for"]
    pub(crate) owner: EnumParam<Owner>,
    /// Whether it keeps to the host's beats.
    #[id = "movement_sync"]
    pub(crate) sync: BoolParam,
    /// Octaves of speed, −3…3: shown as a factor.
    #[id = "movement_speed"]
    pub(crate) speed: FloatParam,
    /// How far the latents follow it.
    #[id = "movement_depth"]
    pub(crate) depth: FloatParam,
}

/// How often a movement is played.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Course {
    /// Not at all.
    #[id = "off"]
    Off,
    /// To its end.
    #[id = "once"]
    Once,
    /// Over and over.
    #[id = "loop"]
    Loop,
    /// To and fro.
    #[id = "ping_pong"]
    #[name = "Ping-pong"]
    PingPong,
}

/// Whose movement it is.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// All notes are at the same place of it.
    #[id = "all"]
    #[name = "All notes"]
    All,
    /// Each begins it.
    #[id = "each"]
    #[name = "Each note"]
    Each,
}

impl Movement {
    /// Nothing is recorded or played.
    pub(super) fn new(make: &Make) -> Self {
        let speed = || make.real("Movement Speed", 0.0, linear(-3.0, 3.0));
        Self {
            record: make.switch("Movement Record", false),
            course: make.choice("Movement", Course::Off),
            owner: make.choice("Movement For", Owner::All),
            sync: make.switch("Movement Sync", false),
            speed: words(speed(), text::show_speed(), text::parse_speed()),
            depth: make.share("Movement Depth", 1.0),
        }
    }

    /// Shows them in their order.
    pub(super) fn each<'a>(&'a self, show: &mut impl FnMut(Entry<'a>)) {
        show(Entry::switch("movement_record", &self.record));
        show(Entry::choice("movement", &self.course));
        show(Entry::choice("movement_for", &self.owner));
        show(Entry::switch("movement_sync", &self.sync));
        show(Entry::real("movement_speed", &self.speed));
        show(Entry::real("movement_depth", &self.depth));
    }
}

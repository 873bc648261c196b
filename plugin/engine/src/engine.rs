//! The engine: an instrument of the family that its decoder belongs to.
//!
//! ```text
//!  Decoder ─ output ─┬─ frames ───► Instrument<FrameTone>    ─┐
//!                    └─ partials ─► Instrument<PartialsTone> ─┴─► left, right
//! ```
//!
//! *Real time:* after [`Engine::new`] nothing allocates, frees, locks, waits, logs or reads a clock.

use crate::controls::Controls;
use crate::decoder::Decoder;
use crate::event::Event;
use crate::instrument::{Ended, Instrument};
use crate::modulation::Transport;
use crate::painter::Painter;
use crate::telemetry::Telemetry;
use crate::trajectory::Trajectory;
use crate::tuning::Tuning;
use crate::voice::{FrameTone, FrameTools, PartialsTone, PartialsTools};
use betwixt_model::header::Output;
use std::sync::Arc;

/// What an engine is made for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// The host's sample rate in Hz, 8–400 kHz.
    pub sample_rate_hz: f32,
    /// Where everything random begins: the same seed gives the same bits.
    pub seed: u64,
}

/// A polyphonic instrument around one decoder.
pub struct Engine {
    family: Family,
}

enum Family {
    Frames(Box<Instrument<FrameTone>>),
    Partials(Box<Instrument<PartialsTone>>),
}

/// The same for both families.
macro_rules! either {
    ($engine:expr, $instrument:ident => $do:expr) => {
        match &$engine.family {
            Family::Frames($instrument) => $do,
            Family::Partials($instrument) => $do,
        }
    };
    (mut $engine:expr, $instrument:ident => $do:expr) => {
        match &mut $engine.family {
            Family::Frames($instrument) => $do,
            Family::Partials($instrument) => $do,
        }
    };
}

impl Engine {
    /// Makes an engine. Allocates everything that it will ever use: not for the audio thread.
    #[must_use]
    pub fn new(decoder: Arc<Decoder>, settings: Settings) -> Self {
        let rate_hz = settings.sample_rate_hz.clamp(8_000.0, 400_000.0);
        let settings = Settings {
            sample_rate_hz: rate_hz,
            ..settings
        };
        let family = match decoder.output() {
            Output::Frames(format) => {
                let tools = FrameTools::new(format, rate_hz);
                Family::Frames(Box::new(Instrument::new(decoder, tools, settings)))
            }
            Output::Partials(format) => {
                let tools = PartialsTools {
                    format,
                    painter: Painter::new(f64::from(rate_hz), settings.seed),
                };
                Family::Partials(Box::new(Instrument::new(decoder, tools, settings)))
            }
        };
        Self { family }
    }

    /// Silence, as freshly made; the telemetry's counters stay.
    pub fn reset(&mut self) {
        either!(mut self, instrument => instrument.reset());
    }

    /// Gives the keys their pitches; notes that sound go there smoothly. Real-time.
    pub fn tune(&mut self, tuning: &Tuning) {
        either!(mut self, instrument => instrument.tune(tuning));
    }

    /// Plays this movement from now on, and gives back the one before it, to be freed elsewhere.
    /// Real-time.
    pub fn follow_trajectory(&mut self, trajectory: Arc<Trajectory>) -> Arc<Trajectory> {
        either!(mut self, instrument => instrument.follow_trajectory(trajectory))
    }

    /// Tells where the host is in its piece at the next call's first sample. Real-time.
    pub fn follow_transport(&mut self, transport: &Transport) {
        either!(mut self, instrument => instrument.follow_transport(transport));
    }

    /// The notes that ended in the last call, in the order of their samples: every note that was
    /// struck ends once, when the last of its voices does or another key takes it over.
    #[must_use]
    pub fn ended(&self) -> &[Ended] {
        either!(self, instrument => instrument.ended())
    }

    /// The numbers that the engine shows.
    #[must_use]
    pub fn telemetry(&self) -> Arc<Telemetry> {
        either!(self, instrument => instrument.telemetry())
    }

    /// How many voices sound, fading ones included.
    #[must_use]
    pub fn sounding(&self) -> usize {
        either!(self, instrument => instrument.sounding())
    }

    /// Plays: overwrites both channels.
    ///
    /// | argument        | shape     | unit                                            |
    /// |-----------------|-----------|-------------------------------------------------|
    /// | `controls`      |           | for the whole call                              |
    /// | `events`        |           | in the order of their samples                   |
    /// | `left`, `right` | `[block]` | out: samples, −1…1; any length, both the same   |
    ///
    /// # Panics
    ///
    /// When the two channels differ in length.
    pub fn process(
        &mut self,
        controls: &Controls,
        events: &[Event],
        left: &mut [f32],
        right: &mut [f32],
    ) {
        assert_eq!(left.len(), right.len(), "both channels are equally long");
        either!(mut self, instrument => instrument.process(controls, events, [left, right]));
    }
}

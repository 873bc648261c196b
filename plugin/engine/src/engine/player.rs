//! What the player has done so far, as far as it goes on: wheels, oscillators, the movement.
//!
//! ```text
//!  Controls ─► follow ─┐
//!  events ──► hear ────┴─► knobs, channels, wheel ─► what is asked of all voices
//! ```
//!
//! *Real time:* a few numbers.

use crate::channels::Channels;
use crate::controls::{Controls, Course, LATENTS, LFOS};
use crate::event::EventKind;
use crate::modulation::Turns;

/// What the player has done so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct Player {
    /// Where the latents stand.
    pub(super) knobs: [f32; LATENTS],
    pub(super) channels: Channels,
    /// The modulation wheel, 0…1.
    pub(super) wheel: f32,
    /// Oscillators that are common to all voices.
    pub(super) lfos: [Turns; LFOS],
    /// Seconds of the movement since it was switched on.
    pub(super) movement: Turns,
    course: Course,
    /// Whether no call has come yet.
    is_new: bool,
}

impl Player {
    /// Nothing.
    pub(super) fn new() -> Self {
        Self {
            knobs: [0.5; LATENTS],
            channels: Channels::new(),
            wheel: 0.0,
            lfos: [Turns::default(); LFOS],
            movement: Turns::default(),
            course: Course::Off,
            is_new: true,
        }
    }

    /// Takes over what the controls have moved; tells whether this is the first call.
    pub(super) fn follow(&mut self, controls: &Controls) -> bool {
        self.knobs = controls.latents;
        // A movement that is switched on begins.
        if std::mem::replace(&mut self.course, controls.movement.course) == Course::Off {
            self.movement = Turns::default();
        }
        std::mem::replace(&mut self.is_new, false)
    }

    /// Takes what is said to a whole channel; tells whether it was that.
    pub(super) fn hear(&mut self, kind: EventKind) -> bool {
        let channels = &mut self.channels;
        match kind {
            EventKind::PitchBend { channel, value } => channels.bend(channel, value),
            EventKind::Pressure { channel, value } => channels.press(channel, value),
            EventKind::Slide { channel, value } => channels.slide(channel, value),
            EventKind::Expression { channel, value } => channels.express(channel, value),
            EventKind::Rest { channel } => channels.reset(channel),
            EventKind::Wheel { value } => {
                if !value.is_nan() {
                    self.wheel = value.clamp(0.0, 1.0);
                }
            }
            _ => return false,
        }
        true
    }
}

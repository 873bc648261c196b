//! What has been done to one note: by a finger on its key, or by a host that knows it by name.
//!
//! ```text
//!  Touch ─► Finger: tuning, gain, pan, vibrato, expression, slide, pressure, latents [8], morph
//! ```
//!
//! *Real time:* a few numbers.

use crate::controls::LATENTS;
use crate::event::Touch;

/// What the player, or the host, has done to one note.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Finger {
    pub(super) tuning: f32,
    pub(super) gain: f32,
    pub(super) pan: f32,
    pub(super) vibrato: f32,
    pub(super) expression: f32,
    pub(super) slide: f32,
    pub(super) pressure: f32,
    /// How far the host modulates this note alone, as shares of a knob's way.
    pub(super) latents: [Option<f32>; LATENTS],
    pub(super) morph: Option<f32>,
}

impl Finger {
    /// Nothing has been done.
    pub(crate) const REST: Self = Self {
        tuning: 0.0,
        gain: 1.0,
        pan: 0.0,
        vibrato: 0.0,
        expression: 1.0,
        slide: 0.0,
        pressure: 0.0,
        latents: [None; LATENTS],
        morph: None,
    };

    /// Takes what a touch moves; what is not a number moves nothing.
    pub(crate) fn feel(&mut self, touch: Touch) {
        let set = |own: &mut f32, value: f32, low: f32, high: f32| {
            if !value.is_nan() {
                *own = value.clamp(low, high);
            }
        };
        match touch {
            Touch::Tuning(semitones) => set(&mut self.tuning, semitones, -120.0, 120.0),
            Touch::Gain(gain) => set(&mut self.gain, gain, 0.0, 4.0),
            Touch::Pan(pan) => set(&mut self.pan, pan, -1.0, 1.0),
            Touch::Vibrato(depth) => set(&mut self.vibrato, depth, 0.0, 1.0),
            Touch::Expression(share) => set(&mut self.expression, share, 0.0, 1.0),
            Touch::Slide(place) => set(&mut self.slide, place, -1.0, 1.0),
            Touch::Pressure(pressure) => set(&mut self.pressure, pressure, 0.0, 1.0),
            Touch::Morph(away) => modulate(&mut self.morph, away),
            Touch::Latent(latent, away) => {
                if let Some(own) = self.latents.get_mut(latent) {
                    modulate(own, away);
                }
            }
        }
    }
}

/// The host modulates this note by itself from now on.
fn modulate(own: &mut Option<f32>, away: f32) {
    if !away.is_nan() {
        *own = Some(away.clamp(-1.0, 1.0));
    }
}

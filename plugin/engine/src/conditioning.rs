//! What a voice's decoder is told: knobs, smoothed from decode to decode, the note, the time.
//!
//! ```text
//!  knobs [8] ─► one-pole per decode ─► decoder latents ─┐
//!  pitch ─► one-hot chroma, octave ─────────────────────┼─► vector [conditioning]
//!  seconds since onset ─► time features ────────────────┤
//!  velocity ────────────────────────────────────────────┘
//! ```
//!
//! *Real time:* the vector has its length from the start.

use crate::controls::LATENTS;
use crate::decoder::Decoder;

/// Share of the way to a knob's new place that a voice goes from one decode to the next. The
/// frames' overlap smooths as well, so little is needed.
const FOLLOW: f32 = 0.6;
/// Nearer than this to its place a knob is there.
const ARRIVED: f32 = 1e-4;

/// One voice's conditioning.
#[derive(Debug)]
pub(crate) struct Conditioning {
    knobs: Vec<f32>,
    vector: Vec<f32>,
}

impl Conditioning {
    /// Buffers for one decoder. Allocates.
    pub(crate) fn new(decoder: &Decoder) -> Self {
        Self {
            knobs: decoder.defaults().to_vec(),
            vector: vec![0.0; decoder.layout().len()],
        }
    }

    /// A note begins: knobs jump to their places.
    pub(crate) fn start(
        &mut self,
        decoder: &Decoder,
        pitch: f64,
        velocity: f32,
        knobs: &[f32; LATENTS],
    ) {
        self.knobs.copy_from_slice(decoder.defaults());
        self.knobs
            .iter_mut()
            .zip(knobs)
            .for_each(|(own, knob)| *own = *knob);
        decoder.write_latents(&self.knobs, &mut self.vector);
        decoder.layout().write_velocity(velocity, &mut self.vector);
        self.tell_pitch(decoder, pitch);
    }

    /// Knobs move on towards where they stand; tells whether any had a way to go.
    pub(crate) fn follow(&mut self, decoder: &Decoder, knobs: &[f32; LATENTS]) -> bool {
        let mut moved = false;
        for (own, knob) in self.knobs.iter_mut().zip(knobs) {
            let away = knob - *own;
            moved |= away != 0.0;
            *own = if away.abs() < ARRIVED {
                *knob
            } else {
                *own + FOLLOW * away
            };
        }
        if moved {
            decoder.write_latents(&self.knobs, &mut self.vector);
        }
        moved
    }

    /// The note, or a blend of two neighbours.
    pub(crate) fn tell_pitch(&mut self, decoder: &Decoder, pitch: f64) {
        decoder.layout().write_pitch(pitch, &mut self.vector);
    }

    /// The vector of the moment `time_s` seconds after the onset.
    pub(crate) fn at(&mut self, decoder: &Decoder, time_s: f32) -> &[f32] {
        decoder.layout().write_time(time_s, &mut self.vector);
        &self.vector
    }
}

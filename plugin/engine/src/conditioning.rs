//! What a voice's decoder is told: knobs, smoothed frame by frame, the note, the time.
//!
//! ```text
//!  knobs [8] ─► one-pole per frame ─► decoder latents ─┐
//!  key ─► one-hot chroma, octave ──────────────────────┼─► vector [conditioning]
//!  frames since onset ─► time features ────────────────┘
//! ```
//!
//! *Real time:* the vector has its length from the start.

use crate::controls::LATENTS;
use crate::decoder::Decoder;

/// Share of the way to a knob's new place that a voice goes in one frame. The frames' overlap
/// smooths as well, so little is needed.
const FOLLOW: f32 = 0.6;

/// One voice's conditioning.
#[derive(Debug)]
pub(crate) struct Conditioning {
    knobs: Vec<f32>,
    vector: Vec<f32>,
    frame: u32,
}

impl Conditioning {
    /// Buffers for one decoder. Allocates.
    pub(crate) fn new(decoder: &Decoder) -> Self {
        let layout = decoder.layout();
        Self {
            knobs: decoder.defaults().to_vec(),
            vector: vec![0.0; layout.len()],
            frame: 0,
        }
    }

    /// A note begins: knobs jump to their places.
    pub(crate) fn start(&mut self, decoder: &Decoder, key: u8, knobs: &[f32; LATENTS]) {
        self.knobs.copy_from_slice(decoder.defaults());
        self.knobs
            .iter_mut()
            .zip(knobs)
            .for_each(|(own, knob)| *own = *knob);
        self.frame = 0;
        decoder.write_latents(&self.knobs, &mut self.vector);
        decoder.layout().write_note(key, &mut self.vector);
    }

    /// The vector of the frame whose centre lies `hops` after the onset.
    pub(crate) fn at(&mut self, decoder: &Decoder, hops: usize) -> &[f32] {
        if let Some(hop_s) = decoder.hop_time_s() {
            let time_s = betwixt_spectral::number::real(hops) * hop_s;
            decoder.layout().write_time(time_s, &mut self.vector);
        }
        &self.vector
    }

    /// The vector of the next frame: knobs have moved on, and so has time.
    pub(crate) fn next(&mut self, decoder: &Decoder, knobs: &[f32; LATENTS]) -> &[f32] {
        for (own, knob) in self.knobs.iter_mut().zip(knobs) {
            *own += FOLLOW * (knob - *own);
        }
        decoder.write_latents(&self.knobs, &mut self.vector);
        self.frame = self.frame.saturating_add(1);
        let hops = self.hops(decoder);
        self.at(decoder, hops)
    }

    /// Hops from the onset to the centre of the frame that was conditioned last.
    pub(crate) fn hops(&self, decoder: &Decoder) -> usize {
        // Frame 0 is the last of the prefilled ones: its centre lies half a frame after the onset.
        self.frame as usize + decoder.geometry().overlap() / 2
    }
}

//! One note sounding: a tone, its loudness, who holds it.
//!
//! ```text
//!  Strike ─► Onset ─► Tone ─ frames:   FrameSource ─► Stream ─► resampler ─┐
//!                          └ partials: Oscillators ─► Painter ─► Overlap ──┴─► × Loudness ─► mix
//! ```
//!
//! The two families of decoders are two [`Tone`]s. A voice's frame clock starts with its note, so
//! it sounds at the note's own sample.
//!
//! *Real time:* everything is allocated by [`Voice::new`].

mod decay;
mod envelope;
mod frames;
mod loudness;
mod movement;
mod overlap;
mod partials;
mod resampler;
pub(crate) mod smoother;
mod source;
mod story;
mod stream;

use crate::controls::{ChromaSource, LATENTS, Performance, PhaseMode};
use crate::decoder::Decoder;
use crate::event::Note;
use crate::telemetry::SPECTRUM_POINTS;
use betwixt_model::ConditioningLayout;
pub(crate) use envelope::Rates;
pub(crate) use frames::{FrameTone, FrameTools};
use loudness::Loudness;
pub(crate) use partials::{PartialsTone, PartialsTools};
pub(crate) use resampler::{TAPS, read_body};
use std::sync::Arc;

/// MIDI channels.
pub(crate) const CHANNELS: usize = 16;
/// Moments that any tone decodes before a note can sound, at most.
pub(crate) const MOST_MOMENTS: usize = 3;

/// What makes the sound of a note from a decoder's numbers: one for each family.
pub(crate) trait Tone {
    /// What all voices use, one at a time.
    type Tools;

    /// Buffers for one decoder. Allocates.
    fn new(decoder: &Decoder, tools: &Self::Tools) -> Self;

    /// Seconds between frames.
    fn hop_s(tools: &Self::Tools) -> f64;

    /// A note begins.
    fn start(&mut self, decoder: &Decoder, tools: &Self::Tools, onset: &Onset, ask: &Ask);

    /// How many moments are decoded before the note can sound, at most [`MOST_MOMENTS`].
    fn moments(decoder: &Decoder) -> usize;

    /// The conditioning of one of them.
    fn moment(
        &mut self,
        decoder: &Decoder,
        tools: &Self::Tools,
        ask: &Ask,
        moment: usize,
    ) -> &[f32];

    /// Takes the numbers decoded for them; from here on the note sounds.
    fn prefill(
        &mut self,
        decoder: &Decoder,
        tools: &mut Self::Tools,
        ask: &Ask,
        moments: &mut [Vec<f32>],
    );

    /// Adds the next samples to both channels; tells when the note is over.
    fn render(
        &mut self,
        with: (&Decoder, &mut Self::Tools),
        ask: &Ask,
        shift: f64,
        loudness: &mut Loudness,
        out: [&mut [f32]; 2],
    ) -> bool;

    /// The amplitude heard between each two frequencies.
    fn picture(&self, tools: &Self::Tools, edges_hz: &[f64], points: &mut [f32; SPECTRUM_POINTS]);
}

/// What all voices share.
pub(crate) struct Shared<T: Tone> {
    pub(crate) decoder: Arc<Decoder>,
    pub(crate) tools: T::Tools,
    pub(crate) sample_rate_hz: f32,
}

/// What the player asks of all voices during one call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ask {
    pub(crate) knobs: [f32; LATENTS],
    pub(crate) phase: PhaseMode,
    pub(crate) chroma: ChromaSource,
    pub(crate) octave: i32,
    pub(crate) performance: Performance,
    pub(crate) rates: Rates,
    /// Bend and fine tuning of each channel, in semitones.
    pub(crate) shift_semitones: [f32; CHANNELS],
}

/// Who holds a voice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hold {
    /// Nobody: it is free.
    Free,
    /// Its key is down.
    Key,
    /// Its key is up, but the pedal is down.
    Pedal,
    /// It is fading.
    Released,
}

/// One note sounding.
#[derive(Debug)]
pub(crate) struct Voice<T> {
    tone: T,
    loudness: Loudness,
    pub(crate) note: Note,
    pub(crate) hold: Hold,
    /// Counts up with every note of the engine: the order of the notes.
    pub(crate) age: u64,
}

/// What starts a note.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Strike {
    pub(crate) note: Note,
    /// The key's own, in semitones.
    pub(crate) pitch: f64,
    /// How hard, 0…1.
    pub(crate) velocity: f32,
    /// Loudness from velocity, linear.
    pub(crate) gain: f32,
}

/// A note's beginning, as its tone sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Onset {
    /// What is played, in semitones, without bend and fine tuning.
    pub(crate) pitch: f64,
    /// The trained key that the decoder is told.
    pub(crate) key: u8,
    /// Bend and fine tuning, in semitones.
    pub(crate) shift: f64,
    /// How hard, 0…1.
    pub(crate) velocity: f32,
    /// Where everything random begins.
    pub(crate) seed: u64,
}

impl<T: Tone> Voice<T> {
    /// Buffers for one decoder. Allocates.
    pub(crate) fn new(shared: &Shared<T>) -> Self {
        Self {
            tone: T::new(&shared.decoder, &shared.tools),
            loudness: Loudness::new(shared.sample_rate_hz),
            note: Note {
                id: None,
                channel: 0,
                key: 0,
            },
            hold: Hold::Free,
            age: 0,
        }
    }

    /// A key goes down; the frames come with [`Voice::moment`] and [`Voice::prefill`].
    pub(crate) fn start(
        &mut self,
        shared: &Shared<T>,
        strike: Strike,
        ask: &Ask,
        age: u64,
        seed: u64,
    ) {
        let pitch = strike.pitch + 12.0 * f64::from(ask.octave);
        let shift = ask.shift(strike.note.channel);
        let key = ask.chroma.key(shared.decoder.layout(), pitch + shift);
        let onset = Onset {
            pitch,
            key,
            shift,
            velocity: strike.velocity,
            seed,
        };
        self.tone.start(&shared.decoder, &shared.tools, &onset, ask);
        self.loudness.start(strike.gain);
        self.note = strike.note;
        self.hold = Hold::Key;
        self.age = age;
    }

    /// The conditioning of one of the note's first moments.
    pub(crate) fn moment(&mut self, shared: &Shared<T>, ask: &Ask, moment: usize) -> &[f32] {
        self.tone
            .moment(&shared.decoder, &shared.tools, ask, moment)
    }

    /// Takes the numbers decoded for the first moments; from here on the voice sounds.
    pub(crate) fn prefill(&mut self, shared: &mut Shared<T>, ask: &Ask, moments: &mut [Vec<f32>]) {
        self.tone
            .prefill(&shared.decoder, &mut shared.tools, ask, moments);
    }

    /// The key comes up, or the pedal.
    pub(crate) fn release(&mut self) {
        self.hold = Hold::Released;
        self.loudness.release();
    }

    /// The note ends as fast as it can without a click.
    pub(crate) fn cut(&mut self) {
        self.hold = Hold::Released;
        self.loudness.cut();
    }

    /// How loud the voice is, for choosing whom to steal.
    pub(crate) fn level(&self) -> f32 {
        self.loudness.level()
    }

    /// The amplitude heard between each two frequencies.
    pub(crate) fn picture(
        &self,
        shared: &Shared<T>,
        edges_hz: &[f64],
        points: &mut [f32; SPECTRUM_POINTS],
    ) {
        self.tone.picture(&shared.tools, edges_hz, points);
    }

    /// Adds the voice's next samples to both channels; frees itself when it has faded.
    pub(crate) fn render(&mut self, shared: &mut Shared<T>, ask: &Ask, out: [&mut [f32]; 2]) {
        let shift = ask.shift(self.note.channel);
        let with = (&*shared.decoder, &mut shared.tools);
        let is_over = self.tone.render(with, ask, shift, &mut self.loudness, out);
        if is_over {
            self.hold = Hold::Free;
        }
    }
}

impl ChromaSource {
    /// The trained key that a decoder is told for a pitch.
    fn key(self, layout: ConditioningLayout, pitch: f64) -> u8 {
        match self {
            Self::Played => layout.nearest_key(pitch),
            Self::Fixed(class) => layout.nearest_key_of_class(class, pitch),
        }
    }
}

impl Ask {
    /// Bend and fine tuning of a channel, in semitones.
    fn shift(&self, channel: u8) -> f64 {
        f64::from(self.shift_semitones[usize::from(channel) % CHANNELS])
    }
}

/// Loudness of a velocity: its square, blended in by `amount`.
pub(crate) fn velocity_gain(velocity: f32, amount: f32) -> f32 {
    1.0 - amount + amount * velocity * velocity
}

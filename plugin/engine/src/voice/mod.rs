//! One note sounding: a tone, its loudness, who holds it.
//!
//! ```text
//!  Strike ─► Part (touch, glide, LFOs) ─► Ask, every 2.7 ms
//!  Onset, Ask ─► Tone ─ frames:   FrameSource ─► Stream ─► resampler ─┐
//!                     └ partials: Oscillators ─► Painter ─► Overlap ──┴─► × Loudness ─► mix
//! ```
//!
//! The two families of decoders are two [`Tone`]s. A voice's frame clock starts with its note, so
//! it sounds at the note's own sample.
//!
//! *Real time:* everything is allocated by [`Voice::new`].

mod decay;
mod envelope;
mod finger;
mod frames;
mod loudness;
mod movement;
mod overlap;
mod part;
mod partials;
mod resampler;
pub(crate) mod smoother;
mod source;
mod story;
mod stream;
mod unison;

use crate::controls::ChromaSource;
use crate::decoder::Decoder;
use crate::event::{Note, Touch};
use crate::telemetry::SPECTRUM_POINTS;
use betwixt_model::ConditioningLayout;
pub(crate) use envelope::Rates;
pub(crate) use finger::Finger;
pub(crate) use frames::{FrameTone, FrameTools};
use loudness::Loudness;
use part::Part;
pub(crate) use part::{Ask, Beginning, Common, Tick, Turning};
pub(crate) use partials::{PartialsTone, PartialsTools};
pub(crate) use resampler::{TAPS, read_body};
use std::sync::Arc;
pub(crate) use unison::Place;

/// What makes the sound of a note from a decoder's numbers: one for each family.
pub(crate) trait Tone {
    /// What all voices use, one at a time.
    type Tools;

    /// How many there are in an instrument.
    const VOICES: usize;

    /// Buffers for one decoder, of the voice of such a number. Allocates.
    fn new(decoder: &Decoder, tools: &Self::Tools, number: usize) -> Self;

    /// Seconds between frames.
    fn hop_s(tools: &Self::Tools) -> f64;

    /// A note begins.
    fn start(&mut self, decoder: &Decoder, tools: &Self::Tools, onset: &Onset, ask: &Ask);

    /// How many moments are decoded before the note can sound.
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

    /// Adds the next samples to both channels; tells after how many the note is over, if it is.
    fn render(
        &mut self,
        with: (&Decoder, &mut Self::Tools),
        ask: &Ask,
        loudness: &mut Loudness,
        out: [&mut [f32]; 2],
    ) -> Option<usize>;

    /// The amplitude heard between each two frequencies.
    fn picture(&self, tools: &Self::Tools, edges_hz: &[f64], points: &mut [f32; SPECTRUM_POINTS]);
}

/// What all voices share.
pub(crate) struct Shared<T: Tone> {
    pub(crate) decoder: Arc<Decoder>,
    pub(crate) tools: T::Tools,
    pub(crate) sample_rate_hz: f32,
}

/// Who holds a voice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hold {
    /// Nobody: it is free.
    Free,
    /// Its key is down.
    Key,
    /// Its key is up, but a pedal is down.
    Pedal,
    /// It is fading.
    Released,
}

/// One note sounding.
#[derive(Debug)]
pub(crate) struct Voice<T> {
    tone: T,
    loudness: Loudness,
    part: Part,
    pub(crate) note: Note,
    pub(crate) hold: Hold,
    /// Whether the sostenuto pedal has caught it.
    pub(crate) is_caught: bool,
    /// Counts up with every note of the engine: the order of the notes; the voices of one note
    /// share it.
    pub(crate) age: u64,
}

/// What starts a note.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Strike {
    pub(crate) note: Note,
    /// What is played, in semitones.
    pub(crate) pitch: f64,
    /// Where its glide begins.
    pub(crate) from: f64,
    /// How hard, 0…1.
    pub(crate) velocity: f32,
    /// Loudness from velocity, linear.
    pub(crate) gain: f32,
    /// What has been done to the note before it sounds.
    pub(crate) finger: Finger,
    /// Which of the note's voices.
    pub(crate) place: Place,
}

/// A note's beginning, as its tone sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Onset {
    /// What is played, in semitones, without bend and fine tuning.
    pub(crate) pitch: f64,
    /// The trained key that the decoder is told.
    pub(crate) key: u8,
    /// How hard, 0…1.
    pub(crate) velocity: f32,
    /// Where everything random begins.
    pub(crate) seed: u64,
}

impl<T: Tone> Voice<T> {
    /// Buffers for one decoder, of the voice of such a number. Allocates.
    pub(crate) fn new(shared: &Shared<T>, number: usize) -> Self {
        Self {
            tone: T::new(&shared.decoder, &shared.tools, number),
            loudness: Loudness::new(shared.sample_rate_hz),
            part: Part::new(),
            note: Note {
                id: None,
                channel: 0,
                key: 0,
            },
            hold: Hold::Free,
            is_caught: false,
            age: 0,
        }
    }

    /// A key goes down; the frames come with [`Voice::moment`] and [`Voice::prefill`].
    pub(crate) fn start(
        &mut self,
        shared: &Shared<T>,
        strike: &Strike,
        common: &Common,
        age: u64,
        seed: u64,
    ) {
        let begins = Beginning {
            pitch: strike.pitch,
            from: strike.from,
            velocity: strike.velocity,
            channel: strike.note.channel,
            finger: strike.finger,
            place: strike.place,
            seed,
        };
        self.part.start(begins, common);
        let ask = self.part.asked();
        let heard = strike.pitch + ask.glide + ask.bend;
        let onset = Onset {
            pitch: strike.pitch,
            key: ask.chroma.key(shared.decoder.layout(), heard),
            velocity: strike.velocity,
            seed,
        };
        self.tone.start(&shared.decoder, &shared.tools, &onset, ask);
        self.loudness.start(strike.gain, ask.sides);
        self.note = strike.note;
        self.hold = Hold::Key;
        self.is_caught = false;
        self.age = age;
    }

    /// Another key takes the note over as it sounds.
    pub(crate) fn go_on(&mut self, note: Note, pitch: f64, common: &Common) {
        self.note = note;
        self.hold = Hold::Key;
        self.part.go_on(note.channel);
        self.part.glide_to(pitch, common);
    }

    /// The note is tuned so many semitones higher.
    pub(crate) fn retune(&mut self, semitones: f64) {
        self.part.retune(semitones);
    }

    /// The player moves this note.
    pub(crate) fn feel(&mut self, touch: Touch) {
        self.part.feel(touch);
    }

    /// The pitch that is played now, without bend, in semitones.
    pub(crate) fn pitch(&self) -> f64 {
        self.part.pitch()
    }

    /// The conditioning of one of the note's first moments.
    pub(crate) fn moment(&mut self, shared: &Shared<T>, moment: usize) -> &[f32] {
        let ask = self.part.asked();
        self.tone
            .moment(&shared.decoder, &shared.tools, ask, moment)
    }

    /// Takes the numbers decoded for the first moments; from here on the voice sounds.
    pub(crate) fn prefill(&mut self, shared: &mut Shared<T>, moments: &mut [Vec<f32>]) {
        let ask = self.part.asked();
        self.tone
            .prefill(&shared.decoder, &mut shared.tools, ask, moments);
    }

    /// The key comes up, a pedal holds the note.
    pub(crate) fn sustain(&mut self, common: &Common) {
        self.hold = Hold::Pedal;
        self.part.leave_channel(common);
    }

    /// The key comes up, or the pedal.
    pub(crate) fn release(&mut self, common: &Common) {
        self.hold = Hold::Released;
        self.loudness.release();
        self.part.release(common);
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

    /// Adds the voice's next samples to both channels. Frees itself when it has faded, and tells
    /// after how many samples.
    pub(crate) fn render(
        &mut self,
        shared: &mut Shared<T>,
        common: &Common,
        [left, right]: [&mut [f32]; 2],
    ) -> Option<usize> {
        let mut done = 0;
        while done < left.len() {
            let rest = left.len() - done;
            let (count, ticks) = self.part.advance(common, done, rest);
            let ask = self.part.asked();
            if ticks {
                self.loudness.lean(ask.sides, common.tick.samples);
            }
            let with = (&*shared.decoder, &mut shared.tools);
            let part = done..done + count;
            let out = [&mut left[part.clone()], &mut right[part]];
            if let Some(last) = self.tone.render(with, ask, &mut self.loudness, out) {
                self.hold = Hold::Free;
                return Some(done + last);
            }
            done += count;
        }
        None
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

/// Loudness of a velocity: its square, blended in by `amount`.
pub(crate) fn velocity_gain(velocity: f32, amount: f32) -> f32 {
    1.0 - amount + amount * velocity * velocity
}

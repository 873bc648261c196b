//! Plays a list of timed events through an engine, cut into blocks of any size.
//!
//! ```text
//!  (sample, event) ─► blocks ─► Engine::process ─► samples
//! ```

use crate::painted_model;
use betwixt_engine::{Controls, Decoder, Engine, Event, EventKind, LATENTS, Note, Settings};
use betwixt_model::Model;
use std::sync::Arc;

/// An engine, what is asked of it, and when.
pub struct Player {
    /// The engine under test.
    pub engine: Engine,
    /// What is set from now on.
    pub controls: Controls,
    /// The right channel of what was played last; the left one is returned.
    pub right: Vec<f32>,
    events: Vec<(usize, EventKind)>,
    latents: Vec<(usize, usize, f32)>,
}

impl Player {
    /// An engine around a model at a host rate.
    ///
    /// # Panics
    ///
    /// When the model contradicts itself.
    #[must_use]
    pub fn new(model: &Model, sample_rate_hz: f32) -> Self {
        let decoder = Decoder::new(model).expect("the model is sound");
        let settings = Settings {
            sample_rate_hz,
            seed: 1,
        };
        Self::of(Arc::new(decoder), settings)
    }

    /// An engine around a decoder that others may share.
    #[must_use]
    pub fn of(decoder: Arc<Decoder>, settings: Settings) -> Self {
        let engine = Engine::new(decoder, settings);
        let mut controls = Controls::default();
        // Most tests measure one channel.
        controls.performance.width = 0.0;
        Self {
            engine,
            controls,
            right: Vec::new(),
            events: Vec::new(),
            latents: Vec::new(),
        }
    }

    /// The painted sound with nothing that bends its pitch: its partials are whole multiples of it.
    #[must_use]
    pub fn painted(sample_rate_hz: f32) -> Self {
        let mut player = Self::new(&painted_model(), sample_rate_hz);
        player.controls.performance.inharmonicity = 0.0;
        player.controls.latents = [0.0; LATENTS];
        player
    }

    /// The same at 48 kHz, and it stands still.
    #[must_use]
    pub fn still() -> Self {
        let mut player = Self::painted(48_000.0);
        player.controls.performance.time.frozen = true;
        player
    }

    /// A note of a key on channel 0.
    #[must_use]
    pub fn note(key: u8) -> Note {
        Note {
            id: None,
            channel: 0,
            key,
        }
    }

    /// Schedules an event at a sample counted from the next [`Player::play`].
    pub fn at(&mut self, sample: usize, kind: EventKind) -> &mut Self {
        self.events.push((sample, kind));
        self
    }

    /// Schedules a note from a sample to a sample.
    pub fn key(&mut self, key: u8, velocity: f32, from: usize, to: usize) -> &mut Self {
        let note = Self::note(key);
        self.at(from, EventKind::NoteOn { note, velocity })
            .at(to, EventKind::NoteOff { whom: note.into() })
    }

    /// Schedules a latent's move at a sample: the block is cut there, as the plugin does it.
    pub fn latent(&mut self, sample: usize, index: usize, value: f32) -> &mut Self {
        self.latents.push((sample, index, value));
        self
    }

    /// Moves the latents that are due at a sample; the sample of the next move.
    fn move_latents(&mut self, now: usize) -> Option<usize> {
        for (_, index, value) in self.latents.iter().filter(|(at, ..)| *at == now) {
            self.controls.latents[*index] = *value;
        }
        let later = self.latents.iter().map(|(at, ..)| *at);
        later.filter(|at| *at > now).min()
    }

    /// Plays `len` samples in blocks whose sizes go round `blocks`; forgets the events played.
    ///
    /// # Panics
    ///
    /// When `blocks` is empty or the channels differ.
    pub fn play(&mut self, len: usize, blocks: &[usize]) -> Vec<f32> {
        self.play_with(len, blocks, |_, _| {})
    }

    /// The same; `before` may move the controls before each block, given the block's first sample.
    ///
    /// # Panics
    ///
    /// When `blocks` is empty or the channels differ.
    pub fn play_with(
        &mut self,
        len: usize,
        blocks: &[usize],
        mut before: impl FnMut(usize, &mut Controls),
    ) -> Vec<f32> {
        self.events.sort_by_key(|(sample, _)| *sample);
        self.latents.sort_by_key(|(sample, ..)| *sample);
        let mut out = vec![f32::NAN; len];
        let mut right = vec![f32::NAN; len];
        let mut done = 0;
        for &block in blocks.iter().cycle() {
            if done == len {
                break;
            }
            let cut = self.move_latents(done).unwrap_or(len);
            let end = (done + block).min(len).min(cut);
            let due = self
                .events
                .iter()
                .filter(|(sample, _)| (done..end).contains(sample));
            let events: Vec<Event> = due
                .map(|&(sample, kind)| Event {
                    offset_samples: sample - done,
                    kind,
                })
                .collect();
            before(done, &mut self.controls);
            let (left, right) = (&mut out[done..end], &mut right[done..end]);
            self.engine.process(&self.controls, &events, left, right);
            done = end;
        }
        if self.controls.performance.width == 0.0 {
            assert!(out == right, "both channels carry the same sound");
        }
        self.right = right;
        self.events.clear();
        self.latents.clear();
        out
    }
}

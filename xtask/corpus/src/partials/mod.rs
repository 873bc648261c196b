//! The corpus of partials: notes of instruments and patches, as the numbers that tell their frames.
//!
//! ```text
//!  PartialsSettings ─► Plan: sounds × keys × velocities, split ─► PartialsNotes
//!                         └─► per sound: shard on disk, or render ─► analyse (all cores) ─► shard
//!                                                                [frames, numbers] f16 ◄─┘
//! ```
//!
//! Kept of each note: every frame of the first quarter of a second, every fourth after that, none
//! that is 60 dB below the note's loudest.

mod making;
mod settings;

pub use settings::PartialsSettings;

use crate::plan::{Note, Parts, Sound};
use crate::shard::Shard;
use crate::{CorpusError, Part};
use betwixt_analysis::partials::HOP_S;
use betwixt_spectral::number::narrow;
use half::f16;
use making::Maker;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

/// One note of a corpus.
#[derive(Clone, Debug, PartialEq)]
pub struct PartialsNote {
    /// Index among the sounds.
    pub sound: usize,
    /// MIDI key.
    pub key: u8,
    /// MIDI velocity.
    pub velocity: u8,
    /// What it is used for.
    pub part: Part,
    /// Level of its loudest frame, linear.
    pub peak: f32,
    /// Centre of gravity of its spectrum, in Hz.
    pub centroid_hz: f32,
    /// The frequency that its harmonics are multiples of.
    pub f0_hz: f64,
    /// How many partials it has.
    pub partials: usize,
}

impl PartialsNote {
    /// What it has in common with the notes of every corpus.
    #[must_use]
    pub fn note(&self) -> Note {
        Note {
            sound: self.sound,
            key: self.key,
            velocity: self.velocity,
            part: self.part,
        }
    }
}

/// All notes and the numbers of their frames, in memory.
#[derive(Debug)]
pub struct PartialsCorpus {
    settings: PartialsSettings,
    sounds: Vec<Sound>,
    notes: Vec<PartialsNote>,
    /// First frame of each note, and one past the last: `[notes + 1]`.
    starts: Vec<usize>,
    /// Time of each frame since note-on.
    times_s: Vec<f32>,
    /// `[frames, numbers]`.
    numbers: Vec<f16>,
}

impl PartialsCorpus {
    /// Reads the sounds of a corpus from `folder`, or renders and analyses them on all cores and
    /// keeps them there; damaged files are made anew. `progress` is told how many notes are done,
    /// and of how many.
    ///
    /// # Errors
    ///
    /// [`CorpusError`] when the settings cannot be met, the soundfont is missing, or the folder
    /// cannot be written.
    pub fn load(
        settings: &PartialsSettings,
        folder: &Path,
        progress: &(dyn Fn(usize, usize) + Sync),
    ) -> Result<Self, CorpusError> {
        settings.check()?;
        let plan = settings.plan();
        let sounds = plan.sounds();
        let total = sounds.iter().map(|sound| plan.notes(sound).len()).sum();
        let done = AtomicUsize::new(0);
        let count = |notes| {
            let before = done.fetch_add(notes, Ordering::Relaxed);
            progress(before + notes, total);
        };
        let mut corpus = Self::empty(settings, sounds);
        for sound in 0..corpus.sounds.len() {
            let maker = Maker::new(&plan, settings.format, &corpus.sounds[sound]);
            let shard = maker.shard(folder, &count)?;
            corpus.add(sound, &plan.parts(&corpus.sounds[sound]), shard);
        }
        Ok(corpus)
    }

    fn empty(settings: &PartialsSettings, sounds: Vec<Sound>) -> Self {
        Self {
            settings: settings.clone(),
            sounds,
            notes: Vec::new(),
            starts: vec![0],
            times_s: Vec::new(),
            numbers: Vec::new(),
        }
    }

    fn add(&mut self, sound: usize, parts: &Parts, shard: Shard) {
        for note in shard.notes {
            let seconds = |hop: &u32| narrow(f64::from(*hop) * HOP_S);
            self.times_s.extend(note.hops.iter().map(seconds));
            self.starts.push(self.times_s.len());
            self.notes.push(PartialsNote {
                sound,
                key: note.key,
                velocity: note.velocity,
                part: parts.of(note.key),
                peak: note.peak,
                centroid_hz: note.centroid_hz,
                f0_hz: note.f0_hz.into(),
                partials: note.partials,
            });
        }
        self.numbers.extend(shard.numbers);
    }

    /// What it was made from.
    #[must_use]
    pub fn settings(&self) -> &PartialsSettings {
        &self.settings
    }

    /// The sounds; a note's `sound` is an index here.
    #[must_use]
    pub fn sounds(&self) -> &[Sound] {
        &self.sounds
    }

    /// The notes, sound after sound.
    #[must_use]
    pub fn notes(&self) -> &[PartialsNote] {
        &self.notes
    }

    /// Seconds from note-on to the centre of each kept frame of a note.
    ///
    /// # Panics
    ///
    /// When there is no such note.
    #[must_use]
    pub fn times_s(&self, note: usize) -> &[f32] {
        &self.times_s[self.starts[note]..self.starts[note + 1]]
    }

    /// The numbers of one kept frame of a note, as the format of the settings writes them:
    /// `[numbers]`.
    ///
    /// # Panics
    ///
    /// When there is no such note or frame.
    #[must_use]
    pub fn frame(&self, note: usize, frame: usize) -> &[f16] {
        assert!(
            frame < self.times_s(note).len(),
            "note {note} has no frame {frame}"
        );
        let numbers = self.settings.format.numbers();
        &self.numbers[(self.starts[note] + frame) * numbers..][..numbers]
    }

    /// The samples of a note as they were analysed, struck with a velocity of its own or another;
    /// formulas know none.
    ///
    /// # Errors
    ///
    /// [`CorpusError`] when the soundfont is needed and missing.
    ///
    /// # Panics
    ///
    /// When there is no such note.
    pub fn real(&self, note: usize, velocity: u8) -> Result<Vec<f32>, CorpusError> {
        let (plan, note) = (self.settings.plan(), &self.notes[note]);
        let sound = &self.sounds[note.sound];
        plan.samples(sound, (note.key, velocity), plan.length_s)
    }

    /// The first so many seconds of any note of one of its sounds; sample 0 is its onset.
    ///
    /// # Errors
    ///
    /// [`CorpusError`] when the soundfont cannot be read.
    pub fn beginning(&self, note: Note, seconds: f64) -> Result<Vec<f32>, CorpusError> {
        let struck = (note.key, note.velocity);
        let plan = self.settings.plan();
        plan.samples(&self.sounds[note.sound], struck, seconds)
    }
}

//! The corpus of magnitude frames: all notes, their parts and their frames.
//!
//! ```text
//!  FrameSettings ─► sounds, notes (key, velocity, part) ─► per file: on disk, or render, transform
//!                                                          [notes, frames, bins] bf16 ◄─┘
//! ```

mod making;
mod settings;
mod table;

pub use settings::{FrameSettings, Played};

use crate::CorpusError;
use crate::plan::{Note, Sound};
use betwixt_model::header::Level;
use betwixt_spectral::number::narrow;
use half::bf16;
use making::Maker;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

/// All notes and their frames, in memory.
#[derive(Debug)]
pub struct FrameCorpus {
    settings: FrameSettings,
    sounds: Vec<Sound>,
    notes: Vec<Note>,
    values: Vec<bf16>,
}

impl FrameCorpus {
    /// Reads a corpus from `folder`, or renders it on all cores and keeps it there; damaged files
    /// are made anew. `progress` is told how many notes are done, and of how many.
    ///
    /// # Errors
    ///
    /// [`CorpusError`] when the settings cannot be met, the soundfont is needed and missing, or
    /// the folder cannot be written.
    pub fn load(
        settings: &FrameSettings,
        folder: &Path,
        progress: &(dyn Fn(usize, usize) + Sync),
    ) -> Result<Self, CorpusError> {
        settings.check()?;
        let (sounds, notes) = making::choose(settings);
        let done = AtomicUsize::new(0);
        let count = |more| {
            let before = done.fetch_add(more, Ordering::Relaxed);
            progress(before + more, notes.len());
        };
        let maker = Maker {
            settings,
            sounds: &sounds,
            notes: &notes,
        };
        let mut values = Vec::with_capacity(notes.len() * maker.per_note());
        for kept in maker.files(folder) {
            values.extend(maker.values(&kept, &count)?);
        }
        Ok(Self {
            settings: settings.clone(),
            sounds,
            notes,
            values,
        })
    }

    /// What it was made from.
    #[must_use]
    pub fn settings(&self) -> &FrameSettings {
        &self.settings
    }

    /// The sounds; a note's `sound` is an index here.
    #[must_use]
    pub fn sounds(&self) -> &[Sound] {
        &self.sounds
    }

    /// The notes, sound after sound.
    #[must_use]
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// One frame of a note, `[bins]`: linear magnitudes, 1 being the note's maximum.
    ///
    /// # Panics
    ///
    /// When there is no such note or frame.
    #[must_use]
    pub fn frame(&self, note: usize, frame: usize) -> &[bf16] {
        let bins = self.settings.geometry.bins();
        let start = (note * self.settings.frames_per_note() + frame) * bins;
        &self.values[start..start + bins]
    }

    /// The largest magnitude of a frame.
    ///
    /// # Panics
    ///
    /// When there is no such note or frame.
    #[must_use]
    pub fn loudest(&self, note: usize, frame: usize) -> f32 {
        let values = self.frame(note, frame).iter();
        values.map(|value| value.to_f32()).fold(0.0, f32::max)
    }

    /// Writes the numbers of a frame, `[bins]`, as networks see them: divided by what the settings
    /// say, on the scale of the settings; silence is zeros.
    ///
    /// # Panics
    ///
    /// When there is no such note or frame, or `numbers` is shorter.
    pub fn read(&self, note: usize, frame: usize, numbers: &mut [f32]) {
        let loudest = match self.settings.level {
            Level::FrameMax => self.loudest(note, frame),
            Level::NoteMax => 1.0,
        };
        let gain = if loudest > 0.0 { loudest.recip() } else { 0.0 };
        let values = self.frame(note, frame);
        for (out, value) in numbers[..values.len()].iter_mut().zip(values) {
            *out = value.to_f32() * gain;
        }
        self.settings.scale.encode(numbers);
    }

    /// Seconds from the onset to the centre of a frame.
    #[must_use]
    pub fn time_s(&self, frame: usize) -> f32 {
        narrow(self.settings.time_s(frame))
    }

    /// The samples of a note from its onset on, struck with a velocity of its own or another;
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
        let maker = Maker {
            settings: &self.settings,
            sounds: &self.sounds,
            notes: &self.notes,
        };
        maker.real(note, velocity)
    }
}

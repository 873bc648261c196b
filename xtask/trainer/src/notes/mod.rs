//! What a training reads, whatever the family: notes, and for each some moments told by numbers.
//!
//! ```text
//!  FrameCorpus     ─► FrameNotes    ─┐
//!  PartialsCorpus  ─► PartialsNotes ─┴─► dyn Notes ─► Examples, Judge, export
//!                                                      read:   the numbers that a network sees
//!                                                      weigh:  which of them count, and how much
//!                                                      linear: amplitudes, for scores and names
//! ```

mod frames;
mod partials;

pub use frames::FrameNotes;
pub use partials::PartialsNotes;

use crate::error::TrainerError;
use crate::recipe::{Material, Recipe};
pub use betwixt_corpus::Note;
use betwixt_corpus::{FrameCorpus, PartialsCorpus};
use betwixt_model::header::Output;
use betwixt_spectral::PartialsFrame;
use std::fmt::Debug;
use std::path::Path;

/// The attack, in seconds: as long as the engine decodes a note at every hop.
pub(crate) const ATTACK_S: f32 = 0.05;

/// A moment of a note: one that is stored, or silence before, between or after those.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Moment {
    /// The frame with this number.
    Frame(usize),
    /// Nothing to hear at this time, in seconds since onset.
    Silence(f32),
}

/// How much each number of a moment counts in the loss, `[numbers]` each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Weights {
    /// Of an amplitude, 0 where it is not learnt; errors count relative to the spread of all
    /// amplitudes, weighted alike.
    pub amplitudes: Vec<f32>,
    /// For what is told beside amplitudes: level, tuning, places.
    pub told: Vec<f32>,
}

/// A collection of notes, as networks see it.
pub trait Notes: Debug + Send + Sync {
    /// Names of the sounds.
    fn sounds(&self) -> &[String];

    /// The notes.
    fn notes(&self) -> &[Note];

    /// What the numbers mean.
    fn output(&self) -> Output;

    /// Seconds from onset to each stored frame of a note, rising.
    fn times_s(&self, note: usize) -> &[f32];

    /// Seconds that every note is learnt for.
    fn length_s(&self) -> f32;

    /// Seconds around a stored frame that it speaks for.
    fn reach_s(&self) -> f32;

    /// Writes the numbers of a stored frame, `[numbers]`.
    fn read(&self, note: usize, frame: usize, numbers: &mut [f32]);

    /// The beginning of a note of one of its sounds, whether it is among its notes or not: sample 0 is
    /// its onset, at 44.1 kHz. `None` where there is none to be had.
    ///
    /// # Errors
    ///
    /// [`TrainerError::Corpus`] when it cannot be rendered.
    fn beginning(&self, note: Note, seconds: f64) -> Result<Option<Vec<f32>>, TrainerError>;

    /// How much each number of a note's moment counts on a key; `None` when all count alike.
    fn weigh(&self, note: usize, key: u8, moment: Moment, numbers: &[f32]) -> Option<Weights>;

    /// Amplitudes behind a moment's numbers for a key: their squares add up to its power.
    fn linear(&self, key: u8, numbers: &[f32]) -> Vec<f32>;

    /// A moment's numbers as partials and noise, for descriptors.
    fn partials(&self, key: u8, numbers: &[f32]) -> PartialsFrame;

    /// What the collection is, for the card.
    fn describe(&self) -> String;

    /// The moment of a note at a time.
    fn moment(&self, note: usize, time_s: f32) -> Moment {
        let times = self.times_s(note);
        let above = times.partition_point(|time| *time < time_s);
        let near = [above.wrapping_sub(1), above].into_iter();
        let distance = |frame: &usize| (times[*frame] - time_s).abs();
        let near = near.filter(|frame| *frame < times.len());
        match near.min_by(|a, b| distance(a).total_cmp(&distance(b))) {
            Some(frame) if distance(&frame) <= self.reach_s() => Moment::Frame(frame),
            _ => Moment::Silence(time_s),
        }
    }

    /// Seconds since onset of a moment.
    fn time_s(&self, note: usize, moment: Moment) -> f32 {
        match moment {
            Moment::Frame(frame) => self.times_s(note)[frame],
            Moment::Silence(time_s) => time_s,
        }
    }

    /// Writes the numbers of a moment; silence is all zeros.
    fn write(&self, note: usize, moment: Moment, numbers: &mut [f32]) {
        match moment {
            Moment::Frame(frame) => self.read(note, frame, numbers),
            Moment::Silence(_) => numbers.fill(0.0),
        }
    }

    /// Seconds that each stored frame stands for: half the way to its neighbours.
    fn spans_s(&self, note: usize) -> Vec<f32> {
        let times = self.times_s(note);
        let at = |frame: usize| times[frame.min(times.len() - 1)];
        let span = |frame: usize| (at(frame + 1) - at(frame.saturating_sub(1))) / 2.0;
        (0..times.len())
            .map(|frame| span(frame).max(1e-3))
            .collect()
    }
}

/// The notes of a recipe, from the cache below `folder` or made now; `progress` is told how many
/// are done, and of how many.
///
/// # Errors
///
/// [`TrainerError::Corpus`] when they cannot be made or kept.
pub fn load(
    recipe: &Recipe,
    folder: &Path,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Box<dyn Notes>, TrainerError> {
    Ok(match &recipe.material {
        Material::Frames(settings) => {
            let corpus = FrameCorpus::load(settings, folder, progress)?;
            Box::new(FrameNotes::new(recipe.training.latent_of, corpus))
        }
        Material::Partials(settings) => {
            let folder = folder.join("partials");
            let corpus = PartialsCorpus::load(settings, &folder, progress)?;
            Box::new(PartialsNotes::new(corpus, &recipe.training))
        }
    })
}

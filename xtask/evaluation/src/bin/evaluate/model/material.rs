//! The sounds that a model was made from, as its recipe names them.
//!
//! ```text
//!  models/NAME/recipe.toml ─► [material.partials | material.frames] ─► Material
//!     notes (sound, key, velocity, part) ─┬─► frames: what the encoder reads  [≤ 64][numbers]
//!                                         └─► real: the sound itself          [samples]
//! ```

use crate::failure::Failure;
pub(crate) use betwixt_corpus::Note;
use betwixt_corpus::{
    Family, FrameCorpus, Material as Told, Part, PartialsCorpus, PartialsNote, Sound, Source,
};
use std::path::Path;

/// Frames of a note that are encoded at most, spread over it: as the trainer does.
const MOST_FRAMES: usize = 64;

/// All notes of a model's corpus.
pub(crate) struct Material {
    pub(crate) sounds: Vec<(String, Family)>,
    pub(crate) notes: Vec<Note>,
    kind: Kind,
}

enum Kind {
    Partials(PartialsCorpus),
    Frames(FrameCorpus),
}

impl Material {
    /// Loads what a recipe names: from the cache, or made anew.
    pub(crate) fn load(
        told: &Told,
        cache: &Path,
        progress: &(dyn Fn(usize, usize) + Sync),
    ) -> Result<Self, Failure> {
        let sound = |sound: &Sound| (sound.name.clone(), sound.family);
        Ok(match told {
            Told::Partials(settings) => {
                let corpus = PartialsCorpus::load(settings, &cache.join("partials"), progress)?;
                Self {
                    sounds: corpus.sounds().iter().map(sound).collect(),
                    notes: corpus.notes().iter().map(PartialsNote::note).collect(),
                    kind: Kind::Partials(corpus),
                }
            }
            Told::Frames(settings) => {
                let corpus = FrameCorpus::load(settings, cache, progress)?;
                Self {
                    sounds: corpus.sounds().iter().map(sound).collect(),
                    notes: corpus.notes().to_vec(),
                    kind: Kind::Frames(corpus),
                }
            }
        })
    }

    /// Notes of a part that sound at all, as indices.
    pub(crate) fn of_part(&self, wanted: impl Fn(Part) -> bool) -> Vec<usize> {
        let notes = 0..self.notes.len();
        notes
            .filter(|note| wanted(self.notes[*note].part) && self.count(*note) > 0)
            .collect()
    }

    /// What the encoder reads of a note.
    pub(crate) fn frames(&self, note: usize) -> Vec<Vec<f32>> {
        let count = self.count(note);
        let stride = count.div_ceil(MOST_FRAMES).max(1);
        let frame = |frame: usize| match &self.kind {
            Kind::Partials(corpus) => {
                let numbers = corpus.frame(note, frame).iter();
                numbers.map(|number| number.to_f32()).collect()
            }
            Kind::Frames(corpus) => {
                let mut numbers = vec![0.0; corpus.settings().geometry.bins()];
                corpus.read(note, frame, &mut numbers);
                numbers
            }
        };
        (0..count).step_by(stride).map(frame).collect()
    }

    /// Seconds from the onset to each of [`Self::frames`]; none of frames that no times are told of.
    pub(crate) fn times_s(&self, note: usize) -> Vec<f32> {
        let Kind::Partials(corpus) = &self.kind else {
            return Vec::new();
        };
        let times = corpus.times_s(note);
        let stride = times.len().div_ceil(MOST_FRAMES).max(1);
        times.iter().copied().step_by(stride).collect()
    }

    /// The sound of a note, sample 0 being its onset.
    pub(crate) fn real(&self, note: usize) -> Result<Vec<f32>, Failure> {
        self.rendered(note, self.notes[note].velocity)
    }

    /// The sound of a note's key struck with another velocity; `None` where the sounds know none.
    pub(crate) fn real_struck(
        &self,
        note: usize,
        velocity: u8,
    ) -> Result<Option<Vec<f32>>, Failure> {
        let source = match &self.kind {
            Kind::Partials(corpus) => &corpus.settings().source,
            Kind::Frames(corpus) => corpus.settings().source(),
        };
        match source {
            Source::Formulas => Ok(None),
            Source::Soundfont { .. } => self.rendered(note, velocity).map(Some),
        }
    }

    fn rendered(&self, note: usize, velocity: u8) -> Result<Vec<f32>, Failure> {
        Ok(match &self.kind {
            Kind::Partials(corpus) => corpus.real(note, velocity)?,
            Kind::Frames(corpus) => corpus.real(note, velocity)?,
        })
    }

    fn count(&self, note: usize) -> usize {
        match &self.kind {
            Kind::Partials(corpus) => corpus.times_s(note).len(),
            Kind::Frames(corpus) => corpus.settings().frames_per_note(),
        }
    }
}

/// What a recipe says of the sounds.
pub(crate) fn told(recipe: &Path) -> Result<Told, Failure> {
    let refuse = |reason: String| Failure::Recipe {
        path: recipe.to_path_buf(),
        reason,
    };
    let text = std::fs::read_to_string(recipe).map_err(|error| refuse(error.to_string()))?;
    Told::of_recipe(&text).map_err(refuse)
}

/// So many of a list, spread evenly over it.
pub(crate) fn spread<T: Copy>(list: &[T], count: usize) -> Vec<T> {
    let count = count.min(list.len());
    (0..count).map(|i| list[i * list.len() / count]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As many as asked for, each once, from the beginning to near the end.
    #[test]
    fn choices_are_spread() {
        let list: Vec<usize> = (0..100).collect();
        assert_eq!(spread(&list, 4), [0, 25, 50, 75]);
        assert_eq!(spread(&list, 1000), list);
        assert!(spread::<u8>(&[], 3).is_empty());
    }
}

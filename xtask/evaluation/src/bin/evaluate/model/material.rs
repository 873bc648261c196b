//! The sounds that a model was made from, as its recipe names them.
//!
//! ```text
//!  models/NAME/recipe.toml ─► [material.partials | material.frames] ─► Material
//!     notes (sound, key, velocity, part) ─┬─► frames: what the encoder reads  [≤ 64][numbers]
//!                                         └─► real: the sound itself          [samples]
//! ```

use crate::failure::Failure;
use betwixt_corpus::{
    Corpus, Family, LEAD_IN_SAMPLES, Part, PartialsCorpus, PartialsNote, PartialsSettings,
    Settings, Source, bank, real_note, render,
};
use betwixt_model::header::NoteConditioning;
use betwixt_spectral::{Geometry, MagnitudeScale};
use serde::Deserialize;
use std::path::Path;

/// Frames of a note that are encoded at most, spread over it: as the trainer does.
const MOST_FRAMES: usize = 64;
/// What a corpus of frames was played with: its formulas know no velocity.
const FRAMES_VELOCITY: u8 = 100;

/// One note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Note {
    pub(crate) sound: usize,
    pub(crate) key: u8,
    pub(crate) velocity: u8,
    pub(crate) part: Part,
}

/// All notes of a model's corpus.
pub(crate) struct Material {
    pub(crate) sounds: Vec<(String, Family)>,
    pub(crate) notes: Vec<Note>,
    kind: Kind,
}

enum Kind {
    Partials(PartialsCorpus),
    Frames(Corpus, MagnitudeScale),
}

/// What matters here of a recipe.
#[derive(Deserialize)]
struct Recipe {
    material: Told,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Told {
    Partials(PartialsSettings),
    Frames(Frames),
}

#[derive(Deserialize)]
struct Frames {
    seed: u64,
    keys_per_patch: usize,
    frame_stride: usize,
    geometry: Geometry,
    scale: MagnitudeScale,
    note: NoteConditioning,
}

impl Material {
    /// Reads the recipe and loads what it names: from the cache, or made anew.
    pub(crate) fn load(
        recipe: &Path,
        cache: &Path,
        progress: &(dyn Fn(usize, usize) + Sync),
    ) -> Result<Self, Failure> {
        let refuse = |reason: String| Failure::Recipe {
            path: recipe.to_path_buf(),
            reason,
        };
        let text = std::fs::read_to_string(recipe).map_err(|error| refuse(error.to_string()))?;
        let told: Recipe = toml::from_str(&text).map_err(|error| refuse(error.to_string()))?;
        match told.material {
            Told::Partials(settings) => {
                let corpus = PartialsCorpus::load(&settings, &cache.join("partials"), progress)?;
                Ok(Self::of_partials(corpus))
            }
            Told::Frames(frames) => {
                let scale = frames.scale;
                let corpus = Corpus::load(frames.settings(), cache, progress)?;
                Ok(Self::of_frames(corpus, scale))
            }
        }
    }

    fn of_partials(corpus: PartialsCorpus) -> Self {
        let sound = |sound: &betwixt_corpus::Sound| (sound.name.clone(), sound.family);
        let note = |note: &PartialsNote| Note {
            sound: note.sound,
            key: note.key,
            velocity: note.velocity,
            part: note.part,
        };
        Self {
            sounds: corpus.sounds().iter().map(sound).collect(),
            notes: corpus.notes().iter().map(note).collect(),
            kind: Kind::Partials(corpus),
        }
    }

    fn of_frames(corpus: Corpus, scale: MagnitudeScale) -> Self {
        let patches = corpus.patches().iter().enumerate();
        let note = |note: &betwixt_corpus::Note| Note {
            sound: note.patch,
            key: note.key,
            velocity: FRAMES_VELOCITY,
            part: note.part,
        };
        Self {
            sounds: patches
                .map(|(i, patch)| (patch.name.clone(), bank::kind(i)))
                .collect(),
            notes: corpus.notes().iter().map(note).collect(),
            kind: Kind::Frames(corpus, scale),
        }
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
            Kind::Frames(corpus, scale) => {
                let values = corpus.frame(note, frame).iter();
                let mut values: Vec<f32> = values.map(|value| value.to_f32()).collect();
                scale.encode(&mut values);
                values
            }
        };
        (0..count).step_by(stride).map(frame).collect()
    }

    /// The sound of a note, sample 0 being its onset.
    pub(crate) fn real(&self, note: usize) -> Result<Vec<f32>, Failure> {
        match &self.kind {
            Kind::Partials(corpus) => Ok(real_note(corpus.settings(), &corpus.notes()[note])?),
            Kind::Frames(corpus, _) => {
                let Note { sound, key, .. } = self.notes[note];
                let seed = corpus.settings().seed.wrapping_add(note as u64);
                let samples = render(&corpus.patches()[sound], key, seed);
                Ok(samples[LEAD_IN_SAMPLES..].to_vec())
            }
        }
    }

    /// The sound of a note's key struck with another velocity; `None` where the sounds know none.
    pub(crate) fn real_struck(
        &self,
        note: usize,
        velocity: u8,
    ) -> Result<Option<Vec<f32>>, Failure> {
        let Kind::Partials(corpus) = &self.kind else {
            return Ok(None);
        };
        if corpus.settings().source == Source::Formulas {
            return Ok(None);
        }
        let struck = PartialsNote {
            velocity,
            ..corpus.notes()[note].clone()
        };
        Ok(Some(real_note(corpus.settings(), &struck)?))
    }

    fn count(&self, note: usize) -> usize {
        match &self.kind {
            Kind::Partials(corpus) => corpus.times_s(note).len(),
            Kind::Frames(corpus, _) => corpus.settings().frames_per_note(),
        }
    }
}

impl Frames {
    fn settings(&self) -> Settings {
        Settings {
            seed: self.seed,
            keys: self.note.keys(),
            keys_per_patch: self.keys_per_patch,
            frame_stride: self.frame_stride,
            geometry: self.geometry,
        }
    }
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

    /// The recipes of both families are understood.
    #[test]
    fn recipes_are_read() {
        let partials = r#"
            name = "Any"
            [material.partials]
            source = { soundfont = { programs = [0], held_out = [42] } }
            seed = 1
            keys = [24, 96]
            key_step = 1
            velocities = [60, 110]
            length_s = 1.5
            hole = false
            format = { exponent = 0.3, free = false }
        "#;
        let told: Recipe = toml::from_str(partials).unwrap();
        assert!(matches!(told.material, Told::Partials(s) if s.velocities == [60, 110]));
        let frames = r#"
            [material.frames]
            seed = 7
            keys_per_patch = 15
            frame_stride = 1
            geometry = { fft_len = 4096, hop = 1024, sample_rate_hz = 44100 }
            scale = { power = { exponent = 0.5 } }
            level = "note_max"
            note = { octave_and_chroma = { low = 36, high = 96 } }
            time = true
        "#;
        let told: Recipe = toml::from_str(frames).unwrap();
        let Told::Frames(frames) = told.material else {
            panic!("frames were told");
        };
        assert_eq!(frames.settings().keys, (36, 96));
    }
}

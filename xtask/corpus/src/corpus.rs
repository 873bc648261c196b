//! The corpus: all notes, their parts and their frames.
//!
//! ```text
//!  Settings ─► notes (patch, key, part) ─► render, analyse (all cores) ─► [notes, frames, bins]
//!                                            └── or read from the cache ──┘
//! ```

use crate::cache;
use crate::{
    CorpusError, LEAD_IN_SAMPLES, NOTE_S, Part, Patch, SAMPLE_RATE_HZ, bank, render, split,
};
use betwixt_analysis::{Level, Magnitudes};
use betwixt_spectral::Geometry;
use betwixt_spectral::number::{index, narrow};
use half::bf16;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The version of the formulas. Whoever changes how a note sounds raises it, and every cache is
/// made anew.
pub(crate) const FORMULAS: u32 = 1;

/// What decides every number of a corpus.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Seed of the patches, the keys, the parts and the noise.
    pub seed: u64,
    /// Lowest and highest key, both included.
    pub keys: (u8, u8),
    /// How many keys of each patch are rendered, spread over the range.
    pub keys_per_patch: usize,
    /// Every how many frames one is kept; 1 keeps all.
    pub frame_stride: usize,
    /// The frames.
    pub geometry: Geometry,
}

/// One note of the corpus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Note {
    /// Index among the patches.
    pub patch: usize,
    /// MIDI key.
    pub key: u8,
    /// What it is used for.
    pub part: Part,
}

/// All notes and their frames, in memory.
#[derive(Debug)]
pub struct Corpus {
    settings: Settings,
    patches: Vec<Patch>,
    notes: Vec<Note>,
    values: Vec<bf16>,
}

impl Settings {
    /// Frames kept of every note.
    #[must_use]
    pub fn frames_per_note(&self) -> usize {
        let hops = NOTE_S * f64::from(SAMPLE_RATE_HZ) / self.geometry.hop() as f64;
        index(hops) / self.frame_stride.max(1) + 1
    }

    /// A name that no other corpus has: formulas and settings, readable.
    fn cache_name(&self) -> String {
        format!(
            "formulas-{FORMULAS}-seed-{}-keys-{}-{}-per-patch-{}-stride-{}-{}-{}-{}.frames",
            self.seed,
            self.keys.0,
            self.keys.1,
            self.keys_per_patch,
            self.frame_stride,
            self.geometry.fft_len(),
            self.geometry.hop(),
            self.geometry.sample_rate_hz()
        )
    }

    fn notes(&self, patches: usize) -> Vec<Note> {
        let of_patch = |patch| {
            let keys = split::keys(patch, self.keys, self.keys_per_patch, self.seed);
            let note = move |(key, part)| Note { patch, key, part };
            keys.into_iter().map(note)
        };
        (0..patches).flat_map(of_patch).collect()
    }
}

impl Corpus {
    /// Reads a corpus from the cache below `folder`, or renders it on all cores and keeps it
    /// there; a damaged cache is made anew. `progress` is told how many notes are done, and of how
    /// many.
    ///
    /// # Errors
    ///
    /// [`CorpusError`] when the folder cannot be written; when the settings cannot be rendered
    /// (another rate than [`SAMPLE_RATE_HZ`], frames longer than the lead-in) it says so.
    pub fn load(
        settings: Settings,
        folder: &Path,
        progress: &(dyn Fn(usize, usize) + Sync),
    ) -> Result<Self, CorpusError> {
        check(&settings)?;
        let patches = bank::patches(settings.seed);
        let notes = settings.notes(patches.len());
        let length = notes.len() * settings.frames_per_note() * settings.geometry.bins();
        let path = folder.join(settings.cache_name());
        let kept = cache::read(&path).filter(|bytes| bytes.len() == 2 * length);
        let values = match kept {
            Some(bytes) => from_bytes(&bytes),
            None => {
                let values = make(&settings, &patches, &notes, progress);
                cache::write(&path, &to_bytes(&values))?;
                values
            }
        };
        Ok(Self {
            settings,
            patches,
            notes,
            values,
        })
    }

    /// What it was made from.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The sounds; a note's `patch` is an index here.
    #[must_use]
    pub fn patches(&self) -> &[Patch] {
        &self.patches
    }

    /// The notes.
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

    /// Seconds from the onset to the centre of a frame.
    #[must_use]
    pub fn time_s(&self, frame: usize) -> f32 {
        narrow((frame * self.settings.frame_stride) as f64 * self.settings.geometry.hop_s())
    }
}

fn from_bytes(bytes: &[u8]) -> Vec<bf16> {
    let value = |bytes: &[u8]| bf16::from_le_bytes([bytes[0], bytes[1]]);
    bytes.chunks_exact(2).map(value).collect()
}

fn to_bytes(values: &[bf16]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect()
}

fn check(settings: &Settings) -> Result<(), CorpusError> {
    let refuse =
        |field, expected: String, found: String| Err(CorpusError::settings(field, expected, found));
    let geometry = settings.geometry;
    if geometry.sample_rate_hz() != SAMPLE_RATE_HZ {
        let found = geometry.sample_rate_hz().to_string();
        return refuse("sample_rate_hz", SAMPLE_RATE_HZ.to_string(), found);
    }
    let (low, high) = settings.keys;
    if low > high || high > 119 || low < 21 {
        let expected = "from 21 to 119, the lowest not above the highest".into();
        return refuse("keys", expected, format!("{low} to {high}"));
    }
    if settings.keys_per_patch == 0 || settings.frame_stride == 0 {
        return refuse(
            "keys_per_patch, frame_stride",
            "at least 1".into(),
            "0".into(),
        );
    }
    Ok(())
}

fn make(
    settings: &Settings,
    patches: &[Patch],
    notes: &[Note],
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Vec<bf16> {
    let per_note = settings.frames_per_note() * settings.geometry.bins();
    let mut values = vec![bf16::ZERO; notes.len() * per_note];
    let done = AtomicUsize::new(0);
    let slots = values.par_chunks_mut(per_note).zip(notes).enumerate();
    slots.for_each(|(number, (out, note))| {
        let seed = settings.seed.wrapping_mul(31).wrapping_add(number as u64);
        let samples = render(&patches[note.patch], note.key, seed);
        let frames = Magnitudes::of_note(settings.geometry, &samples, LEAD_IN_SAMPLES);
        let mut frames = frames.expect("the lead-in fits every geometry: both are powers of two");
        frames.normalise(Level::NoteMax);
        for (kept, out) in out.chunks_exact_mut(settings.geometry.bins()).enumerate() {
            let frame = frames.frame(kept * settings.frame_stride);
            let rounded = out.iter_mut().zip(frame);
            rounded.for_each(|(out, value)| *out = bf16::from_f32(*value));
        }
        progress(done.fetch_add(1, Ordering::Relaxed) + 1, notes.len());
    });
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small() -> Settings {
        Settings {
            seed: 3,
            keys: (84, 95),
            keys_per_patch: 1,
            frame_stride: 16,
            geometry: Geometry::new(1_024, 256, SAMPLE_RATE_HZ).unwrap(),
        }
    }

    fn load(folder: &Path) -> (Corpus, usize) {
        let rendered = AtomicUsize::new(0);
        let count = |_, _| {
            rendered.fetch_add(1, Ordering::Relaxed);
        };
        let corpus = Corpus::load(small(), folder, &count).unwrap();
        (corpus, rendered.into_inner())
    }

    /// What comes from the cache is what was rendered; a cut or altered cache is made anew, the
    /// same again whatever the number of cores.
    #[test]
    fn caches_are_believed_only_when_whole() {
        let folder = tempfile::tempdir().unwrap();
        let (first, rendered) = load(folder.path());
        assert_eq!(rendered, 120);
        let (second, rendered) = load(folder.path());
        assert_eq!(rendered, 0);
        assert!(first.values == second.values);

        let path = folder.path().join(small().cache_name());
        let whole = std::fs::read(&path).unwrap();
        let mut altered = whole.clone();
        altered[1_000] ^= 1;
        for damaged in [&whole[..whole.len() - 1], &altered, b""] {
            std::fs::write(&path, damaged).unwrap();
            let (again, rendered) = load(folder.path());
            assert_eq!(rendered, 120);
            assert!(again.values == first.values);
        }
    }

    /// Every note reaches 1 somewhere, nothing is larger, and nothing is not a number.
    #[test]
    fn notes_are_normalised() {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = small();
        settings.frame_stride = 1;
        settings.geometry = Geometry::new(4_096, 1_024, SAMPLE_RATE_HZ).unwrap();
        settings.keys = (60, 60);
        let corpus = Corpus::load(settings, folder.path(), &|_, _| {}).unwrap();
        assert_eq!(settings.frames_per_note(), 65);
        for note in 0..corpus.notes().len() {
            let frames = (0..65).flat_map(|frame| corpus.frame(note, frame));
            let loudest = frames.map(|value| value.to_f32()).fold(0.0, f32::max);
            let name = &corpus.patches()[corpus.notes()[note].patch].name;
            // A slow pad may be loudest just after its last kept frame.
            assert!((0.9..=1.0).contains(&loudest), "{name}: {loudest}");
        }
    }
}

//! Making the frames of notes: rendered, given a past and a future, transformed, divided by the
//! note's maximum.
//!
//! ```text
//!  file of some notes ─► on disk? ─┬─► yes: read
//!                                  └─► no: render ─► [past | note | future] ─► magnitudes ─► write
//!                                              (all cores)        [notes, frames, bins] bf16
//! ```

use super::settings::{FrameSettings, Played};
use crate::plan::{FORMULA_VELOCITY, FORMULAS, Note, Plan, SILENT, Sound, patches};
use crate::{CorpusError, LEAD_IN_SAMPLES, SAMPLE_RATE_HZ, bank, cache, render, split};
use betwixt_analysis::{Level, Magnitudes};
use betwixt_spectral::number::{index, real};
use half::bf16;
use rayon::prelude::*;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Whoever changes what the file of a sound holds raises it.
const LAYOUT: u32 = 1;

/// Renders and transforms the notes of a corpus.
pub(super) struct Maker<'a> {
    pub(super) settings: &'a FrameSettings,
    pub(super) sounds: &'a [Sound],
    pub(super) notes: &'a [Note],
}

/// Notes that are kept in one file.
pub(super) struct Kept {
    pub(super) path: PathBuf,
    pub(super) notes: Range<usize>,
}

/// The sounds of a corpus and all their notes, sound after sound.
pub(super) fn choose(settings: &FrameSettings) -> (Vec<Sound>, Vec<Note>) {
    let plan = settings.plan();
    let sounds = match &plan {
        Some(plan) => plan.sounds(),
        None => patches(settings.seed, settings.note.keys()),
    };
    let notes = sounds.iter().enumerate();
    let notes = notes.flat_map(|(number, sound)| match &plan {
        Some(plan) => planned(plan, number, sound),
        None => by_chance(settings, number, sound),
    });
    let notes = notes.collect();
    (sounds, notes)
}

fn planned(plan: &Plan, number: usize, sound: &Sound) -> Vec<Note> {
    let parts = plan.parts(sound);
    let note = |(key, velocity)| Note {
        sound: number,
        key,
        velocity,
        part: parts.of(key),
    };
    plan.notes(sound).into_iter().map(note).collect()
}

fn by_chance(settings: &FrameSettings, number: usize, sound: &Sound) -> Vec<Note> {
    let Played::Patches { keys_per_patch } = settings.played else {
        return Vec::new();
    };
    let keys = split::keys(sound.number, sound.keys, keys_per_patch, settings.seed);
    let note = |(key, part)| Note {
        sound: number,
        key,
        velocity: FORMULA_VELOCITY,
        part,
    };
    keys.into_iter().map(note).collect()
}

impl Maker<'_> {
    /// Where the notes are kept, in their order: a file for each planned sound, so that a corpus
    /// that was stopped goes on with the next; patches, which are made in a minute, share one.
    pub(super) fn files(&self, folder: &Path) -> Vec<Kept> {
        let Some(plan) = self.settings.plan() else {
            return vec![Kept {
                path: folder.join(self.name_of_patches()),
                notes: 0..self.notes.len(),
            }];
        };
        let mut end = 0;
        let kept = |(number, sound): (usize, &Sound)| {
            let start = end;
            end += plan.notes(sound).len();
            debug_assert!(self.notes[start..end].iter().all(|n| n.sound == number));
            let how = serde_json::json!({
                "magnitudes": LAYOUT,
                "geometry": self.settings.geometry,
                "frame_stride": self.settings.frame_stride,
            });
            Kept {
                path: folder
                    .join("frames")
                    .join(plan.file_name(sound, how, "frames")),
                notes: start..end,
            }
        };
        self.sounds.iter().enumerate().map(kept).collect()
    }

    /// A name that no other corpus of patches has: formulas and settings, readable.
    fn name_of_patches(&self) -> String {
        let Played::Patches { keys_per_patch } = self.settings.played else {
            return String::new();
        };
        let (low, high) = self.settings.note.keys();
        let geometry = self.settings.geometry;
        format!(
            "formulas-{FORMULAS}-seed-{}-keys-{low}-{high}-per-patch-{keys_per_patch}-stride-{}-{}-\
             {}-{}.frames",
            self.settings.seed,
            self.settings.frame_stride,
            geometry.fft_len(),
            geometry.hop(),
            geometry.sample_rate_hz()
        )
    }

    /// The values of a file, from the disk or made and put there. `done` is told how many notes
    /// are done since it was last told.
    pub(super) fn values(
        &self,
        kept: &Kept,
        done: &(impl Fn(usize) + Sync),
    ) -> Result<Vec<bf16>, CorpusError> {
        let length = kept.notes.len() * self.per_note();
        let bytes = cache::read(&kept.path).filter(|bytes| bytes.len() == 2 * length);
        if let Some(bytes) = bytes {
            done(kept.notes.len());
            return Ok(from_bytes(&bytes));
        }
        let values = self.make(kept.notes.clone(), done)?;
        cache::write(&kept.path, &to_bytes(&values))?;
        Ok(values)
    }

    /// Values of one note.
    pub(super) fn per_note(&self) -> usize {
        self.settings.frames_per_note() * self.settings.geometry.bins()
    }

    fn make(
        &self,
        notes: Range<usize>,
        done: &(impl Fn(usize) + Sync),
    ) -> Result<Vec<bf16>, CorpusError> {
        let mut values = vec![bf16::ZERO; notes.len() * self.per_note()];
        let slots = values.par_chunks_mut(self.per_note()).zip(notes);
        slots.try_for_each(|(out, note)| {
            let written = self.write(note, out);
            done(1);
            written
        })?;
        Ok(values)
    }

    fn write(&self, note: usize, out: &mut [bf16]) -> Result<(), CorpusError> {
        let geometry = self.settings.geometry;
        let samples = self.samples(note)?;
        let frames = Magnitudes::of_note(geometry, &samples, LEAD_IN_SAMPLES);
        let mut frames = frames.expect("the lead-in fits every geometry: both are powers of two");
        // A sine of amplitude 1 under a Hann window has a peak of a quarter of the length.
        if frames.loudest() < SILENT * real(geometry.fft_len()) / 4.0 {
            let Note {
                sound,
                key,
                velocity,
                ..
            } = self.notes[note];
            let sound = self.sounds[sound].name.clone();
            return Err(CorpusError::Silent {
                sound,
                key,
                velocity,
            });
        }
        frames.normalise(Level::NoteMax);
        for (kept, out) in out.chunks_exact_mut(geometry.bins()).enumerate() {
            let frame = frames.frame(kept * self.settings.frame_stride);
            let rounded = out.iter_mut().zip(frame);
            rounded.for_each(|(out, value)| *out = bf16::from_f32(*value));
        }
        Ok(())
    }

    /// A note with [`LEAD_IN_SAMPLES`] before its onset and as many after its end.
    fn samples(&self, note: usize) -> Result<Vec<f32>, CorpusError> {
        let Note {
            sound,
            key,
            velocity,
            ..
        } = self.notes[note];
        let Some(plan) = self.settings.plan() else {
            let patch = &bank::patches(self.settings.seed)[sound];
            let seed = self.settings.seed.wrapping_mul(31);
            return Ok(render(patch, key, seed.wrapping_add(note as u64)));
        };
        let rate_hz = f64::from(SAMPLE_RATE_HZ);
        let length_s = plan.length_s + LEAD_IN_SAMPLES as f64 / rate_hz;
        let mut samples = plan.samples(&self.sounds[sound], (key, velocity), length_s)?;
        samples.resize(index(plan.length_s * rate_hz) + LEAD_IN_SAMPLES, 0.0);
        Ok(mirrored(&samples))
    }

    /// A note from its onset on, as long as it is learnt; patches know no velocity.
    pub(super) fn real(&self, note: usize, velocity: u8) -> Result<Vec<f32>, CorpusError> {
        let Note { sound, key, .. } = self.notes[note];
        let Some(plan) = self.settings.plan() else {
            let mut samples = self.samples(note)?;
            samples.truncate(samples.len() - LEAD_IN_SAMPLES);
            return Ok(samples.split_off(LEAD_IN_SAMPLES));
        };
        plan.samples(&self.sounds[sound], (key, velocity), plan.length_s)
    }
}

/// A recording with a past: its own beginning, backwards.
///
/// The frame at the onset reads as much before it as after it. With the mirrored past it has the
/// energy of the sound that follows, twice what the second half of the window holds alone, so it
/// describes that sound at full level, as with formulas, whose oscillators run from before the
/// onset. (Unlike theirs a partial's phase may break at the mirror: where it is a sine there, and
/// no cosine, its peak is spread over the neighbouring bins.)
fn mirrored(samples: &[f32]) -> Vec<f32> {
    let past = samples[1..=LEAD_IN_SAMPLES].iter().rev();
    past.chain(samples).copied().collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use betwixt_spectral::Geometry;
    use std::f64::consts::TAU;

    /// A steady sine of bin 40 that begins at sample 0 with a phase in turns, and the magnitudes
    /// of its frame at the onset.
    fn onset(phase: f64) -> Vec<f64> {
        let geometry = Geometry::new(1_024, 256, SAMPLE_RATE_HZ).unwrap();
        let sample = |i: usize| (TAU * (40.0 * i as f64 / 1_024.0 + phase)).cos();
        let samples: Vec<f32> = (0..12_288)
            .map(|i| betwixt_spectral::number::narrow(sample(i)))
            .collect();
        let past = mirrored(&samples);
        assert_eq!(past.len(), 12_288 + LEAD_IN_SAMPLES);
        let frames = Magnitudes::of_note(geometry, &past, LEAD_IN_SAMPLES).unwrap();
        frames
            .frame(0)
            .iter()
            .map(|value| f64::from(*value))
            .collect()
    }

    /// The mirror of a cosine is the cosine itself: the frame at the onset has its full magnitude,
    /// N/4 in its own bin, N/8 in the bins beside it and nothing elsewhere. In whatever phase it
    /// begins, the frame has the energy of the steady sine: by Parseval's theorem the squares of
    /// bins and images add up to N·Σ(w·x)² = 3N²/16, of which the break of the phase moves at most
    /// 8/(3·2π·40), 1.06 %. Half a window alone would have half of it.
    #[test]
    fn the_onset_has_full_level() {
        let cosine = onset(0.0);
        for (bin, expected) in [(38, 0.0), (39, 128.0), (40, 256.0), (41, 128.0), (42, 0.0)] {
            assert!(
                (cosine[bin] - expected).abs() < 0.1,
                "{bin}: {}",
                cosine[bin]
            );
        }
        for phase in [0.0, 0.1, 0.25, 0.4] {
            let energy: f64 = onset(phase).iter().map(|value| 2.0 * value * value).sum();
            let expected = 1_024.0 * 1_024.0 * 3.0 / 16.0;
            assert!((energy / expected - 1.0).abs() < 0.011, "{phase}: {energy}");
        }
    }
}

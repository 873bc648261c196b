//! Batches: rows of numbers for encoder and decoder, drawn from the corpus.
//!
//! ```text
//!  corpus (notes of one part) ─► draw ─┬─► seen   [latents·views, bins + note]  what is encoded
//!                                      ├─► asked  [latents·asks, note + time]   what is asked for
//!                                      └─► target [latents·asks, bins]          the answer
//! ```
//!
//! A batch depends on the seed and the number of its step alone, so a continued training sees what
//! an uninterrupted one would have seen.

use crate::recipe::{LatentOf, Recipe};
use betwixt_corpus::{Corpus, Part};
use betwixt_model::ConditioningLayout;
use betwixt_model::header::Level;
use betwixt_spectral::MagnitudeScale;
use betwixt_spectral::number::{index, narrow};
use candle_core::{Device, Result, Tensor};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

/// What one step learns from.
#[derive(Debug)]
pub struct Batch {
    /// Scaled frames, the note behind each, `[latents·views, bins + note]`.
    pub seen: Tensor,
    /// What the decoder is given behind the latents, `[latents·asks, note + time]`.
    pub asked: Tensor,
    /// Scaled frames, `[latents·asks, bins]`.
    pub target: Tensor,
    /// How many latent vectors there are.
    pub latents: usize,
    /// What is added to them in training, `[latents, L]`.
    pub noise: Option<Tensor>,
}

/// A frame of the corpus and what it is multiplied by.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Place {
    note: usize,
    frame: usize,
    gain: f32,
}

/// The notes of one part of the corpus, as rows.
#[derive(Debug)]
pub struct Examples<'a> {
    corpus: &'a Corpus,
    layout: ConditioningLayout,
    scale: MagnitudeScale,
    latent_of: LatentOf,
    noise: f64,
    notes: Vec<usize>,
    /// Notes of the same patch, by patch.
    siblings: Vec<Vec<usize>>,
    /// Audible frames; only filled when each frame has its own latent.
    frames: Vec<Place>,
}

impl<'a> Examples<'a> {
    /// The notes for which `wanted` holds.
    #[must_use]
    pub fn new(recipe: &Recipe, corpus: &'a Corpus, wanted: impl Fn(Part) -> bool) -> Self {
        let all = corpus.notes().iter().enumerate();
        let notes: Vec<usize> = all
            .filter(|(_, note)| wanted(note.part))
            .map(|(index, _)| index)
            .collect();
        let mut siblings = vec![Vec::new(); corpus.patches().len()];
        for note in &notes {
            siblings[corpus.notes()[*note].patch].push(*note);
        }
        let mut examples = Self {
            corpus,
            layout: recipe.layout(),
            scale: recipe.frames.scale,
            latent_of: recipe.training.latent_of,
            noise: recipe.training.latent_noise,
            notes,
            siblings,
            frames: Vec::new(),
        };
        if recipe.frames.level == Level::FrameMax || recipe.training.latent_of == LatentOf::Frame {
            let of_note = |note: &usize| examples.audible(*note, recipe.frames.level);
            examples.frames = examples.notes.iter().flat_map(of_note).collect();
        }
        examples
    }

    /// The notes, as indices into the corpus.
    #[must_use]
    pub fn notes(&self) -> &[usize] {
        &self.notes
    }

    /// Frames that each note has.
    #[must_use]
    pub fn frames_per_note(&self) -> usize {
        self.corpus.settings().frames_per_note()
    }

    /// Numbers in a frame.
    #[must_use]
    pub fn bins(&self) -> usize {
        self.corpus.settings().geometry.bins()
    }

    /// The frames of a note that are learnt, and what each is multiplied by to have its level.
    fn audible(&self, note: usize, level: Level) -> Vec<Place> {
        // Notes are stored with a maximum of 1.
        let silence = narrow(10f64.powf(betwixt_analysis::SILENCE_DB / 20.0));
        let place = |frame| {
            let values = self.corpus.frame(note, frame).iter();
            let loudest = values.map(|value| value.to_f32()).fold(0.0, f32::max);
            let gain = match level {
                Level::FrameMax => loudest.recip(),
                Level::NoteMax => 1.0,
            };
            let place = Place { note, frame, gain };
            (loudest > silence).then_some(place)
        };
        (0..self.frames_per_note()).filter_map(place).collect()
    }

    /// The frames of a note that a model of this recipe is measured on.
    fn places(&self, note: usize) -> Vec<Place> {
        match self.latent_of {
            LatentOf::Frame => {
                let own = self.frames.iter().filter(|place| place.note == note);
                own.copied().collect()
            }
            LatentOf::Note { .. } => (0..self.frames_per_note())
                .map(|frame| Place {
                    note,
                    frame,
                    gain: 1.0,
                })
                .collect(),
        }
    }

    /// All frames of one note as a batch: one latent for the note, or one per frame.
    ///
    /// # Errors
    ///
    /// Only when the tensor library has no memory.
    pub fn whole_note(&self, note: usize) -> Result<Batch> {
        let places = self.places(note);
        let latents = match self.latent_of {
            LatentOf::Frame => places.len(),
            LatentOf::Note { .. } => 1,
        };
        self.batch(&places, &places, latents)
    }

    /// The batch of one step of the training with this seed.
    ///
    /// # Errors
    ///
    /// Only when the tensor library has no memory.
    pub fn draw(&self, latents: usize, seed: u64, step: usize) -> Result<Batch> {
        let state =
            seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (step as u64).wrapping_mul(0x2545_f491);
        let mut random = Pcg64Mcg::seed_from_u64(state);
        if self.latent_of == LatentOf::Frame {
            let pick = |_| self.frames[random.random_range(0..self.frames.len())];
            let places: Vec<Place> = (0..latents).map(pick).collect();
            let batch = self.batch(&places, &places, latents)?;
            return self.with_noise(batch, &mut random);
        }
        let (mut seen, mut asked) = (Vec::new(), Vec::new());
        for _ in 0..latents {
            self.draw_note(&mut random, &mut seen, &mut asked);
        }
        let batch = self.batch(&seen, &asked, latents)?;
        self.with_noise(batch, &mut random)
    }

    fn with_noise(&self, mut batch: Batch, random: &mut Pcg64Mcg) -> Result<Batch> {
        if self.noise > 0.0 {
            let width = self.layout.latents();
            // Four uniform numbers make a bell of variance 1/3; that is normal enough.
            let mut bell = || -> f64 { (0..4).map(|_| random.random_range(-0.5..0.5)).sum() };
            let scale = self.noise * 3f64.sqrt();
            let values = (0..batch.latents * width).map(|_| narrow(scale * bell()));
            let values: Vec<f32> = values.collect();
            let noise = Tensor::from_vec(values, (batch.latents, width), &Device::Cpu)?;
            batch.noise = Some(noise);
        }
        Ok(batch)
    }

    fn draw_note(&self, random: &mut Pcg64Mcg, seen: &mut Vec<Place>, asked: &mut Vec<Place>) {
        let LatentOf::Note {
            encoder_frames,
            decoder_frames,
            onset_bias,
            other_key,
        } = self.latent_of
        else {
            return;
        };
        let note = self.notes[random.random_range(0..self.notes.len())];
        let siblings = &self.siblings[self.corpus.notes()[note].patch];
        let source = if random.random_bool(other_key) {
            siblings[random.random_range(0..siblings.len())]
        } else {
            note
        };
        let count = self.frames_per_note();
        let place = |note, place: f64| Place {
            note,
            frame: index(place * count as f64).min(count - 1),
            gain: 1.0,
        };
        for view in 0..encoder_frames {
            let within = random.random_range(0.0..1.0);
            seen.push(place(
                source,
                (view as f64 + within) / encoder_frames as f64,
            ));
        }
        for _ in 0..decoder_frames {
            let uniform: f64 = random.random_range(0.0..1.0);
            asked.push(place(note, uniform.powf(onset_bias)));
        }
    }

    fn batch(&self, seen: &[Place], asked: &[Place], latents: usize) -> Result<Batch> {
        let (bins, note_len) = (self.bins(), self.layout.note_len());
        let width = bins + note_len;
        let mut encoder_rows = vec![0.0; seen.len() * width];
        for (place, row) in seen.iter().zip(encoder_rows.chunks_exact_mut(width)) {
            self.write_frame(*place, &mut row[..bins]);
            row[bins..].copy_from_slice(&self.conditioning(*place)[..note_len]);
        }
        let mut targets = vec![0.0; asked.len() * bins];
        for (place, row) in asked.iter().zip(targets.chunks_exact_mut(bins)) {
            self.write_frame(*place, row);
        }
        let told = self.layout.len() - self.layout.latents();
        let asks: Vec<f32> = asked
            .iter()
            .flat_map(|place| self.conditioning(*place))
            .collect();
        let rows = |values, width| Tensor::from_vec(values, width, &Device::Cpu);
        Ok(Batch {
            seen: rows(encoder_rows, (seen.len(), width))?,
            asked: rows(asks, (asked.len(), told))?,
            target: rows(targets, (asked.len(), bins))?,
            latents,
            noise: None,
        })
    }

    fn write_frame(&self, place: Place, row: &mut [f32]) {
        let values = self.corpus.frame(place.note, place.frame);
        for (out, value) in row.iter_mut().zip(values) {
            *out = value.to_f32() * place.gain;
        }
        self.scale.encode(row);
    }

    /// What the decoder is given behind the latents.
    fn conditioning(&self, place: Place) -> Vec<f32> {
        let mut vector = vec![0.0; self.layout.len()];
        let key = self.corpus.notes()[place.note].key;
        self.layout.write_note(key, &mut vector);
        self.layout
            .write_time(self.corpus.time_s(place.frame), &mut vector);
        vector.split_off(self.layout.latents())
    }
}

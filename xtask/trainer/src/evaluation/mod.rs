//! What a model reaches on sounds that it never heard, and what simpler things reach there.
//!
//! ```text
//!  test notes ─┬─► model (rounded weights) ─► Score: held-out notes, held-out patches
//!              ├─► the sound's latents at another key (does a knob position keep its sound?)
//!              └─► baselines: mean frame, the key's mean frame, principal components
//!  random knobs × keys ─► is it in tune, is it silent?
//! ```

use crate::autoencoder::Autoencoder;
use crate::components::Components;
use crate::error::TrainerError;
use crate::examples::Examples;
use crate::recipe::{LatentOf, Recipe};
use crate::score::Score;
use betwixt_corpus::{Corpus, HeldOut, Part};
use betwixt_model::Model;
use betwixt_spectral::{chroma, pitch};
use candle_core::{Device, Tensor};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;
use std::collections::BTreeMap;

/// Every how many frames of a note one counts for the components: whole notes are long rows.
const COMPONENT_STRIDE: usize = 4;
/// Random knob positions that are played on every trained key.
const RANDOM_POSITIONS: usize = 100;

/// One line of the report: a score on held-out notes and on held-out patches.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Row {
    pub(crate) notes: Score,
    pub(crate) patches: Score,
}

impl Row {
    fn of(&mut self, held_out: HeldOut) -> &mut Score {
        match held_out {
            HeldOut::Note => &mut self.notes,
            HeldOut::Patch => &mut self.patches,
        }
    }

    /// Both together.
    pub(crate) fn all(&self) -> Score {
        let mut all = self.notes;
        all.merge(&self.patches);
        all
    }
}

/// All figures of a model.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    pub(crate) model: Row,
    /// The latents of another key of the same patch.
    pub(crate) other_key: Option<Row>,
    pub(crate) mean_frame: Row,
    pub(crate) key_mean: Row,
    pub(crate) components: Row,
    /// Share of frames whose computed one-hot chroma is the key's.
    pub(crate) chroma_agrees: f64,
    pub(crate) random: RandomKnobs,
    /// How far the default sound moves when one knob goes from 0 to 1, relative to it, in dB.
    pub(crate) knob_travel_db: Vec<f64>,
}

/// What random knob positions do on every trained key.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct RandomKnobs {
    /// Share whose strongest pitch class is the key's.
    pub(crate) in_tune: f64,
    /// Share more than 40 dB below full scale.
    pub(crate) silent: f64,
}

/// Measures a model with the weights that are in its file.
pub(crate) fn evaluate(
    recipe: &Recipe,
    corpus: &Corpus,
    model: &Model,
) -> Result<Report, TrainerError> {
    let judge = Judge {
        recipe,
        corpus,
        model,
        network: Autoencoder::from_model(model)?,
        train: Examples::new(recipe, corpus, |part| part == Part::Train),
        test: Examples::new(recipe, corpus, |part| matches!(part, Part::Test(_))),
    };
    let (mean_frame, key_mean) = judge.means()?;
    let other_key = match recipe.training.latent_of {
        LatentOf::Note { .. } => Some(judge.other_key()?),
        LatentOf::Frame => None,
    };
    Ok(Report {
        model: judge.model()?,
        other_key,
        mean_frame,
        key_mean,
        components: judge.components()?,
        chroma_agrees: judge.chroma_agrees()?,
        random: judge.random_knobs()?,
        knob_travel_db: judge.knob_travel()?,
    })
}

struct Judge<'a> {
    recipe: &'a Recipe,
    corpus: &'a Corpus,
    model: &'a Model,
    network: Autoencoder,
    train: Examples<'a>,
    test: Examples<'a>,
}

impl Judge<'_> {
    fn held_out(&self, note: usize) -> HeldOut {
        match self.corpus.notes()[note].part {
            Part::Test(held_out) | Part::Validation(held_out) => held_out,
            Part::Train => HeldOut::Note,
        }
    }

    fn add(&self, row: &mut Row, note: usize, answer: &Tensor, target: &Tensor) -> Candle<()> {
        let values = |tensor: &Tensor| tensor.flatten_all()?.to_vec1::<f32>();
        let score = row.of(self.held_out(note));
        let scale = self.recipe.frames.scale;
        score.add(scale, self.test.bins(), &values(answer)?, &values(target)?);
        Ok(())
    }

    fn model(&self) -> Candle<Row> {
        let mut row = Row::default();
        for note in self.test.notes() {
            let batch = self.test.whole_note(*note)?;
            let answer = self.network.decode(&self.network.encode(&batch)?, &batch)?;
            self.add(&mut row, *note, &answer, &batch.target)?;
        }
        Ok(row)
    }

    /// Each test note, played with the latents of the nearest other key of its patch.
    fn other_key(&self) -> Candle<Row> {
        let everything = Examples::new(self.recipe, self.corpus, |_| true);
        let notes = self.corpus.notes();
        let mut row = Row::default();
        for note in self.test.notes() {
            let own = notes[*note];
            let others = everything.notes().iter().filter(|other| {
                notes[**other].patch == own.patch && notes[**other].key.abs_diff(own.key) > 2
            });
            let Some(other) = others.min_by_key(|other| notes[**other].key.abs_diff(own.key))
            else {
                continue;
            };
            let latents = self.network.encode(&everything.whole_note(*other)?)?;
            let batch = self.test.whole_note(*note)?;
            let answer = self.network.decode(&latents, &batch)?;
            self.add(&mut row, *note, &answer, &batch.target)?;
        }
        Ok(row)
    }

    /// The mean frame of all training frames, and that of the key's.
    fn means(&self) -> Candle<(Row, Row)> {
        let bins = self.train.bins();
        let mut sums: BTreeMap<u8, (Tensor, usize)> = BTreeMap::new();
        let mut all = (
            Tensor::zeros(bins, candle_core::DType::F32, &Device::Cpu)?,
            0,
        );
        for note in self.train.notes() {
            let target = self.train.whole_note(*note)?.target;
            let (sum, count) = (target.sum(0)?, target.dim(0)?);
            all = ((all.0 + &sum)?, all.1 + count);
            let key = self.corpus.notes()[*note].key;
            let entry = match sums.remove(&key) {
                Some((earlier, frames)) => ((earlier + sum)?, frames + count),
                None => (sum, count),
            };
            sums.insert(key, entry);
        }
        let mean = |(sum, count): &(Tensor, usize)| sum / (*count).max(1) as f64;
        let (mut overall, mut by_key) = (Row::default(), Row::default());
        for note in self.test.notes() {
            let target = self.test.whole_note(*note)?.target;
            let own = sums.get(&self.corpus.notes()[*note].key).unwrap_or(&all);
            for (row, frame) in [(&mut overall, mean(&all)?), (&mut by_key, mean(own)?)] {
                let answer = frame.broadcast_as(target.shape())?.contiguous()?;
                self.add(row, *note, &answer, &target)?;
            }
        }
        Ok((overall, by_key))
    }

    /// Principal components with as many numbers as the model has latents: per frame, or per note
    /// when a note has one latent vector.
    fn components(&self) -> Candle<Row> {
        let rows = |examples: &Examples<'_>, note| {
            let target = examples.whole_note(note)?.target;
            if self.recipe.training.latent_of == LatentOf::Frame {
                return Ok(target);
            }
            let count = target.dim(0)?.div_ceil(COMPONENT_STRIDE);
            let kept: Vec<u32> = (0u32..).step_by(COMPONENT_STRIDE).take(count).collect();
            let kept = target.index_select(&Tensor::new(kept, &Device::Cpu)?, 0)?;
            kept.flatten_all()?.unsqueeze(0)
        };
        let train: Candle<Vec<Tensor>> = self
            .train
            .notes()
            .iter()
            .map(|note| rows(&self.train, *note))
            .collect();
        let components = Components::of(&Tensor::cat(&train?, 0)?, self.recipe.network.latents)?;
        let mut row = Row::default();
        for note in self.test.notes() {
            let target = rows(&self.test, *note)?;
            let answer = components.reconstruct(&target)?;
            self.add(&mut row, *note, &answer, &target)?;
        }
        Ok(row)
    }

    fn chroma_agrees(&self) -> Candle<f64> {
        let geometry = self.recipe.frames.geometry;
        let (mut agreeing, mut frames) = (0usize, 0usize);
        for note in self.test.notes() {
            let class = pitch::class(self.corpus.notes()[*note].key);
            for mut frame in self.test.whole_note(*note)?.target.to_vec2::<f32>()? {
                self.recipe.frames.scale.decode(&mut frame);
                agreeing += usize::from(chroma::one_hot(geometry, &frame)[class] > 0.5);
                frames += 1;
            }
        }
        Ok(agreeing as f64 / frames.max(1) as f64)
    }

    /// Frames at some knob positions, key and time, `[positions][bins]`, linear.
    fn play(&self, positions: &[Vec<f32>], key: u8, time_s: f32) -> Candle<Vec<Vec<f32>>> {
        let rows = positions
            .iter()
            .flat_map(|p| conditioning(self.model, p, key, time_s));
        let rows: Vec<f32> = rows.collect();
        let shape = (positions.len(), rows.len() / positions.len());
        let rows = Tensor::from_vec(rows, shape, &Device::Cpu)?;
        let mut frames = self.network.decoder.forward(&rows)?.to_vec2::<f32>()?;
        frames
            .iter_mut()
            .for_each(|frame| self.recipe.frames.scale.decode(frame));
        Ok(frames)
    }

    fn random_knobs(&self) -> Candle<RandomKnobs> {
        let positions = random_positions(self.model.header.latents.len(), RANDOM_POSITIONS);
        let (low, high) = self.recipe.frames.note.keys();
        let (mut in_tune, mut silent, mut all) = (0usize, 0usize, 0usize);
        for key in low..=high {
            for frame in self.play(&positions, key, 0.1)? {
                let hot = chroma::one_hot(self.recipe.frames.geometry, &frame);
                in_tune += usize::from(hot[pitch::class(key)] > 0.5);
                silent += usize::from(frame.iter().copied().fold(0.0, f32::max) < 0.01);
                all += 1;
            }
        }
        Ok(RandomKnobs {
            in_tune: in_tune as f64 / all as f64,
            silent: silent as f64 / all as f64,
        })
    }

    fn knob_travel(&self) -> Candle<Vec<f64>> {
        let default: Vec<f32> = self
            .model
            .header
            .latents
            .iter()
            .map(|l| l.default)
            .collect();
        let key = self.recipe.export.default_key;
        let mut travel = Vec::new();
        for knob in 0..default.len() {
            let at = |value| {
                let mut position = default.clone();
                position[knob] = value;
                position
            };
            let frames = self.play(&[default.clone(), at(0.0), at(1.0)], key, 0.1)?;
            let pairs = frames[1].iter().zip(&frames[2]);
            let moved: f64 = pairs.map(|(a, b)| f64::from(a - b).powi(2)).sum();
            let level: f64 = frames[0].iter().map(|x| f64::from(*x).powi(2)).sum();
            travel.push(10.0 * (moved / level.max(1e-30)).log10());
        }
        Ok(travel)
    }
}

type Candle<T> = candle_core::Result<T>;

/// Seeded knob positions, uniform over the whole travel of every knob.
pub(crate) fn random_positions(knobs: usize, count: usize) -> Vec<Vec<f32>> {
    let mut random = Pcg64Mcg::seed_from_u64(11);
    (0..count)
        .map(|_| (0..knobs).map(|_| random.random_range(0.0..1.0)).collect())
        .collect()
}

/// What the decoder is given for knob positions, a key and a time since onset.
pub(crate) fn conditioning(model: &Model, knobs: &[f32], key: u8, time_s: f32) -> Vec<f32> {
    let header = &model.header;
    let layout = header.layout();
    let mut vector = vec![0.0; layout.len()];
    let turned: Vec<f32> = header
        .latents
        .iter()
        .zip(knobs)
        .map(|(latent, knob)| latent.low + knob * (latent.high - latent.low))
        .collect();
    let rows = header.whitening.mean.iter().zip(&header.whitening.basis);
    for (value, (mean, row)) in vector.iter_mut().zip(rows) {
        *value = mean + row.iter().zip(&turned).map(|(b, v)| b * v).sum::<f32>();
    }
    layout.write_note(key, &mut vector);
    layout.write_time(time_s, &mut vector);
    vector
}

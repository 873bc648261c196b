//! What simpler things reach on the same notes.
//!
//! ```text
//!  learnt notes ─┬─► mean moment; the key's mean moment
//!                └─► principal components: per frame, or per note on a grid of times
//! ```

use super::{Candle, Judge, Row};
use crate::components::Components;
use crate::notes::Moment;
use crate::recipe::LatentOf;
use crate::score::Pair;
use betwixt_spectral::number::real;
use candle_core::{Device, Tensor};
use std::collections::BTreeMap;

/// Moments of a note that the components of notes are made of, crowded at the onset.
const MOMENTS: usize = 24;

/// A running mean.
#[derive(Clone, Debug)]
struct Mean {
    sum: Vec<f64>,
    count: f64,
}

impl Mean {
    fn of(width: usize) -> Self {
        Self {
            sum: vec![0.0; width],
            count: 0.0,
        }
    }

    fn add(&mut self, row: &[f32], weight: f32) {
        let terms = self.sum.iter_mut().zip(row);
        terms.for_each(|(sum, value)| *sum += f64::from(weight * value));
        self.count += f64::from(weight);
    }

    fn row(&self) -> Vec<f32> {
        let mean = |sum: &f64| betwixt_spectral::number::narrow(sum / self.count.max(1e-9));
        self.sum.iter().map(mean).collect()
    }
}

impl Judge<'_> {
    /// The mean moment of all learnt notes, and that of the key's.
    pub(super) fn means(&self) -> Candle<(Row, Row)> {
        let width = self.recipe.material.output().numbers();
        let mut all = Mean::of(width);
        let mut keys: BTreeMap<u8, Mean> = BTreeMap::new();
        let mut moment = vec![0.0; width];
        for note in self.train.notes() {
            let key = self.notes.notes()[*note].key;
            let own = keys.entry(key).or_insert_with(|| Mean::of(width));
            for (frame, span_s) in self.notes.spans_s(*note).into_iter().enumerate() {
                self.notes.read(*note, frame, &mut moment);
                all.add(&moment, span_s);
                own.add(&moment, span_s);
            }
        }
        let (mut overall, mut by_key) = (Row::default(), Row::default());
        for note in self.test.notes() {
            let target = self.test.whole_note(*note)?.target;
            let own = keys.get(&self.notes.notes()[*note].key).unwrap_or(&all);
            for (row, mean) in [(&mut overall, &all), (&mut by_key, own)] {
                let answer = Tensor::new(mean.row(), &Device::Cpu)?;
                self.add(row, *note, &answer.broadcast_as(target.shape())?, &target)?;
            }
        }
        Ok((overall, by_key))
    }

    /// Principal components with as many numbers as the model has latents: per frame, or per note
    /// when a note has one latent vector.
    pub(super) fn components(&self) -> Candle<Row> {
        if self.recipe.training.latent_of == LatentOf::Frame {
            return self.components_of_frames();
        }
        let rows = |notes: &[usize]| {
            let rows: Vec<Vec<f32>> = notes.iter().map(|note| self.on_grid(*note)).collect();
            Tensor::new(rows, &Device::Cpu)
        };
        let count = self.recipe.network.latents;
        let components = Components::of(&rows(self.train.notes())?, count)?;
        let width = self.recipe.material.output().numbers();
        let mut row = Row::default();
        for note in self.test.notes() {
            let target = rows(&[*note])?;
            let answer = components.reconstruct(&target)?;
            let shape = (target.elem_count() / width, width);
            let (answer, target) = (answer.reshape(shape)?, target.reshape(shape)?);
            let key = self.notes.notes()[*note].key;
            let both = answer
                .to_vec2::<f32>()?
                .into_iter()
                .zip(target.to_vec2::<f32>()?);
            let pair = |(moment, (answer, target)): (usize, (Vec<f32>, Vec<f32>))| Pair {
                answer: self.notes.linear(key, &answer),
                target: self.notes.linear(key, &target),
                // Times are square numbers, so the spans are odd ones.
                span_s: real(2 * moment + 1),
            };
            let moments: Vec<Pair> = both.enumerate().map(pair).collect();
            row.of(self.held_out(*note)).add(&moments);
        }
        Ok(row)
    }

    fn components_of_frames(&self) -> Candle<Row> {
        let train = self.train.notes().iter();
        let train: Candle<Vec<Tensor>> = train
            .map(|note| Ok(self.train.whole_note(*note)?.target))
            .collect();
        let components = Components::of(&Tensor::cat(&train?, 0)?, self.recipe.network.latents)?;
        let mut row = Row::default();
        for note in self.test.notes() {
            let target = self.test.whole_note(*note)?.target;
            let answer = components.reconstruct(&target)?;
            self.add(&mut row, *note, &answer, &target)?;
        }
        Ok(row)
    }

    /// A note at times that are the same for all notes, `[MOMENTS · numbers]`.
    fn on_grid(&self, note: usize) -> Vec<f32> {
        let width = self.recipe.material.output().numbers();
        let mut row = vec![0.0; MOMENTS * width];
        for (number, moment) in row.chunks_exact_mut(width).enumerate() {
            let share = real(number) / real(MOMENTS - 1);
            let at: Moment = self
                .notes
                .moment(note, self.notes.length_s() * share * share);
            self.notes.write(note, at, moment);
        }
        row
    }
}

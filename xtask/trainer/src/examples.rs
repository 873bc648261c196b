//! Batches: rows of numbers for encoder and decoder, drawn from the notes.
//!
//! ```text
//!  notes of one part ─► draw ─┬─► seen   [latents·views, numbers + note + velocity]  is encoded
//!                             ├─► asked  [latents·asks, note + time + velocity]      is asked for
//!                             └─► target [latents·asks, numbers]                     the answer
//! ```
//!
//! What is encoded may be another velocity of the note, or another key of its sound: a latent
//! means a sound, not a pitch and not a strike. A note of partials may stand for its neighbours. A batch depends on the seed and the number of its
//! step alone, so a continued training sees what an uninterrupted one would have seen.

use crate::notes::{ATTACK_S, Moment, Notes};
use crate::recipe::{LatentOf, Recipe};
use betwixt_corpus::Part;
use betwixt_model::ConditioningLayout;
use betwixt_spectral::number::{index, narrow};
use candle_core::{Device, Result, Tensor};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;
use std::collections::BTreeMap;

/// Frames of a note that are encoded at most when the whole note is, spread over it.
const MOST_VIEWS: usize = 64;
/// Latent vectors in the batch that the variance is taken from.
const VARIANCE_BATCH: usize = 512;

/// What one step learns from.
#[derive(Debug)]
pub struct Batch {
    /// Numbers of moments, note and velocity behind each, `[latents·views, numbers + …]`.
    pub seen: Tensor,
    /// What the decoder is given behind the latents, `[latents·asks, …]`.
    pub asked: Tensor,
    /// Numbers of moments, `[latents·asks, numbers]`.
    pub target: Tensor,
    /// Which amplitudes count, and how much the other numbers do, `[latents·asks, numbers]` each;
    /// `None` when all numbers are amplitudes that count.
    pub weights: Option<(Tensor, Tensor)>,
    /// How many latent vectors there are.
    pub latents: usize,
    /// What is added to them in training, `[latents, L]`.
    pub noise: Option<Tensor>,
    /// How much differences between strikes count: if at all, every two asks in a row are the same
    /// moment of two strikes.
    pub strikes: f64,
}

/// A moment of a note, on its key or one beside it.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Place {
    note: usize,
    moment: Moment,
    key: u8,
}

/// The notes of one part, as rows.
#[derive(Debug)]
pub struct Examples<'a> {
    notes: &'a dyn Notes,
    layout: ConditioningLayout,
    numbers: usize,
    tells_velocity: bool,
    latent_of: LatentOf,
    noise: f64,
    chosen: Vec<usize>,
    /// Chosen notes of the same sound, by sound.
    siblings: Vec<Vec<usize>>,
    /// Chosen notes of the same sound and key.
    strikes: BTreeMap<(usize, u8), Vec<usize>>,
    /// Every stored frame; only filled when each frame has its own latent.
    frames: Vec<Place>,
}

impl<'a> Examples<'a> {
    /// The notes for which `wanted` holds.
    #[must_use]
    pub fn new(recipe: &Recipe, notes: &'a dyn Notes, wanted: impl Fn(Part) -> bool) -> Self {
        let mut examples = Self {
            notes,
            layout: recipe.layout(),
            numbers: recipe.material.output().numbers(),
            tells_velocity: recipe.conditioning().velocity.is_some(),
            latent_of: recipe.training.latent_of,
            noise: recipe.training.latent_noise,
            chosen: Vec::new(),
            siblings: vec![Vec::new(); notes.sounds().len()],
            strikes: BTreeMap::new(),
            frames: Vec::new(),
        };
        for (number, note) in notes.notes().iter().enumerate() {
            // A note without a frame is one that never sounds.
            if !wanted(note.part) || notes.times_s(number).is_empty() {
                continue;
            }
            examples.chosen.push(number);
            examples.siblings[note.sound].push(number);
            let strikes = examples.strikes.entry((note.sound, note.key));
            strikes.or_default().push(number);
            if recipe.training.latent_of == LatentOf::Frame {
                examples.frames.extend(examples.places(number));
            }
        }
        examples
    }

    /// The chosen notes, as indices.
    #[must_use]
    pub fn notes(&self) -> &[usize] {
        &self.chosen
    }

    /// Notes of the same sound and key that were chosen.
    #[must_use]
    pub fn strikes(&self) -> &BTreeMap<(usize, u8), Vec<usize>> {
        &self.strikes
    }

    fn places(&self, note: usize) -> Vec<Place> {
        let frames = 0..self.notes.times_s(note).len();
        let key = self.notes.notes()[note].key;
        let place = |frame| Place {
            note,
            moment: Moment::Frame(frame),
            key,
        };
        frames.map(place).collect()
    }

    /// All frames of one note as a batch: one latent for the note, or one per frame.
    ///
    /// # Errors
    ///
    /// Only when the tensor library has no memory.
    pub fn whole_note(&self, note: usize) -> Result<Batch> {
        let places = self.places(note);
        match self.latent_of {
            LatentOf::Frame => self.batch(&places, &places, places.len()),
            LatentOf::Note { .. } => {
                let stride = places.len().div_ceil(MOST_VIEWS);
                let seen: Vec<Place> = places.iter().copied().step_by(stride).collect();
                self.batch(&seen, &places, 1)
            }
        }
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
        let mut batch = self.batch(&seen, &asked, latents)?;
        if let LatentOf::Note { strikes, .. } = self.latent_of {
            batch.strikes = strikes;
        }
        self.with_noise(batch, &mut random)
    }

    /// What the loss is relative to: the sum of the variances of all amplitudes that are learnt,
    /// from a wide batch.
    ///
    /// # Errors
    ///
    /// Only when the tensor library has no memory.
    pub fn variance(&self, seed: u64) -> Result<f64> {
        let batch = self.draw(VARIANCE_BATCH, seed, usize::MAX)?;
        let counts = match &batch.weights {
            Some((amplitudes, _)) => amplitudes.clone(),
            None => batch.target.ones_like()?,
        };
        let sum = (&batch.target * &counts)?.sum_keepdim(0)?;
        let mean = (sum / counts.sum_keepdim(0)?.maximum(1.0)?)?;
        let deviation = (batch.target.broadcast_sub(&mean)?.sqr()? * counts)?;
        let total = deviation.sum_all()?.to_scalar::<f32>()?;
        let rows = batch.target.dim(0)? as f64;
        Ok((f64::from(total) / rows).max(1e-12))
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
            other_key,
            key_shift,
            strikes,
            ..
        } = self.latent_of
        else {
            return;
        };
        let note = self.chosen[random.random_range(0..self.chosen.len())];
        let own = self.notes.notes()[note];
        let alike = if random.random_bool(other_key) {
            &self.siblings[own.sound]
        } else {
            &self.strikes[&(own.sound, own.key)]
        };
        let source = alike[random.random_range(0..alike.len())];
        let frames = self.notes.times_s(source).len();
        let [told, asked_key] = [source, note].map(|note| self.near(note, key_shift, random));
        for view in 0..encoder_frames {
            let within: f64 = random.random_range(0.0..1.0);
            let share = (view as f64 + within) / encoder_frames as f64;
            let frame = index(share * frames as f64).min(frames - 1);
            seen.push(Place {
                note: source,
                moment: Moment::Frame(frame),
                key: told,
            });
        }
        let mut ask = |note, time_s| {
            asked.push(Place {
                note,
                moment: self.notes.moment(note, time_s),
                key: asked_key,
            });
        };
        let pairs = strikes > 0.0;
        for _ in 0..if pairs {
            decoder_frames / 2
        } else {
            decoder_frames
        } {
            let time_s = self.draw_time_s(random);
            ask(note, time_s);
            if pairs {
                let alike = &self.strikes[&(own.sound, own.key)];
                ask(alike[random.random_range(0..alike.len())], time_s);
            }
        }
    }

    /// When the decoder is asked: anywhere in a note, crowded at its onset, or in its attack.
    fn draw_time_s(&self, random: &mut Pcg64Mcg) -> f32 {
        let LatentOf::Note {
            onset_bias, attack, ..
        } = self.latent_of
        else {
            return 0.0;
        };
        // A recipe that does nothing for attacks draws the moments that it always drew.
        let is_attack = attack.share > 0.0 && random.random_bool(attack.share);
        let uniform: f64 = random.random_range(0.0..1.0);
        if is_attack {
            self.notes.length_s().min(ATTACK_S) * narrow(uniform)
        } else {
            self.notes.length_s() * narrow(uniform.powf(onset_bias))
        }
    }

    /// The key of a note, or one beside it that the model has.
    fn near(&self, note: usize, shift: u8, random: &mut Pcg64Mcg) -> u8 {
        let key = self.notes.notes()[note].key;
        if shift == 0 {
            return key;
        }
        let near = random.random_range(key.saturating_sub(shift)..=key + shift);
        self.layout.nearest_key(f64::from(near))
    }

    fn batch(&self, seen: &[Place], asked: &[Place], latents: usize) -> Result<Batch> {
        let seen_rows: Vec<f32> = seen.iter().flat_map(|place| self.view(*place)).collect();
        let mut targets = vec![0.0; asked.len() * self.numbers];
        let (mut amplitudes, mut told) = (Vec::new(), Vec::new());
        for (place, row) in asked.iter().zip(targets.chunks_exact_mut(self.numbers)) {
            self.notes.write(place.note, place.moment, row);
            if let Some(weights) = self.notes.weigh(place.note, place.key, place.moment, row) {
                amplitudes.extend(weights.amplitudes);
                told.extend(weights.told);
            }
        }
        let asks = asked.iter().flat_map(|place| self.conditioning(*place));
        let rows = |values: Vec<f32>, count: usize| {
            let width = values.len() / count.max(1);
            Tensor::from_vec(values, (count, width), &Device::Cpu)
        };
        let weights = if amplitudes.is_empty() {
            None
        } else {
            Some((rows(amplitudes, asked.len())?, rows(told, asked.len())?))
        };
        Ok(Batch {
            seen: rows(seen_rows, seen.len())?,
            asked: rows(asks.collect(), asked.len())?,
            target: rows(targets, asked.len())?,
            weights,
            latents,
            noise: None,
            strikes: 0.0,
        })
    }

    /// What the encoder is given: a moment's numbers, the note, the velocity if it is told.
    fn view(&self, place: Place) -> Vec<f32> {
        let mut row = vec![0.0; self.numbers];
        self.notes.write(place.note, place.moment, &mut row);
        let mut told = self.conditioning(place);
        let velocity = told.last().copied().filter(|_| self.tells_velocity);
        told.truncate(self.layout.note_len());
        row.extend(told);
        row.extend(velocity);
        row
    }

    /// What the decoder is given behind the latents.
    fn conditioning(&self, place: Place) -> Vec<f32> {
        let mut vector = vec![0.0; self.layout.len()];
        let note = self.notes.notes()[place.note];
        self.layout.write_note(place.key, &mut vector);
        let time_s = self.notes.time_s(place.note, place.moment);
        self.layout.write_time(time_s, &mut vector);
        self.layout
            .write_velocity(f32::from(note.velocity) / 127.0, &mut vector);
        vector.split_off(self.layout.latents())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::tests::{partials, tiny_partials};

    fn examples(attack: &str) -> Examples<'static> {
        let text =
            tiny_partials().replace("onset_bias = 1.4", &format!("onset_bias = 1.4{attack}"));
        let recipe = Recipe::parse(&text).unwrap();
        Examples::new(&recipe, partials(), |part| part == Part::Train)
    }

    fn times_s(examples: &Examples<'_>, count: usize) -> Vec<f32> {
        let mut random = Pcg64Mcg::seed_from_u64(5);
        (0..count)
            .map(|_| examples.draw_time_s(&mut random))
            .collect()
    }

    /// Of notes of 0.3 s, (0.05/0.3)^(1/1.4) of the moments lie in the attack anyway, and of the
    /// rest as many as the recipe says: evenly, so that their mean is the attack's middle.
    #[test]
    fn attacks_get_their_share() {
        let crowded = (f64::from(ATTACK_S) / 0.3).powf(1.0 / 1.4);
        for share in [0.0, 0.4, 1.0] {
            let examples = examples(&format!(", attack = {{ share = {share:?}, level = 1.0 }}"));
            let times_s = times_s(&examples, 20_000);
            let within = times_s.iter().filter(|time| **time < ATTACK_S).count();
            let (found, expected) = (within as f64 / 20_000.0, share + (1.0 - share) * crowded);
            // Four standard deviations of so many draws.
            assert!(
                (found - expected).abs() < 0.015,
                "{share}: {found}, not {expected}"
            );
            if share == 1.0 {
                let mean = times_s.iter().sum::<f32>() / 20_000.0;
                assert!((mean / ATTACK_S - 0.5).abs() < 0.01, "{mean}");
            }
        }
    }

    /// A recipe that says nothing of attacks asks for length·u^bias, one number of the stream each,
    /// and a seed always asks for the same.
    #[test]
    fn without_attacks_nothing_has_changed() {
        let found = times_s(&examples(""), 100);
        let mut random = Pcg64Mcg::seed_from_u64(5);
        for time_s in found {
            let uniform: f64 = random.random_range(0.0..1.0);
            assert_eq!(time_s, partials().length_s() * narrow(uniform.powf(1.4)));
        }
        let attacks = examples(", attack = { share = 0.4, level = 1.0 }");
        assert_eq!(times_s(&attacks, 100), times_s(&attacks, 100));
    }
}

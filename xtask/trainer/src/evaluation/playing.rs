//! What the knobs do, wherever they stand.
//!
//! ```text
//!  knobs ─► whitening ─► [ latents | note | time | velocity ] ─► decoder ─► numbers
//! ```

use super::{Candle, Judge};
use crate::autoencoder::Autoencoder;
use betwixt_model::Model;
use betwixt_model::header::Output;
use betwixt_spectral::{chroma, pitch};
use candle_core::{Device, Tensor};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

/// Random knob positions that are played on every trained key.
const RANDOM_POSITIONS: usize = 100;
/// When they are listened to, in seconds since onset; a sound is as loud as its loudest.
const TIMES_S: [f32; 4] = [0.02, 0.1, 0.4, 1.2];

/// What random knob positions do on every trained key.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct RandomKnobs {
    /// Share whose strongest pitch class is the key's; partials are in tune by construction.
    pub(crate) in_tune: Option<f64>,
    /// Share more than 40 dB below full scale at all times.
    pub(crate) silent: f64,
}

/// What a decoder is asked beside the latents.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Ask {
    pub(crate) key: u8,
    pub(crate) time_s: f32,
    /// 1…127.
    pub(crate) velocity: u8,
}

impl Judge<'_> {
    fn play(&self, positions: &[Vec<f32>], ask: Ask) -> Candle<Vec<Vec<f32>>> {
        let asks: Vec<(&[f32], Ask)> = positions.iter().map(|p| (p.as_slice(), ask)).collect();
        let numbers = play(&self.network, self.model, &asks)?;
        let linear = |row: &Vec<f32>| self.notes.linear(ask.key, row);
        Ok(numbers.iter().map(linear).collect())
    }

    pub(super) fn random_knobs(&self) -> Candle<RandomKnobs> {
        let positions = random_positions(self.model.header.latents.len(), RANDOM_POSITIONS);
        let (low, high) = self.model.header.conditioning.note.keys();
        let (mut in_tune, mut silent, mut all) = (0usize, 0usize, 0usize);
        for key in low..=high {
            let mut loudest = vec![0.0f32; positions.len()];
            for time_s in TIMES_S {
                let ask = Ask {
                    key,
                    time_s,
                    velocity: 90,
                };
                let moments = self.play(&positions, ask)?;
                for (loudest, moment) in loudest.iter_mut().zip(&moments) {
                    let level = moment.iter().map(|x| x * x).sum::<f32>().sqrt();
                    *loudest = loudest.max(level);
                }
                if let Output::Frames(format) = self.model.header.output
                    && time_s == TIMES_S[1]
                {
                    let class = pitch::class(key);
                    let hot = |m: &&Vec<f32>| chroma::one_hot(format.geometry, m)[class] > 0.5;
                    in_tune += moments.iter().filter(hot).count();
                }
            }
            silent += loudest.iter().filter(|level| **level < 0.01).count();
            all += positions.len();
        }
        let is_frames = matches!(self.model.header.output, Output::Frames(_));
        Ok(RandomKnobs {
            in_tune: is_frames.then_some(in_tune as f64 / all as f64),
            silent: silent as f64 / all as f64,
        })
    }

    pub(super) fn knob_travel(&self) -> Candle<Vec<f64>> {
        let latents = &self.model.header.latents;
        let default: Vec<f32> = latents.iter().map(|latent| latent.default).collect();
        let ask = Ask {
            key: self.recipe.export.default_key,
            time_s: 0.1,
            velocity: 90,
        };
        let mut travel = Vec::new();
        for knob in 0..default.len() {
            let at = |value| {
                let mut position = default.clone();
                position[knob] = value;
                position
            };
            let moments = self.play(&[default.clone(), at(0.0), at(1.0)], ask)?;
            let pairs = moments[1].iter().zip(&moments[2]);
            let moved: f64 = pairs.map(|(a, b)| f64::from(a - b).powi(2)).sum();
            let level: f64 = moments[0].iter().map(|x| f64::from(*x).powi(2)).sum();
            travel.push(10.0 * (moved / level.max(1e-30)).log10());
        }
        Ok(travel)
    }
}

/// What a model's decoder answers, `[asks][numbers]`.
fn play(network: &Autoencoder, model: &Model, asks: &[(&[f32], Ask)]) -> Candle<Vec<Vec<f32>>> {
    let rows = asks
        .iter()
        .map(|(knobs, ask)| conditioning(model, knobs, *ask));
    let rows: Vec<Vec<f32>> = rows.collect();
    let rows = Tensor::new(rows, &Device::Cpu)?;
    network.decoder.forward(&rows)?.to_vec2::<f32>()
}

/// Seeded knob positions, uniform over the whole travel of every knob.
pub(crate) fn random_positions(knobs: usize, count: usize) -> Vec<Vec<f32>> {
    let mut random = Pcg64Mcg::seed_from_u64(11);
    (0..count)
        .map(|_| (0..knobs).map(|_| random.random_range(0.0..1.0)).collect())
        .collect()
}

/// What the decoder is given for knob positions and an ask.
pub(crate) fn conditioning(model: &Model, knobs: &[f32], ask: Ask) -> Vec<f32> {
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
    layout.write_note(ask.key, &mut vector);
    layout.write_time(ask.time_s, &mut vector);
    layout.write_velocity(f32::from(ask.velocity) / 127.0, &mut vector);
    vector
}

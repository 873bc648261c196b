//! From a trained network to a model: rounded weights, knobs, map.
//!
//! ```text
//!  network ─► bf16 ─► latents of all training sounds ─► axes of largest spread ─► knobs
//!                     [points, L]                       (first knob moves most)   2 %…98 % = 0…1
//! ```
//!
//! The knobs are independent (uncorrelated over the training sounds), ordered by spread, and each
//! turns the sound brighter towards 1. Everything after the rounding is computed with the rounded
//! weights, which are the ones that will be played.

use crate::autoencoder::Autoencoder;
use crate::components::Axes;
use crate::error::TrainerError;
use crate::examples::Examples;
use crate::recipe::Recipe;
use betwixt_corpus::{Corpus, Note, Part};
use betwixt_model::header::{Embedding, FORMAT, Latent, Output, Pca, Whitening};
use betwixt_model::{Dense, Header, Model, Point};
use betwixt_spectral::number::{index, narrow};
use std::collections::BTreeMap;

/// A knob at 0 is this percentile of the training sounds.
const LOW: f64 = 0.02;
/// A knob at 1 is this one.
const HIGH: f64 = 0.98;

/// The latents of one note.
struct Located {
    note: usize,
    /// One latent vector, or one per frame, `[..][L]`.
    latents: Vec<Vec<f64>>,
    /// Mean place of its energy among the bins.
    brightness: f64,
}

impl Located {
    fn mean(&self) -> Vec<f64> {
        let count = self.latents.len().max(1) as f64;
        let width = self.latents.first().map_or(0, Vec::len);
        let mean = |i| self.latents.iter().map(|latents| latents[i]).sum::<f64>() / count;
        (0..width).map(mean).collect()
    }
}

/// Makes the model of a trained network; its measures are still empty.
///
/// # Errors
///
/// [`TrainerError::Recipe`] when the recipe's default sound is not among the training notes.
pub(crate) fn model(
    recipe: &Recipe,
    corpus: &Corpus,
    network: &Autoencoder,
) -> Result<Model, TrainerError> {
    let decoder = rounded(network.decoder.to_dense()?);
    let encoder = rounded(network.encoder.to_dense()?);
    let exact = Autoencoder {
        encoder: crate::Stack::from_model(&network.encoder.network(), &encoder)?,
        decoder: crate::Stack::from_model(&network.decoder.network(), &decoder)?,
    };
    let located = locate(recipe, corpus, &exact)?;
    let knobs = Knobs::of(corpus, &located);
    let embedding: Vec<Point> = located.iter().map(|l| knobs.point(corpus, l)).collect();
    let header = Header {
        format: FORMAT,
        name: recipe.name.clone(),
        authors: recipe.authors.clone(),
        licence: recipe.licence.clone(),
        description: recipe.description.clone(),
        output: Output::Frames(recipe.frame_format()),
        latents: knobs.latents(&default_knobs(recipe, corpus, &embedding)?),
        whitening: knobs.whitening(),
        conditioning: recipe.conditioning(),
        decoder: network.decoder.network(),
        encoder: Some(network.encoder.network()),
        embedding: Some(Embedding {
            points: embedding.len(),
            labels: corpus
                .patches()
                .iter()
                .map(|patch| patch.name.clone())
                .collect(),
        }),
        pca: Some(plane(&embedding)),
        measures: BTreeMap::new(),
    };
    Ok(Model {
        header,
        decoder,
        encoder,
        embedding,
    })
}

fn rounded(mut layers: Vec<Dense>) -> Vec<Dense> {
    for layer in &mut layers {
        for value in layer.weight.iter_mut().chain(&mut layer.bias) {
            *value = half::bf16::from_f32(*value).to_f32();
        }
    }
    layers
}

fn locate(
    recipe: &Recipe,
    corpus: &Corpus,
    network: &Autoencoder,
) -> Result<Vec<Located>, TrainerError> {
    let examples = Examples::new(recipe, corpus, |_| true);
    let mut located = Vec::with_capacity(examples.notes().len());
    for note in examples.notes() {
        let batch = examples.whole_note(*note)?;
        let latents = network.encode(&batch)?.to_vec2::<f32>()?;
        let wide = |row: Vec<f32>| row.into_iter().map(f64::from).collect();
        let frame = batch.target.mean(0)?.to_vec1::<f32>()?;
        let places = frame.iter().enumerate();
        let weighted: f64 = places
            .map(|(bin, value)| bin as f64 * f64::from(*value))
            .sum();
        let level: f64 = frame.iter().map(|value| f64::from(*value)).sum();
        located.push(Located {
            note: *note,
            latents: latents.into_iter().map(wide).collect(),
            brightness: (weighted / level.max(1e-9)).ln(),
        });
    }
    Ok(located)
}

/// From latents to knobs and back.
struct Knobs {
    axes: Axes,
    low: Vec<f64>,
    high: Vec<f64>,
}

impl Knobs {
    /// Learnt from the training notes alone.
    fn of(corpus: &Corpus, located: &[Located]) -> Self {
        let is_train = |l: &&Located| corpus.notes()[l.note].part == Part::Train;
        let train: Vec<&Located> = located.iter().filter(is_train).collect();
        let points: Vec<Vec<f64>> = train.iter().flat_map(|l| l.latents.clone()).collect();
        let mut axes = Axes::of(&points);
        for index in 0..axes.axes.len() {
            let pairs = train
                .iter()
                .map(|l| (axes.coordinates(&l.mean())[index], l.brightness));
            if covariance(&pairs.collect::<Vec<_>>()) < 0.0 {
                axes.axes[index]
                    .iter_mut()
                    .for_each(|value| *value = -*value);
            }
        }
        let turned: Vec<Vec<f64>> = points.iter().map(|point| axes.coordinates(point)).collect();
        let percentile = |axis: usize, share: f64| {
            let mut column: Vec<f64> = turned.iter().map(|point| point[axis]).collect();
            column.sort_by(f64::total_cmp);
            column[index(share * (column.len() - 1) as f64)]
        };
        let all = 0..axes.axes.len();
        let low: Vec<f64> = all.clone().map(|index| percentile(index, LOW)).collect();
        let wide = |index: usize| percentile(index, HIGH).max(low[index] + 1e-4);
        Self {
            high: all.map(wide).collect(),
            low,
            axes,
        }
    }

    /// Knob positions of a latent vector, kept within 0…1.
    fn positions(&self, latents: &[f64]) -> Vec<f32> {
        let turned = self.axes.coordinates(latents);
        let ends = self.low.iter().zip(&self.high);
        let position = |(value, (low, high)): (f64, (&f64, &f64))| (value - low) / (high - low);
        let kept = turned.into_iter().zip(ends).map(position);
        kept.map(|position| narrow(position.clamp(0.0, 1.0)))
            .collect()
    }

    fn point(&self, corpus: &Corpus, located: &Located) -> Point {
        let note = corpus.notes()[located.note];
        Point {
            latents: self.positions(&located.mean()),
            note: note.key,
            label: u32::try_from(note.patch).unwrap_or(0),
        }
    }

    fn latents(&self, default: &[f32]) -> Vec<Latent> {
        let ends = self.low.iter().zip(&self.high).zip(default).enumerate();
        let latent = |(index, ((low, high), default)): (usize, ((&f64, &f64), &f32))| Latent {
            name: format!("Latent {}", index + 1),
            low: narrow(*low),
            high: narrow(*high),
            default: *default,
        };
        ends.map(latent).collect()
    }

    /// Decoder latent i is mean[i] + Σ basis[i][j]·v[j]: the axes, as columns.
    fn whitening(&self) -> Whitening {
        let axes = &self.axes.axes;
        let row = |i: usize| axes.iter().map(|axis| narrow(axis[i])).collect();
        Whitening {
            mean: self.axes.mean.iter().map(|value| narrow(*value)).collect(),
            basis: (0..axes.len()).map(row).collect(),
        }
    }
}

fn covariance(pairs: &[(f64, f64)]) -> f64 {
    let count = pairs.len().max(1) as f64;
    let mean_x = pairs.iter().map(|pair| pair.0).sum::<f64>() / count;
    let mean_y = pairs.iter().map(|pair| pair.1).sum::<f64>() / count;
    pairs.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum()
}

/// The knobs of the recipe's default sound: the training note of the patch nearest to the key.
fn default_knobs(
    recipe: &Recipe,
    corpus: &Corpus,
    points: &[Point],
) -> Result<Vec<f32>, TrainerError> {
    let wanted = &recipe.export;
    let named = |note: &Note| corpus.patches()[note.patch].name == wanted.default_patch;
    let is_learnt = |note: &Note| note.part == Part::Train && named(note);
    let learnt = corpus.notes().iter().zip(points);
    let learnt = learnt.filter(|(note, _)| is_learnt(note));
    match learnt.min_by_key(|(note, _)| note.key.abs_diff(wanted.default_key)) {
        Some((_, point)) => Ok(point.latents.clone()),
        None => Err(TrainerError::Recipe {
            file: "export.default_patch".into(),
            reason: format!(
                "found \"{}\", expected a patch that is learnt from: {}",
                wanted.default_patch,
                learnt_patches(corpus)
            ),
        }),
    }
}

/// The names of all patches with training notes.
fn learnt_patches(corpus: &Corpus) -> String {
    let learnt = corpus
        .notes()
        .iter()
        .filter(|note| note.part == Part::Train);
    let mut patches: Vec<usize> = learnt.map(|note| note.patch).collect();
    patches.dedup();
    let names = patches
        .iter()
        .map(|patch| corpus.patches()[*patch].name.as_str());
    names.collect::<Vec<_>>().join(", ")
}

/// The plane of largest spread among the knob positions.
fn plane(points: &[Point]) -> Pca {
    let wide = |point: &Point| point.latents.iter().map(|v| f64::from(*v)).collect();
    let axes = Axes::of(&points.iter().map(wide).collect::<Vec<Vec<f64>>>());
    let narrowed = |axis: &Vec<f64>| axis.iter().map(|value| narrow(*value)).collect();
    Pca {
        mean: narrowed(&axes.mean),
        components: axes.axes.iter().take(2).map(narrowed).collect(),
    }
}

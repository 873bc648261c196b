//! From a trained network to a model: rounded weights, knobs, map.
//!
//! ```text
//!  network ─► bf16 ─► latents of all sounds, and what their decoded sound is like ─► Knobs
//!                     [sounds, L]              [sounds, descriptors]
//!                        └─► points of the map: a sound, a key, its knob positions
//! ```
//!
//! Everything after the rounding is computed with the rounded weights, which are the ones that
//! will be played.

use crate::autoencoder::Autoencoder;
use crate::components::Axes;
use crate::descriptors::{Course, TIMES_S};
use crate::error::TrainerError;
use crate::examples::Examples;
use crate::knobs::{Knobs, Located};
use crate::notes::{Note, Notes};
use crate::recipe::Recipe;
use betwixt_corpus::Part;
use betwixt_model::header::{Embedding, FORMAT, Pca};
use betwixt_model::{ConditioningLayout, Dense, Header, Model, Point};
use betwixt_spectral::number::narrow;
use candle_core::{Device, Tensor};
use std::collections::BTreeMap;

/// More points than this the map does not show.
const MOST_POINTS: usize = 2_000;
/// Keys that every sound is described on, where they are trained.
const DESCRIBED_KEYS: [u8; 3] = [48, 60, 72];

/// A model, and how closely its knobs follow their names, −1…1 each.
#[derive(Clone, Debug)]
pub(crate) struct Exported {
    pub(crate) model: Model,
    pub(crate) correlations: Vec<f64>,
}

/// Makes the model of a trained network, with knobs of its own or those of the model whose encoder
/// it keeps; its measures are still empty.
///
/// # Errors
///
/// [`TrainerError::Recipe`] when the recipe's default sound is not among the training notes.
pub(crate) fn model(
    recipe: &Recipe,
    notes: &dyn Notes,
    network: &Autoencoder,
    kept: Option<&Model>,
) -> Result<Exported, TrainerError> {
    let decoder = rounded(network.decoder.to_dense()?);
    let encoder = rounded(network.encoder.to_dense()?);
    let exact = network.with_weights(&encoder, &decoder)?;
    let located = locate(recipe, notes, &exact)?;
    let is_train = |l: &&Located| notes.notes()[l.note].part == Part::Train;
    let learnt: Vec<&Located> = located.iter().filter(is_train).collect();
    let knobs = match kept {
        Some(model) => Knobs::kept(&model.header, &learnt),
        None => Knobs::of(&learnt),
    };
    let points: Vec<(Note, Point)> = located.iter().map(|l| point(notes, &knobs, l)).collect();
    // A first sound that is not learnt is refused, whoever's the knobs are.
    let mut default = default_knobs(recipe, notes, &points)?;
    if let Some(model) = kept {
        default = model.header.latents.iter().map(|l| l.default).collect();
    }
    let stride = points.len().div_ceil(MOST_POINTS).max(1);
    let embedding: Vec<Point> = points.into_iter().step_by(stride).map(|p| p.1).collect();
    let header = Header {
        format: FORMAT,
        name: recipe.name.clone(),
        authors: recipe.authors.clone(),
        licence: recipe.licence.clone(),
        description: recipe.description.clone(),
        tags: recipe.tags.clone(),
        output: recipe.material.output(),
        latents: knobs.latents(&default),
        whitening: knobs.whitening(),
        conditioning: recipe.conditioning(),
        decoder: network.decoder.network(),
        attack: None,
        encoder: Some(network.encoder.network()),
        embedding: Some(Embedding {
            points: embedding.len(),
            labels: notes.sounds().to_vec(),
        }),
        pca: Some(plane(&embedding)),
        measures: BTreeMap::new(),
    };
    Ok(Exported {
        model: Model {
            header,
            decoder,
            attack: Vec::new(),
            encoder,
            embedding,
        },
        correlations: knobs.correlations,
    })
}

/// Weights as the file has them.
pub(crate) fn rounded(mut layers: Vec<Dense>) -> Vec<Dense> {
    for layer in &mut layers {
        for value in layer.weight.iter_mut().chain(&mut layer.bias) {
            *value = half::bf16::from_f32(*value).to_f32();
        }
    }
    layers
}

/// Every sound on every key it is played on, at the middle one of its velocities.
fn locate(
    recipe: &Recipe,
    notes: &dyn Notes,
    network: &Autoencoder,
) -> Result<Vec<Located>, TrainerError> {
    let examples = Examples::new(recipe, notes, |_| true);
    let mut located = Vec::with_capacity(examples.strikes().len());
    for strikes in examples.strikes().values() {
        let note = strikes[strikes.len() / 2];
        let batch = examples.whole_note(note)?;
        let latents = network.encode(&batch)?.to_vec2::<f32>()?;
        let wide = |row: Vec<f32>| row.into_iter().map(f64::from).collect();
        let mut own = Located {
            note,
            latents: latents.into_iter().map(wide).collect(),
            descriptors: Vec::new(),
        };
        own.descriptors = describe(recipe, notes, network, &own.mean())?;
        located.push(own);
    }
    Ok(located)
}

/// What a latent vector sounds like, mean over a few keys.
fn describe(
    recipe: &Recipe,
    notes: &dyn Notes,
    network: &Autoencoder,
    latents: &[f64],
) -> Result<Vec<f64>, TrainerError> {
    let layout = recipe.layout();
    let (low, high) = recipe.conditioning().note.keys();
    let keys = DESCRIBED_KEYS.map(|key| key.clamp(low, high));
    let mut rows = Vec::new();
    for key in keys {
        rows.extend(TIMES_S.map(|time_s| ask(&layout, latents, key, time_s)));
    }
    let answers = network.decoder.forward(&Tensor::new(rows, &Device::Cpu)?)?;
    let answers = answers.to_vec2::<f32>()?;
    let mut mean = Vec::new();
    for (key, moments) in keys.iter().zip(answers.chunks_exact(TIMES_S.len())) {
        let frames: Vec<_> = moments
            .iter()
            .map(|row| notes.partials(*key, row))
            .collect();
        let described = Course::new(*key, &frames).describe();
        mean.resize(described.len(), 0.0);
        let terms = mean.iter_mut().zip(described);
        terms.for_each(|(mean, value)| *mean += value / keys.len() as f64);
    }
    Ok(mean)
}

fn ask(layout: &ConditioningLayout, latents: &[f64], key: u8, time_s: f32) -> Vec<f32> {
    let mut vector = vec![0.0; layout.len()];
    let own = vector.iter_mut().zip(latents);
    own.for_each(|(out, latent)| *out = narrow(*latent));
    layout.write_note(key, &mut vector);
    layout.write_time(time_s, &mut vector);
    layout.write_velocity(0.7, &mut vector);
    vector
}

fn point(notes: &dyn Notes, knobs: &Knobs, located: &Located) -> (Note, Point) {
    let note = notes.notes()[located.note];
    let point = Point {
        latents: knobs.positions(&located.mean()),
        note: note.key,
        label: u32::try_from(note.sound).unwrap_or(0),
    };
    (note, point)
}

/// The knobs of the recipe's default sound: its training note nearest to the key.
fn default_knobs(
    recipe: &Recipe,
    notes: &dyn Notes,
    points: &[(Note, Point)],
) -> Result<Vec<f32>, TrainerError> {
    let wanted = &recipe.export;
    let is_learnt = |(note, _): &&(Note, Point)| {
        note.part == Part::Train && notes.sounds()[note.sound] == wanted.default_sound
    };
    let learnt = points.iter().filter(is_learnt);
    match learnt.min_by_key(|(note, _)| note.key.abs_diff(wanted.default_key)) {
        Some((_, point)) => Ok(point.latents.clone()),
        None => Err(TrainerError::Recipe {
            file: "export.default_sound".into(),
            reason: format!(
                "found \"{}\", expected a sound that is learnt from: {}",
                wanted.default_sound,
                learnt_sounds(notes)
            ),
        }),
    }
}

/// The names of all sounds with training notes.
fn learnt_sounds(notes: &dyn Notes) -> String {
    let learnt = notes.notes().iter().filter(|note| note.part == Part::Train);
    let mut sounds: Vec<usize> = learnt.map(|note| note.sound).collect();
    sounds.dedup();
    let names = sounds.iter().map(|sound| notes.sounds()[*sound].as_str());
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

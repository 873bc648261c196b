//! Recorded pairs: what the trainer's network answers, for the instrument's own decoder to match.
//!
//! | tensor   | shape              | what                                           |
//! |----------|--------------------|------------------------------------------------|
//! | `input`  | [24, conditioning] | the decoder's input: real sounds, random knobs |
//! | `output` | [24, numbers]      | its raw output, before the scale is undone     |

use crate::autoencoder::Autoencoder;
use crate::checkpoint::write_whole;
use crate::error::TrainerError;
use crate::evaluation::{Ask, conditioning, random_positions};
use betwixt_model::Model;
use candle_core::{Device, Tensor};
use safetensors::tensor::{Dtype, TensorView};
use std::collections::HashMap;
use std::path::Path;

/// How many pairs are recorded: half from real sounds, half from random knobs.
pub(crate) const PAIRS: usize = 24;

/// Inputs that cover sounds, keys, times and velocities, `[PAIRS][conditioning]`.
pub(crate) fn inputs(model: &Model) -> Vec<Vec<f32>> {
    let random = random_positions(model.header.latents.len(), PAIRS / 2);
    let stride = (model.embedding.len() / (PAIRS / 2)).max(1);
    let real = model
        .embedding
        .iter()
        .step_by(stride)
        .map(|point| point.latents.clone());
    let (low, high) = model.header.conditioning.note.keys();
    let span = usize::from(high - low) + 1;
    let position = real.take(PAIRS / 2).chain(random).enumerate();
    let input = |(number, knobs): (usize, Vec<f32>)| {
        let above = u8::try_from(number * 17 % span).unwrap_or(0);
        let ask = Ask {
            key: low + above,
            time_s: (number % 7) as f32 * 0.21,
            velocity: u8::try_from(20 + number * 4 % 108).unwrap_or(0),
        };
        conditioning(model, &knobs, ask)
    };
    position.map(input).collect()
}

/// Writes the pairs of a model's decoder, with the weights that are in its file.
pub(crate) fn write(path: &Path, name: &str, model: &Model) -> Result<(), TrainerError> {
    let network = Autoencoder::from_model(model)?;
    let inputs = inputs(model);
    let input = Tensor::new(inputs, &Device::Cpu)?;
    let output = network.decoder.forward(&input)?;
    let bytes = |tensor: &Tensor| -> candle_core::Result<Vec<u8>> {
        let values = tensor.flatten_all()?.to_vec1::<f32>()?;
        Ok(values
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect())
    };
    let failed = |error: safetensors::SafeTensorError| TrainerError::File {
        file: path.display().to_string(),
        reason: error.to_string(),
    };
    let columns = [
        ("input", bytes(&input)?, input.dims()),
        ("output", bytes(&output)?, output.dims()),
    ];
    let mut views = Vec::new();
    for (name, bytes, shape) in &columns {
        let view = TensorView::new(Dtype::F32, shape.to_vec(), bytes);
        views.push((*name, view.map_err(failed)?));
    }
    let metadata = HashMap::from([("command".to_owned(), format!("cargo xtask train {name}"))]);
    write_whole(
        path,
        &safetensors::serialize(views, Some(metadata)).map_err(failed)?,
    )
}

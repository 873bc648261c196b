//! A model whose encoder and knobs a new training keeps.
//!
//! ```text
//!  recipe: encoder = "kept" ─► weights.safetensors beside it ─► encoder fits? ─► Model
//!  recipe: nothing said      ─► none: a new encoder is learnt
//! ```

use crate::error::TrainerError;
use crate::places::Places;
use crate::recipe::{EncoderOf, Recipe};
use betwixt_model::Model;
use betwixt_model::header::Network;

/// The model beside a recipe that keeps its encoder and knobs; `None` for other recipes.
///
/// # Errors
///
/// [`TrainerError`] when there is no such file, or its encoder is not the one that the recipe
/// describes.
pub fn kept(recipe: &Recipe, places: &Places) -> Result<Option<Model>, TrainerError> {
    if recipe.training.encoder == EncoderOf::New {
        return Ok(None);
    }
    let file = places.model.join("weights.safetensors");
    let (model, _) = Model::read(&file)?;
    let refuse = |found: String| TrainerError::Recipe {
        file: file.display().to_string(),
        reason: format!(
            "`training.encoder` is \"kept\": found {found}, expected an encoder of {}; train \
             without that line first",
            layers(recipe)
        ),
    };
    match &model.header.encoder {
        None => Err(refuse("no encoder".into())),
        Some(network) if told(network) != layers(recipe) => Err(refuse(told(network))),
        Some(_) if model.header.whitening.inverse().is_none() => {
            Err(refuse("a whitening without an inverse".into()))
        }
        Some(_) => Ok(Some(model)),
    }
}

/// Widths as `208-256-128-8`.
fn told(network: &Network) -> String {
    let widths = network.layers.iter().map(|layer| layer.outputs);
    joined(network.inputs, widths)
}

fn layers(recipe: &Recipe) -> String {
    let (inputs, widths) = recipe.encoder_layers();
    joined(inputs, widths.into_iter().map(|(outputs, _)| outputs))
}

fn joined(inputs: usize, widths: impl Iterator<Item = usize>) -> String {
    let widths = widths.map(|width| format!("-{width}"));
    format!("{inputs}{}", widths.collect::<String>())
}

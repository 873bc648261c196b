//! A model whose encoder and knobs a new training keeps.
//!
//! ```text
//!  recipe: encoder = "kept" ─► weights.safetensors beside it ─► encoder fits? ─► Model
//!  recipe: nothing said      ─► none: a new encoder is learnt
//! ```

use crate::card::widths;
use crate::error::TrainerError;
use crate::places::Places;
use crate::recipe::{EncoderOf, Recipe};
use betwixt_model::Model;
use betwixt_model::header::{Activation, Network};

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
    let refuse = |found: &str, expected: &str| TrainerError::Recipe {
        file: file.display().to_string(),
        reason: format!(
            "`training.encoder` is \"kept\": found {found}, expected {expected}; train without \
             that line first"
        ),
    };
    let model = match Model::read(&file) {
        Ok((model, _)) => model,
        Err(error) => return Err(refuse(&error.to_string(), "a model to keep the encoder of")),
    };
    let header = &model.header;
    let described = widths(recipe.encoder_layers());
    let Some(encoder) = &header.encoder else {
        return Err(refuse("no encoder", &described));
    };
    if widths(layers(encoder)) != described {
        return Err(refuse(&widths(layers(encoder)), &described));
    }
    if header.output != recipe.material.output() || header.conditioning != recipe.conditioning() {
        return Err(refuse(
            "an encoder of other numbers, keys or velocities",
            "one of those that the recipe's material tells",
        ));
    }
    if header.whitening.inverse().is_none() {
        return Err(refuse("a whitening without an inverse", "one with"));
    }
    Ok(Some(model))
}

/// A network's inputs, and the width and activation of each of its layers.
pub(crate) fn layers(network: &Network) -> (usize, Vec<(usize, Activation)>) {
    let layers = network.layers.iter();
    let layers = layers.map(|layer| (layer.outputs, layer.activation));
    (network.inputs, layers.collect())
}

//! The network: moments of a sound to latents, latents and note to moments.
//!
//! ```text
//!  seen [latents·views, numbers + note + velocity] ─► encoder ─► mean over views ─► latents
//!                                                                  [latents, L] ─┐ repeated
//!  moment [latents·asks, numbers] ◄─ decoder ◄─ [ L | note | time | velocity ] ◄─┘ for each ask
//! ```
//!
//! In training, noise is added to the latents. To be heard through it, a sound must use the whole
//! travel of every latent, so none stays dead, and what lies between two sounds becomes smooth.
//!
//! The conditioning goes to the decoder directly (the papers' skip): without it a network learns
//! as well and cannot be played.

use crate::examples::Batch;
use crate::network::Stack;
use crate::recipe::Recipe;
use betwixt_model::Model;
use candle_core::{Result, Tensor, Var};
use rand::SeedableRng;
use rand_pcg::Pcg64Mcg;

/// Encoder and decoder.
#[derive(Clone, Debug)]
pub struct Autoencoder {
    /// `[numbers + note + velocity]` to `[latents]`.
    pub encoder: Stack,
    /// `[latents + note + time + velocity]` to `[numbers]`.
    pub decoder: Stack,
}

impl Autoencoder {
    /// Fresh weights from the recipe's seed.
    ///
    /// # Errors
    ///
    /// Only when the tensor library has no memory.
    pub fn new(recipe: &Recipe) -> Result<Self> {
        let mut random = Pcg64Mcg::seed_from_u64(recipe.training.seed);
        let (inputs, widths) = recipe.encoder_layers();
        let encoder = Stack::new(inputs, &widths, &mut random)?;
        let (inputs, widths) = recipe.decoder_layers();
        let decoder = Stack::new(inputs, &widths, &mut random)?;
        Ok(Self { encoder, decoder })
    }

    /// The network of a model file, with the weights that are in the file.
    ///
    /// # Errors
    ///
    /// When the model carries no encoder.
    pub fn from_model(model: &Model) -> Result<Self> {
        let Some(encoder) = &model.header.encoder else {
            candle_core::bail!("the model file carries no encoder");
        };
        Ok(Self {
            encoder: Stack::from_model(encoder, &model.encoder)?,
            decoder: Stack::from_model(&model.header.decoder, &model.decoder)?,
        })
    }

    /// All that is trained, encoder first.
    #[must_use]
    pub fn variables(&self) -> Vec<Var> {
        let mut variables = self.encoder.variables();
        variables.extend(self.decoder.variables());
        variables
    }

    /// The latent vectors of a batch, `[latents, L]`.
    ///
    /// # Errors
    ///
    /// When the batch was drawn for another recipe.
    pub fn encode(&self, batch: &Batch) -> Result<Tensor> {
        let codes = self.encoder.forward_data(&batch.seen)?;
        let (rows, width) = codes.dims2()?;
        codes
            .reshape((batch.latents, rows / batch.latents, width))?
            .mean(1)
    }

    /// The answers to a batch's asks with these latents, `[latents·asks, numbers]`.
    ///
    /// # Errors
    ///
    /// When the batch was drawn for another recipe.
    pub fn decode(&self, latents: &Tensor, batch: &Batch) -> Result<Tensor> {
        let (count, width) = latents.dims2()?;
        let asks = batch.asked.dim(0)? / count;
        let repeated = latents.unsqueeze(1)?.broadcast_as((count, asks, width))?;
        let repeated = repeated.reshape((count * asks, width))?;
        self.decoder
            .forward(&Tensor::cat(&[&repeated, &batch.asked], 1)?)
    }

    /// Squared error of the amplitudes, over the variance of all amplitudes (1 is what the mean
    /// moment would reach), plus that of what is told beside them.
    ///
    /// # Errors
    ///
    /// When the batch was drawn for another recipe.
    pub fn loss(&self, batch: &Batch, variance: f64) -> Result<Tensor> {
        let mut latents = self.encode(batch)?;
        if let Some(noise) = &batch.noise {
            latents = (latents + noise)?;
        }
        let answers = self.decode(&latents, batch)?;
        let rows = answers.dim(0)? as f64;
        let mut errors = (answers - &batch.target)?.sqr()?;
        let mut scale = rows * variance;
        if let Some((amplitudes, told)) = &batch.weights {
            errors = (errors * ((amplitudes / variance)? + told)?)?;
            scale = rows;
        }
        errors.sum_all()? / scale
    }
}

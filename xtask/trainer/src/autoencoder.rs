//! The network: frames to latents, latents and note to frames.
//!
//! ```text
//!  seen [latents·views, bins + note] ─► encoder ─► mean over views ─► latents [latents, L]
//!                                                                        │ repeated for each ask
//!  frame [latents·asks, bins] ◄─ decoder ◄─ [ L | note | time ] ◄────────┘
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
    /// `[bins + note]` to `[latents]`.
    pub encoder: Stack,
    /// `[latents + note + time]` to `[bins]`.
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

    /// The answers to a batch's asks with these latents, `[latents·asks, bins]`.
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

    /// Mean squared error of the scaled frames, over the variance of all frames: 1 is what the
    /// mean frame would reach.
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
        (answers - &batch.target)?.sqr()?.mean_all()? / variance
    }
}

/// The mean over bins of the variance of the targets of a batch.
///
/// # Errors
///
/// Never for a batch that was drawn.
pub(crate) fn variance(batch: &Batch) -> Result<f64> {
    let mean = batch.target.mean_keepdim(0)?;
    let deviation = batch.target.broadcast_sub(&mean)?;
    let variance = deviation.sqr()?.mean_all()?.to_scalar::<f32>()?;
    Ok(f64::from(variance).max(1e-12))
}

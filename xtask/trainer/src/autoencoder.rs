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
use betwixt_model::{Dense, Model};
use betwixt_spectral::number::narrow;
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
    /// Whether the encoder stays as it is.
    encoder_is_kept: bool,
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
        Ok(Self {
            encoder,
            decoder,
            encoder_is_kept: false,
        })
    }

    /// The same with the encoder of a model, which stays as it is.
    ///
    /// # Errors
    ///
    /// When the model carries no encoder.
    pub fn keeping(self, model: &Model) -> Result<Self> {
        let Some(encoder) = &model.header.encoder else {
            candle_core::bail!("the model file carries no encoder");
        };
        Ok(Self {
            encoder: Stack::from_model(encoder, &model.encoder)?,
            decoder: self.decoder,
            encoder_is_kept: true,
        })
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
            encoder_is_kept: false,
        })
    }

    /// The same network with other weights, as a model file holds them.
    ///
    /// # Errors
    ///
    /// Only when the layers' lengths disagree with the network's widths.
    pub(crate) fn with_weights(&self, encoder: &[Dense], decoder: &[Dense]) -> Result<Self> {
        Ok(Self {
            encoder: Stack::from_model(&self.encoder.network(), encoder)?,
            decoder: Stack::from_model(&self.decoder.network(), decoder)?,
            encoder_is_kept: self.encoder_is_kept,
        })
    }

    /// All that is trained, encoder first unless it is kept.
    #[must_use]
    pub fn variables(&self) -> Vec<Var> {
        let mut variables = Vec::new();
        if !self.encoder_is_kept {
            variables.extend(self.encoder.variables());
        }
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
        let codes = if self.encoder_is_kept {
            codes.detach()
        } else {
            codes
        };
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
    /// moment would reach), plus that of what is told beside them, plus that of how strikes of a
    /// note differ.
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
        let (rows, numbers) = answers.dims2()?;
        let errors = (answers - &batch.target)?;
        let weights = match &batch.weights {
            Some((amplitudes, told)) => ((amplitudes / variance)? + told)?,
            None => Tensor::full(narrow(variance.recip()), (rows, numbers), errors.device())?,
        };
        let loss = (errors.sqr()? * &weights)?.sum_all()?;
        if batch.strikes == 0.0 {
            return loss / rows as f64;
        }
        // What two strikes have in common does not count here, only what makes them differ.
        let two = |tensor: &Tensor| -> Result<(Tensor, Tensor)> {
            let pairs = tensor.reshape((rows / 2, 2, numbers))?;
            Ok((pairs.narrow(1, 0, 1)?, pairs.narrow(1, 1, 1)?))
        };
        let ((one, other), (weight, other_weight)) = (two(&errors)?, two(&weights)?);
        let differences = ((one - other)?.sqr()? * weight.minimum(&other_weight)?)?;
        (loss + (differences.sum_all()? * batch.strikes)?)? / rows as f64
    }
}

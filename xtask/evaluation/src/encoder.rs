//! A real note's place among the knobs: the model's own encoder, and the way back from latents.
//!
//! ```text
//!  [numbers of a frame | note | velocity] ─► dense layers ─► latents ┐ mean over the frames
//!  [numbers of a frame | note | velocity] ─► dense layers ─► latents ┘   [latents]
//!    whitened = basis⁻¹ · (latents − mean) ─► (whitened − low) / (high − low) ─► knobs 0…1
//! ```
//!
//! Knobs end where the instrument's end: what the training sounds hardly ever reach is cut off.

use betwixt_model::header::Activation;
use betwixt_model::{Dense, Model};
use betwixt_spectral::number::narrow;

/// Why a model has no place for a note.
#[derive(Debug, thiserror::Error)]
pub enum EncoderError {
    /// The file carries no encoder.
    #[error("{model}: the file has no encoder; export it with one to measure it on real notes")]
    Missing {
        /// What the model is called.
        model: String,
    },
    /// The encoder takes other numbers than those of a frame.
    #[error("{model}: the encoder takes {found} numbers; expected {expected} (frame and note)")]
    Inputs {
        /// What the model is called.
        model: String,
        /// How many it takes.
        found: usize,
        /// How many there are.
        expected: String,
    },
    /// No knob positions lead to these latents.
    #[error("{model}: whitening.basis has no inverse; export the model anew")]
    Whitening {
        /// What the model is called.
        model: String,
    },
}

/// A model's encoder.
pub struct Encoder<'a> {
    model: &'a Model,
    inverse: Vec<Vec<f64>>,
    numbers: usize,
    with_velocity: bool,
}

impl<'a> Encoder<'a> {
    /// Takes a model's encoder and inverts its whitening.
    ///
    /// # Errors
    ///
    /// [`EncoderError`] when the file has no encoder, or one that does not fit.
    pub fn new(model: &'a Model) -> Result<Self, EncoderError> {
        let header = &model.header;
        let name = || header.name.clone();
        let Some(network) = &header.encoder else {
            return Err(EncoderError::Missing { model: name() });
        };
        let numbers = header.output.numbers();
        let plain = numbers + header.layout().note_len();
        if network.inputs != plain && network.inputs != plain + 1 {
            return Err(EncoderError::Inputs {
                model: name(),
                found: network.inputs,
                expected: format!("{plain} or, with the velocity, {}", plain + 1),
            });
        }
        let inverse = header.whitening.inverse();
        Ok(Self {
            model,
            inverse: inverse.ok_or_else(|| EncoderError::Whitening { model: name() })?,
            numbers,
            with_velocity: network.inputs == plain + 1,
        })
    }

    /// Numbers of a frame.
    #[must_use]
    pub fn numbers(&self) -> usize {
        self.numbers
    }

    /// The latents of a note: the mean over its frames, each `[numbers]`. `velocity` is 1…127.
    ///
    /// Zero frames have no latents: they give the middle of the training sounds.
    #[must_use]
    pub fn latents<F: AsRef<[f32]>>(
        &self,
        frames: impl IntoIterator<Item = F>,
        (key, velocity): (u8, u8),
    ) -> Vec<f64> {
        let layout = self.model.header.layout();
        let mut told = vec![0.0; layout.len()];
        layout.write_note(key, &mut told);
        let mut note = told[layout.latents()..layout.latents() + layout.note_len()].to_vec();
        if self.with_velocity {
            note.push(f32::from(velocity) / 127.0);
        }
        let mut sum = vec![0.0; layout.latents()];
        let mut count = 0.0;
        for frame in frames {
            let mut values: Vec<f32> = frame.as_ref()[..self.numbers].to_vec();
            values.extend(&note);
            for (sum, value) in sum.iter_mut().zip(self.run(values)) {
                *sum += f64::from(value);
            }
            count += 1.0;
        }
        if count == 0.0 {
            return self
                .model
                .header
                .whitening
                .mean
                .iter()
                .copied()
                .map(f64::from)
                .collect();
        }
        sum.iter_mut().for_each(|value| *value /= count);
        sum
    }

    /// The knob positions of latents, cut off at 0 and 1.
    #[must_use]
    pub fn knobs(&self, latents: &[f64]) -> Vec<f32> {
        let header = &self.model.header;
        let mean = header.whitening.mean.iter().copied().map(f64::from);
        let away: Vec<f64> = latents.iter().zip(mean).map(|(z, m)| z - m).collect();
        let product = |row: &Vec<f64>| row.iter().zip(&away).map(|(b, z)| b * z).sum::<f64>();
        let knob = |(row, latent): (&Vec<f64>, &betwixt_model::header::Latent)| {
            let (low, high) = (f64::from(latent.low), f64::from(latent.high));
            narrow(((product(row) - low) / (high - low)).clamp(0.0, 1.0))
        };
        self.inverse.iter().zip(&header.latents).map(knob).collect()
    }

    fn run(&self, mut values: Vec<f32>) -> Vec<f32> {
        let Some(network) = &self.model.header.encoder else {
            return Vec::new();
        };
        for (dense, layer) in self.model.encoder.iter().zip(&network.layers) {
            values = forward(dense, &values);
            values
                .iter_mut()
                .for_each(|x| *x = activate(layer.activation, *x));
        }
        values
    }
}

fn forward(dense: &Dense, values: &[f32]) -> Vec<f32> {
    let rows = dense.weight.chunks_exact(dense.inputs).zip(&dense.bias);
    let output = |(row, bias): (&[f32], &f32)| {
        let lanes = row.chunks(8).zip(values.chunks(8));
        let mut sums = [0.0_f32; 8];
        for (weights, inputs) in lanes {
            let pairs = weights.iter().zip(inputs);
            sums.iter_mut()
                .zip(pairs)
                .for_each(|(sum, (w, x))| *sum += w * x);
        }
        bias + sums.iter().sum::<f32>()
    };
    rows.map(output).collect()
}

fn activate(activation: Activation, x: f32) -> f32 {
    match activation {
        Activation::Linear => x,
        Activation::Relu => x.max(0.0),
        Activation::LeakyRelu => x.max(0.1 * x),
        Activation::Sigmoid => (1.0 + (-x).exp()).recip(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plain::{model, sine};

    /// The mean over the frames, the velocity in its place, and knobs that lead back to it.
    #[test]
    fn knobs_lead_to_the_latents_that_they_came_from() {
        let model = model(sine());
        let encoder = Encoder::new(&model).unwrap();
        let frame = |first: f32| {
            let mut numbers = vec![0.0; 121];
            numbers[0] = first;
            numbers
        };
        let latents = encoder.latents([frame(0.2), frame(0.6)], (60, 127));
        assert!((latents[0] - 0.4).abs() < 1e-6 && (latents[1] - 1.0).abs() < 1e-6);
        let knobs = encoder.knobs(&latents);
        // The engine's way: whitened = low + knob·(high − low), latents = mean + basis·whitened.
        let whitened = [-1.0 + 2.0 * knobs[0], 4.0 * knobs[1]];
        let back = [
            0.25 + 0.5 * whitened[1],
            0.5 + 2.0 * whitened[0] + whitened[1],
        ];
        assert!(
            (back[0] - 0.4).abs() < 1e-6 && (back[1] - 1.0).abs() < 1e-6,
            "{back:?}"
        );
        let far = encoder.knobs(&[100.0, -100.0]);
        assert!(far.iter().all(|knob| (0.0..=1.0).contains(knob)), "{far:?}");
    }

    /// No encoder, or one that reads something else, is an error that names the model.
    #[test]
    fn models_without_an_encoder_are_refused() {
        let mut without = model(sine());
        without.header.encoder = None;
        assert!(matches!(
            Encoder::new(&without),
            Err(EncoderError::Missing { .. })
        ));
        let mut other = model(sine());
        other.header.encoder.as_mut().unwrap().inputs = 7;
        assert!(matches!(
            Encoder::new(&other),
            Err(EncoderError::Inputs { found: 7, .. })
        ));
        let mut flat = model(sine());
        flat.header.whitening.basis[1] = vec![0.0, 1.0];
        assert!(matches!(
            Encoder::new(&flat),
            Err(EncoderError::Whitening { .. })
        ));
    }
}

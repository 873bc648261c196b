//! The dense network as a textbook writes it: the oracle for the panel-major one.
//!
//! ```text
//!  y = activation(W·x + b), in f64, layer after layer
//! ```
//!
//! Slow and plain on purpose; tests and the benchmark compare with it.

use betwixt_model::Model;
use betwixt_model::header::Activation;
use betwixt_spectral::number::narrow;

/// Runs a model's decoder on one conditioning vector; returns the raw outputs, `[bins]`.
///
/// Allocates: never for the audio thread.
#[must_use]
pub fn decode(model: &Model, conditioning: &[f32]) -> Vec<f32> {
    let mut values: Vec<f64> = conditioning.iter().map(|v| f64::from(*v)).collect();
    for (dense, layer) in model.decoder.iter().zip(&model.header.decoder.layers) {
        let rows = dense.weight.chunks_exact(dense.inputs).zip(&dense.bias);
        let output = |(row, bias): (&[f32], &f32)| {
            let products = row.iter().zip(&values).map(|(w, x)| f64::from(*w) * x);
            activate(layer.activation, products.sum::<f64>() + f64::from(*bias))
        };
        values = rows.map(output).collect();
    }
    values.into_iter().map(narrow).collect()
}

fn activate(activation: Activation, x: f64) -> f64 {
    match activation {
        Activation::Linear => x,
        Activation::Relu => x.max(0.0),
        Activation::LeakyRelu => x.max(0.1 * x),
        Activation::Sigmoid => 1.0 / (1.0 + (-x).exp()),
    }
}

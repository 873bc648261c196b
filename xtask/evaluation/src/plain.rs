//! A model so plain that everything about it is arithmetic.

use betwixt_model::header::{
    Activation, Conditioning, FORMAT, FrameFormat, Latent, Layer, Level, Network, NoteConditioning,
    Output, VelocityConditioning, Whitening,
};
use betwixt_model::{Dense, Header, Model};
use betwixt_spectral::partials::LEVEL;
use betwixt_spectral::{Geometry, MagnitudeScale, PartialsFormat};

const FORMAT_OF_NUMBERS: PartialsFormat = PartialsFormat {
    exponent: 0.5,
    free: false,
};

/// The numbers of a lone first partial at full level: amplitude √2 of the level, whose rms is 1.
pub(crate) fn sine() -> Vec<f32> {
    let mut numbers = vec![0.0; FORMAT_OF_NUMBERS.numbers()];
    numbers[0] = 2_f32.sqrt().sqrt();
    numbers[LEVEL] = 1.0;
    numbers
}

/// A decoder that always says `numbers`. Its encoder's latent 0 is a frame's first number, latent 1
/// the velocity.
pub(crate) fn model(numbers: Vec<f32>) -> Model {
    saying(Output::Partials(FORMAT_OF_NUMBERS), numbers)
}

/// A decoder that always draws these magnitudes, `[bins]`.
pub(crate) fn drawn(geometry: Geometry, magnitude: Vec<f32>) -> Model {
    let format = FrameFormat {
        geometry,
        scale: MagnitudeScale::Linear,
        level: Level::NoteMax,
    };
    saying(Output::Frames(format), magnitude)
}

fn saying(output: Output, numbers: Vec<f32>) -> Model {
    let count = output.numbers();
    let inputs = count + 22 + 1;
    let mut weight = vec![0.0; 2 * inputs];
    weight[0] = 1.0;
    weight[2 * inputs - 1] = 1.0;
    Model {
        header: header(output, inputs),
        decoder: vec![dense(25, vec![0.0; 25 * count], numbers)],
        attack: Vec::new(),
        encoder: vec![dense(inputs, weight, vec![0.0; 2])],
        embedding: vec![],
    }
}

fn dense(inputs: usize, weight: Vec<f32>, bias: Vec<f32>) -> Dense {
    Dense {
        inputs,
        outputs: bias.len(),
        weight,
        bias,
    }
}

fn header(output: Output, encoder_inputs: usize) -> Header {
    let latent = |low, high| Latent {
        name: "Latent".into(),
        low,
        high,
        default: 0.5,
    };
    let linear = |inputs, outputs| Network {
        inputs,
        layers: vec![Layer {
            outputs,
            activation: Activation::Linear,
        }],
    };
    Header {
        format: FORMAT,
        name: "Plain".into(),
        authors: vec![],
        licence: "MIT".into(),
        description: String::new(),
        tags: Vec::new(),
        output,
        latents: vec![latent(-1.0, 1.0), latent(0.0, 4.0)],
        whitening: Whitening {
            mean: vec![0.25, 0.5],
            basis: vec![vec![0.0, 0.5], vec![2.0, 1.0]],
        },
        conditioning: Conditioning {
            note: NoteConditioning::OctaveAndChroma { low: 24, high: 96 },
            time: None,
            velocity: Some(VelocityConditioning { low: 1, high: 127 }),
        },
        decoder: linear(2 + 22 + 1, output.numbers()),
        attack: None,
        encoder: Some(linear(encoder_inputs, 2)),
        embedding: None,
        pca: None,
        measures: std::collections::BTreeMap::new(),
    }
}

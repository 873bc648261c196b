//! A model of partials whose sound is known exactly: seven harmonics, a little air, one decay.
//!
//! ```text
//!  [latents 2 | chroma 12 | octave 10 | time 8 | velocity 1] ─► 169 numbers (linear)
//! ```
//!
//! Harmonic k has the amplitude 1/k; latent 1 takes the even ones away, latent 2 adds air below
//! 3 kHz, velocity opens the upper ones, and the level falls with the time feature of 0.6 s towards
//! a quarter. Its weights are written down, not trained. Struck, its gain runs through its attack.

use crate::comb::header;
use betwixt_model::attack::POINTS;
use betwixt_model::header::{
    Activation, Conditioning, Layer, Network, NoteConditioning, Output, TimeConditioning,
    VelocityConditioning,
};
use betwixt_model::{ConditioningLayout, Dense, Model};
use betwixt_spectral::PartialsFormat;
use betwixt_spectral::number::real;
use betwixt_spectral::partials::{CENTS, GROUPS, INHARMONICITY, LEVEL};

/// Harmonics that sound: below 4 kHz up to B4.
pub const HARMONICS: usize = 7;
/// The trained length.
const TRAINED_S: f32 = 4.0;
/// Level that a note falls to, among the numbers: −24 dB.
const FALLEN: f32 = 0.6;
/// What the sound says about its own tuning, in cents.
pub const NATURAL_CENTS: f32 = 20.0;
/// Which of the time features it decays by: e^(−t/0.6 s).
const DECAY_FEATURE: usize = 5;

/// The painted model.
#[must_use]
pub fn painted_model() -> Model {
    let format = PartialsFormat {
        exponent: 1.0,
        free: true,
    };
    let conditioning = Conditioning {
        note: NoteConditioning::OctaveAndChroma { low: 24, high: 96 },
        time: Some(TimeConditioning {
            trained_s: TRAINED_S,
        }),
        velocity: Some(VelocityConditioning { low: 1, high: 127 }),
    };
    let layout = ConditioningLayout::new(2, conditioning);
    let (inputs, outputs) = (layout.len(), format.numbers());
    let mut dense = Dense {
        inputs,
        outputs,
        weight: vec![0.0; inputs * outputs],
        bias: vec![0.0; outputs],
    };
    let (latent, velocity) = (|index: usize| index, inputs - 1);
    let mut set =
        |output: usize, input: usize, value| dense.weight[output * inputs + input] = value;
    for k in 1..=HARMONICS {
        let amplitude = real(k).recip();
        dense.bias[k - 1] = if k > 3 { 0.5 * amplitude } else { amplitude };
        if k > 3 {
            set(k - 1, velocity, 0.5 * amplitude);
        }
        if k % 2 == 0 {
            set(k - 1, latent(0), -2.0 * amplitude);
        }
    }
    for band in 3..14 {
        set(GROUPS + band, latent(1), 0.02);
    }
    dense.bias[LEVEL] = FALLEN;
    set(LEVEL, velocity - 8 + DECAY_FEATURE, 1.0 - FALLEN);
    dense.bias[CENTS] = NATURAL_CENTS / 50.0;
    // 10^(3·0.7 − 6): a stiff string.
    dense.bias[INHARMONICITY] = 0.7;
    let layers = vec![Layer {
        outputs,
        activation: Activation::Linear,
    }];
    let mut header = header("Painted", Output::Partials(format), conditioning);
    header.decoder = Network { inputs, layers };
    header.latents.iter_mut().for_each(|l| l.default = 0.0);
    Model {
        header,
        decoder: vec![dense],
        attack: Vec::new(),
        encoder: vec![],
        embedding: vec![],
    }
}

/// The numbers of the struck model's attack at velocity 0, and what full velocity adds to each.
pub const ATTACK: [f32; POINTS] = [
    0.5, 0.9, 0.7, 0.4, 0.2, 0.0, -0.2, -0.4, -0.6, -0.5, -0.4, -0.3, -0.2, -0.1, 0.0, 0.1,
];
/// See [`ATTACK`].
pub const ATTACK_VELOCITY: f32 = 0.25;

/// The painted model with a course of gain in its attack.
#[must_use]
pub fn struck_model() -> Model {
    let mut model = painted_model();
    let inputs = model.header.decoder.inputs;
    let mut dense = Dense {
        inputs,
        outputs: POINTS,
        weight: vec![0.0; inputs * POINTS],
        bias: ATTACK.to_vec(),
    };
    let velocities = dense.weight.iter_mut().skip(inputs - 1).step_by(inputs);
    velocities.for_each(|weight| *weight = ATTACK_VELOCITY);
    let layers = vec![Layer {
        outputs: POINTS,
        activation: Activation::Linear,
    }];
    model.header.attack = Some(Network { inputs, layers });
    model.attack = vec![dense];
    model
}

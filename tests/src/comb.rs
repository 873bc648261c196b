//! A model whose sound is known exactly: harmonic combs of Hann lobes, nothing above 4 kHz.
//!
//! ```text
//!  [latents 2 | chroma 12] ─► gates [36] (ReLU) ─► combs [bins] (ReLU)
//! ```
//!
//! For each pitch class one gate opens a saw-like comb, one a comb of odd harmonics in proportion
//! to latent 1, one a bright band in proportion to latent 2. Its weights are written down, not
//! trained, so what it must sound like is a matter of arithmetic.

use betwixt_model::header::{
    Activation, Conditioning, FORMAT, FrameFormat, Latent, Layer, Level, Network, NoteConditioning,
    Output, Whitening,
};
use betwixt_model::{Dense, Header, Model};
use betwixt_spectral::number::narrow;
use betwixt_spectral::{Geometry, MagnitudeScale, pitch};
use std::f64::consts::PI;

/// Nothing is drawn above this frequency.
pub const COMB_TOP_HZ: f64 = 4_000.0;
/// Lowest key of the register.
const LOWEST: u8 = 60;
const LATENTS: usize = 2;
const CLASSES: usize = 12;
/// Gates of one pitch class: always open, latent 1, latent 2.
const GATES: usize = 1 + LATENTS;

/// The comb model at 4096/1024, 44.1 kHz, whose octave begins at C4.
///
/// # Panics
///
/// Never: the geometry is valid.
#[must_use]
pub fn comb_model() -> Model {
    let geometry = Geometry::new(4096, 1024, 44_100).expect("a valid geometry");
    comb_model_of(geometry, LOWEST)
}

/// The comb model at another geometry, for the octave from a C on.
#[must_use]
pub fn comb_model_of(geometry: Geometry, lowest: u8) -> Model {
    let layers = vec![
        Layer {
            outputs: CLASSES * GATES,
            activation: Activation::Relu,
        },
        Layer {
            outputs: geometry.bins(),
            activation: Activation::Relu,
        },
    ];
    let decoder = vec![gates(), combs(geometry, lowest)];
    let output = Output::Frames(FrameFormat {
        geometry,
        scale: MagnitudeScale::Linear,
        level: Level::FrameMax,
    });
    let conditioning = Conditioning {
        note: NoteConditioning::Chroma { lowest },
        time: None,
        velocity: None,
    };
    let mut header = header("Comb", output, conditioning);
    header.decoder = Network {
        inputs: LATENTS + CLASSES,
        layers,
    };
    Model {
        header,
        decoder,
        attack: Vec::new(),
        encoder: vec![],
        embedding: vec![],
    }
}

/// The header of a model of two latents, its network still to be named.
pub(crate) fn header(name: &str, output: Output, conditioning: Conditioning) -> Header {
    let latent = |name: &str| Latent {
        name: name.into(),
        low: 0.0,
        high: 1.0,
        default: 0.5,
    };
    Header {
        format: FORMAT,
        name: name.into(),
        authors: vec!["Betwixt".into()],
        licence: "MIT OR Apache-2.0".into(),
        description: "For tests.".into(),
        tags: Vec::new(),
        output,
        latents: vec![latent("Hollow"), latent("Bright")],
        whitening: Whitening {
            mean: vec![0.0; 2],
            basis: vec![vec![1.0, 0.0], vec![0.0, 1.0]],
        },
        conditioning,
        decoder: Network {
            inputs: 0,
            layers: vec![],
        },
        attack: None,
        encoder: None,
        embedding: None,
        pca: None,
        measures: std::collections::BTreeMap::new(),
    }
}

/// Gate (c, 0) = chroma c; gate (c, 1 + l) = latent l where chroma c is on, else 0.
fn gates() -> Dense {
    let (inputs, outputs) = (LATENTS + CLASSES, CLASSES * GATES);
    let (mut weight, mut bias) = (vec![0.0; inputs * outputs], vec![0.0; outputs]);
    for class in 0..CLASSES {
        for gate in 0..GATES {
            let row = class * GATES + gate;
            let open = if gate == 0 { 1.0 } else { 4.0 };
            weight[row * inputs + LATENTS + class] = open;
            if gate > 0 {
                weight[row * inputs + gate - 1] = 1.0;
                bias[row] = -open;
            }
        }
    }
    Dense {
        inputs,
        outputs,
        weight,
        bias,
    }
}

fn combs(geometry: Geometry, lowest: u8) -> Dense {
    let (inputs, outputs) = (CLASSES * GATES, geometry.bins());
    let mut weight = vec![0.0; inputs * outputs];
    for class in 0..CLASSES {
        let f0 = pitch::hz(f64::from(lowest) + class as f64) / geometry.bin_hz();
        let top = COMB_TOP_HZ / geometry.bin_hz();
        let partials = (1..)
            .map(|k| (k, f64::from(k) * f0))
            .take_while(|(_, f)| *f + 2.0 < top);
        for (k, centre) in partials {
            let saw = 1.0 / f64::from(k);
            let hollow = if k % 2 == 1 { saw } else { 0.0 };
            let bright = if (5..9).contains(&k) { 0.3 } else { 0.0 };
            for (gate, amplitude) in [saw, hollow, bright].into_iter().enumerate() {
                add_lobe(&mut weight, inputs, class * GATES + gate, centre, amplitude);
            }
        }
    }
    Dense {
        inputs,
        outputs,
        weight,
        bias: vec![0.0; outputs],
    }
}

fn add_lobe(weight: &mut [f32], inputs: usize, gate: usize, centre: f64, amplitude: f64) {
    let first = betwixt_spectral::number::index(centre.floor()) - 1;
    for bin in first..first + 4 {
        weight[bin * inputs + gate] += narrow(amplitude * hann_lobe(bin as f64 - centre));
    }
}

/// The main lobe of a periodic Hann window, x bins from its centre; 1 at the centre.
fn hann_lobe(x: f64) -> f64 {
    if x.abs() >= 2.0 {
        0.0
    } else if x.abs() < 1e-9 {
        1.0
    } else if (x.abs() - 1.0).abs() < 1e-9 {
        0.5
    } else {
        (PI * x).sin() / (PI * x * (1.0 - x * x))
    }
}

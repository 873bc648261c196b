//! Small models for the tests of this crate, and what holds of the library.

mod damage;

use super::*;
use betwixt_model::header::{
    Activation, Conditioning, Embedding, FORMAT, FrameFormat, Latent, Layer, Level, Network,
    NoteConditioning, Output, TimeConditioning, VelocityConditioning, Whitening,
};
use betwixt_model::{ConditioningLayout, Dense, WeightFormat};
use betwixt_spectral::partials::{CENTS, GROUPS, INHARMONICITY, LEVEL};
use betwixt_spectral::{Geometry, MagnitudeScale, PartialsFormat};
use std::collections::BTreeMap;

const KEYS: NoteConditioning = NoteConditioning::OctaveAndChroma { low: 36, high: 96 };

/// The header of a small model with the given number of latents.
pub(crate) fn tiny_header(latents: usize) -> Header {
    let conditioning = Conditioning {
        note: KEYS,
        time: None,
        velocity: None,
    };
    let geometry = Geometry::new(1024, 256, 44_100).unwrap();
    let knob = |index: usize| Latent {
        name: format!("Knob {index}"),
        low: -1.0,
        high: 1.0,
        default: 0.25 + 0.125 * betwixt_spectral::number::real(index % 4),
    };
    let row = |i| {
        (0..latents)
            .map(|j| if i == j { 1.0 } else { 0.0 })
            .collect()
    };
    Header {
        format: FORMAT,
        name: "Tiny".into(),
        authors: vec!["A test".into()],
        licence: "CC0-1.0".into(),
        description: "One layer, made by a formula.".into(),
        tags: vec!["round".into()],
        output: Output::Frames(FrameFormat {
            geometry,
            scale: MagnitudeScale::Linear,
            level: Level::FrameMax,
        }),
        latents: (0..latents).map(knob).collect(),
        whitening: Whitening {
            mean: vec![0.0; latents],
            basis: (0..latents).map(row).collect(),
        },
        conditioning,
        decoder: Network {
            inputs: ConditioningLayout::new(latents, conditioning).len(),
            layers: vec![Layer {
                outputs: geometry.bins(),
                activation: Activation::Sigmoid,
            }],
        },
        attack: None,
        encoder: None,
        embedding: Some(Embedding {
            points: 40,
            labels: vec!["low".into(), "high".into()],
        }),
        pca: None,
        measures: BTreeMap::new(),
    }
}

/// The bytes of a small model: a tilted spectrum that every latent bends a little.
pub(crate) fn tiny_model(latents: usize) -> Vec<u8> {
    let header = tiny_header(latents);
    let (inputs, outputs) = (header.decoder.inputs, header.output.numbers());
    let real = betwixt_spectral::number::real;
    let weight = |at: usize| 0.5 * (real(at / inputs) * 0.05 + real(at % inputs)).sin();
    let point = |index: u8| Point {
        latents: (0..latents)
            .map(|axis| 0.5 + 0.5 * (f32::from(index) * (1.0 + real(axis))).sin())
            .collect(),
        note: 40 + index,
        label: u32::from(index % 2),
    };
    let model = Model {
        decoder: vec![Dense {
            inputs,
            outputs,
            weight: (0..inputs * outputs).map(weight).collect(),
            bias: (0..outputs).map(|bin| -real(bin) * 0.01).collect(),
        }],
        attack: Vec::new(),
        encoder: Vec::new(),
        embedding: (0..40).map(point).collect(),
        header,
    };
    model.to_bytes(WeightFormat::F32).unwrap()
}

/// A small model of partials, ready to be played: every latent opens other harmonics.
pub(crate) fn tiny_partials(latents: usize) -> Loaded {
    let format = PartialsFormat {
        exponent: 0.3,
        free: false,
    };
    let mut header = tiny_header(latents);
    header.name = "Tiny partials".into();
    header.output = Output::Partials(format);
    header.conditioning.time = Some(TimeConditioning { trained_s: 2.0 });
    header.conditioning.velocity = Some(VelocityConditioning { low: 1, high: 127 });
    header.decoder.inputs = ConditioningLayout::new(latents, header.conditioning).len();
    header.decoder.layers[0] = Layer {
        outputs: format.numbers(),
        activation: Activation::Linear,
    };
    header.embedding = None;
    let (inputs, outputs) = (header.decoder.inputs, format.numbers());
    let real = betwixt_spectral::number::real;
    let weight = |at: usize| {
        let (output, input) = (at / inputs, at % inputs);
        let opens = input < latents && output < GROUPS;
        if opens {
            0.2 * (real(output * (input + 1))).sin()
        } else {
            0.0
        }
    };
    let mut bias: Vec<f32> = (1..=outputs).map(|k| 0.8 / real(k)).collect();
    bias[LEVEL] = 1.0;
    bias[CENTS] = 0.0;
    bias[INHARMONICITY] = 0.0;
    let decoder = vec![Dense {
        inputs,
        outputs,
        weight: (0..inputs * outputs).map(weight).collect(),
        bias,
    }];
    let model = Model {
        decoder,
        attack: Vec::new(),
        encoder: Vec::new(),
        embedding: Vec::new(),
        header,
    };
    let bytes = model.to_bytes(WeightFormat::F32).unwrap();
    Loaded::from_bytes("tiny partials", bytes).unwrap()
}

/// A small model, ready to be played.
pub(crate) fn tiny(latents: usize) -> Loaded {
    Loaded::from_bytes("tiny", tiny_model(latents)).unwrap()
}

/// Slots whose first model is a small one of so many latents.
pub(crate) fn slots(latents: usize) -> Slots {
    slots_of(tiny(latents))
}

/// Slots whose first model is this one.
pub(crate) fn slots_of(loaded: impl Into<Arc<Loaded>>) -> Slots {
    let loaded = loaded.into();
    let wanted = loaded.wanted();
    let slots = Slots::new(wanted.clone());
    slots.tell(0, Some(&wanted), Found::Here(loaded));
    slots
}

/// The build embeds models that can be played, each under its own name, with knobs that this
/// window can show; each is found by that name and by its hash.
#[test]
fn the_embedded_models_are_sound() {
    let none = BTreeMap::new();
    for (id, loaded) in factory_ids().into_iter().zip(factory()) {
        let description = &loaded.description;
        assert!(!description.header.name.is_empty(), "{id}");
        let knobs = description.header.latents.len();
        assert!((1..=betwixt_engine::LATENTS).contains(&knobs), "{id}");
        for wanted in [Wanted::factory(id), loaded.wanted()] {
            let found = find(&wanted, &none).unwrap();
            assert!(Arc::ptr_eq(&found, loaded), "{wanted:?}");
        }
    }
}

/// What a project carries is played if it is what the hash says, and shared; a damaged copy and a
/// model that is nowhere are said by name.
#[test]
fn models_are_found_by_what_they_are() {
    let bytes = tiny_model(3);
    let wanted = Loaded::from_bytes("tiny", bytes.clone()).unwrap().wanted();
    let hash = wanted.hash.clone().unwrap();
    let carried = |bytes: &[u8]| BTreeMap::from([(hash.clone(), Arc::from(bytes))]);
    let missing = find(&wanted, &BTreeMap::new()).unwrap_err();
    assert!(missing.contains("Tiny"), "{missing}");
    let damaged = find(&wanted, &carried(&bytes[1..])).unwrap_err();
    assert!(
        damaged.starts_with("Tiny: the copy in the project"),
        "{damaged}"
    );
    let first = find(&wanted, &carried(&bytes)).unwrap();
    let second = find(&wanted, &BTreeMap::new()).unwrap();
    assert!(Arc::ptr_eq(&first, &second), "shared while it is played");
    drop((first, second));
    assert!(find(&wanted, &BTreeMap::new()).is_err(), "and then gone");
    assert!(find(&Wanted::factory("brass"), &carried(&bytes)).is_err());
}

/// A damaged file is refused by name; nothing panics.
#[test]
fn damaged_bytes_are_refused_by_name() {
    let bytes = tiny_model(2);
    let refused = Loaded::from_bytes("broken.safetensors", bytes[..bytes.len() / 2].to_vec());
    let message = refused.err().map(|error| error.to_string());
    assert!(message.is_some_and(|text| text.starts_with("broken.safetensors")));
}

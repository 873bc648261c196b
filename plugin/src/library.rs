//! The models that can be played: those of the factory, embedded, so that it sounds without any file.
//!
//! ```text
//!  bytes in the library ─► Model ─► header, points ─► parameters, editor
//!                            │
//!                            └────► Decoder (weights repacked, shared by all instances) ─► engine
//! ```
//!
//! They are read once per process, by the first instance, never on the audio thread.

use crate::state::{Here, ModelIdentity};
use betwixt_engine::Decoder;
use betwixt_model::header::Output;
use betwixt_model::{ContentHash, Header, Model, ModelError, Point};
use nice_plug::prelude::Enum;
use std::sync::{Arc, LazyLock};

/// The models of the factory, as the player chooses among them. Their order and their identifiers
/// are what projects are saved with.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Factory {
    /// The default: a hundred recorded instruments, eight knobs.
    #[id = "instruments"]
    Instruments,
    /// Strings, reeds, flutes, brass, voices.
    #[id = "blown"]
    Blown,
    /// Strings, bars and bells that ring on by themselves.
    #[id = "struck"]
    Struck,
    /// Formulas: no recording of anything.
    #[id = "synth"]
    Synth,
    /// The formulas as magnitude frames, for comparison.
    #[id = "notes"]
    Notes,
}

/// A model's file: its name in errors, its bytes.
macro_rules! embedded {
    ($name:literal) => {
        (
            concat!("models/", $name, "/weights.safetensors (embedded)"),
            include_bytes!(concat!("../../models/", $name, "/weights.safetensors")),
        )
    };
}

/// The files, in the order of the choice; the first is the default.
const EMBEDDED: &[(&str, &[u8])] = &[
    embedded!("instruments"),
    embedded!("blown"),
    embedded!("struck"),
    embedded!("synth"),
    embedded!("notes"),
];

/// What can be shown of a model.
pub(crate) struct Description {
    /// Names, ranges, defaults.
    pub(crate) header: Header,
    /// The training sounds among the latents.
    pub(crate) points: Vec<Point>,
    /// Its identity in saved projects.
    pub(crate) hash: ContentHash,
}

/// A model that is ready to be played and shown.
pub(crate) struct Loaded {
    /// For the parameters and the editor.
    pub(crate) description: Arc<Description>,
    /// The weights as the audio thread wants them.
    pub(crate) decoder: Arc<Decoder>,
}

impl Description {
    /// Whether the model draws partials: then it reads what can be asked of partials.
    pub(crate) fn is_partials(&self) -> bool {
        matches!(self.header.output, Output::Partials(_))
    }
}

impl Loaded {
    /// Reads a model from the bytes of its file; `file` is its name in errors.
    pub(crate) fn from_bytes(file: &str, bytes: &[u8]) -> Result<Self, ModelError> {
        let model = Model::from_bytes(file, bytes)?;
        let decoder = Decoder::new(&model).map_err(|problem| problem.in_file(file))?;
        let description = Description {
            header: model.header,
            points: model.embedding,
            hash: ContentHash::of(bytes),
        };
        Ok(Self {
            description: Arc::new(description),
            decoder: Arc::new(decoder),
        })
    }
}

/// The models of the factory, in the order of the choice.
///
/// # Panics
///
/// When the build embedded a file that is no model, which a test of this crate excludes.
pub(crate) fn factory() -> &'static [Arc<Loaded>] {
    static LOADED: LazyLock<Vec<Arc<Loaded>>> = LazyLock::new(|| {
        let load = |(file, bytes): &(&str, &[u8])| {
            let loaded = Loaded::from_bytes(file, bytes);
            Arc::new(loaded.unwrap_or_else(|error| panic!("{error}")))
        };
        EMBEDDED.iter().map(load).collect()
    });
    &LOADED
}

/// One of them; the default where there is none of that number.
pub(crate) fn model(choice: usize) -> Arc<Loaded> {
    let models = factory();
    Arc::clone(models.get(choice).unwrap_or(&models[0]))
}

/// Which of them plays, for a new instance: the default.
pub(crate) fn identity() -> ModelIdentity {
    let here = |model: &Arc<Loaded>| {
        let description = &model.description;
        Here::new(description.hash, description.header.latents.len())
    };
    ModelIdentity::new(factory().iter().map(here).collect())
}

#[cfg(test)]
pub(crate) mod tests {
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
            encoder: Vec::new(),
            embedding: Vec::new(),
            header,
        };
        let bytes = model.to_bytes(WeightFormat::F32).unwrap();
        Loaded::from_bytes("tiny partials", &bytes).unwrap()
    }

    /// A small model, ready to be played.
    pub(crate) fn tiny(latents: usize) -> Loaded {
        Loaded::from_bytes("tiny", &tiny_model(latents)).unwrap()
    }

    /// An identity for parameters that need one: a model of so many latents, and one of one.
    pub(crate) fn identity(latents: usize) -> ModelIdentity {
        ModelIdentity::new(vec![
            Here::new(ContentHash::of(b"tiny"), latents),
            Here::new(ContentHash::of(b"tinier"), 1),
        ])
    }

    /// The build embeds models that can be played, each once, with knobs that this window can show;
    /// there is one for every choice.
    #[test]
    fn the_embedded_models_are_sound() {
        let variants = Factory::variants();
        assert_eq!(factory().len(), variants.len());
        for (choice, loaded) in factory().iter().enumerate() {
            let description = &loaded.description;
            let name = variants[choice];
            assert!(!description.header.name.is_empty(), "{name}");
            let knobs = description.header.latents.len();
            assert!((1..=betwixt_engine::LATENTS).contains(&knobs), "{name}");
            let hash = description.hash.to_string();
            assert_eq!(super::identity().place(&hash), Some(choice), "{name}");
        }
    }

    /// A damaged file is refused by name; nothing panics.
    #[test]
    fn damaged_bytes_are_refused_by_name() {
        let bytes = tiny_model(2);
        let refused = Loaded::from_bytes("broken.safetensors", &bytes[..bytes.len() / 2]);
        let message = refused.err().map(|error| error.to_string());
        assert!(message.is_some_and(|text| text.starts_with("broken.safetensors")));
    }
}

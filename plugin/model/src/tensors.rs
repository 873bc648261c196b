//! Tensors of a container ⇄ the layers and points of a [`Model`].
//!
//! | tensor              | shape              | type         |
//! |---------------------|--------------------|--------------|
//! | `decoder.N.weight`  | [outputs, inputs]  | F32 or BF16  |
//! | `decoder.N.bias`    | [outputs]          | F32 or BF16  |
//! | `attack.N.…`        | likewise           | likewise     |
//! | `encoder.N.…`       | likewise           | likewise     |
//! | `embedding.latents` | [points, latents]  | F32 or BF16  |
//! | `embedding.note`    | [points]           | U8           |
//! | `embedding.label`   | [points]           | U32          |

use crate::error::Problem;
use crate::file::WeightFormat;
use crate::header::{Embedding, Network};
use crate::{Dense, Header, Model, Point};
use half::bf16;
use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView, View};
use std::borrow::Cow;

/// Takes the tensors that a checked header promises, and no others.
pub(crate) fn load(header: Header, tensors: &SafeTensors<'_>) -> Result<Model, Problem> {
    let mut reader = Reader { tensors, taken: 0 };
    let decoder = reader.network("decoder", &header.decoder)?;
    let mut optional = |name: &str, network: &Option<Network>| match network {
        Some(network) => reader.network(name, network),
        None => Ok(Vec::new()),
    };
    let attack = optional("attack", &header.attack)?;
    let encoder = optional("encoder", &header.encoder)?;
    let embedding = match &header.embedding {
        Some(embedding) => reader.embedding(embedding, header.latents.len())?,
        None => Vec::new(),
    };
    if reader.taken != tensors.len() {
        return Err(unknown_tensor(&header, tensors));
    }
    Ok(Model {
        header,
        decoder,
        attack,
        encoder,
        embedding,
    })
}

/// The tensors of a model, ready to be written.
pub(crate) fn store(model: &Model, format: WeightFormat) -> Vec<(String, Stored)> {
    let mut stored = Vec::new();
    let networks = [
        ("decoder", &model.decoder),
        ("attack", &model.attack),
        ("encoder", &model.encoder),
    ];
    for (network, layers) in networks {
        for (i, layer) in layers.iter().enumerate() {
            let shape = vec![layer.outputs, layer.inputs];
            let weight = Stored::floats(shape, &layer.weight, format);
            let bias = Stored::floats(vec![layer.outputs], &layer.bias, format);
            stored.push((format!("{network}.{i}.weight"), weight));
            stored.push((format!("{network}.{i}.bias"), bias));
        }
    }
    if model.header.embedding.is_some() {
        let points = &model.embedding;
        let latents: Vec<f32> = points
            .iter()
            .flat_map(|p| p.latents.iter().copied())
            .collect();
        let shape = vec![points.len(), model.header.latents.len()];
        let notes = points.iter().map(|p| p.note).collect();
        let labels = points.iter().flat_map(|p| p.label.to_le_bytes()).collect();
        let column = |dtype, bytes| Stored {
            dtype,
            shape: vec![points.len()],
            bytes,
        };
        let floats = Stored::floats(shape, &latents, WeightFormat::F32);
        stored.push(("embedding.latents".into(), floats));
        stored.push(("embedding.note".into(), column(Dtype::U8, notes)));
        stored.push(("embedding.label".into(), column(Dtype::U32, labels)));
    }
    stored
}

/// A tensor on its way into a file.
pub(crate) struct Stored {
    dtype: Dtype,
    shape: Vec<usize>,
    bytes: Vec<u8>,
}

impl Stored {
    fn floats(shape: Vec<usize>, values: &[f32], format: WeightFormat) -> Self {
        let (dtype, bytes) = match format {
            WeightFormat::F32 => (
                Dtype::F32,
                values.iter().flat_map(|v| v.to_le_bytes()).collect(),
            ),
            WeightFormat::Bf16 => {
                let rounded = |v: &f32| bf16::from_f32(*v).to_le_bytes();
                (Dtype::BF16, values.iter().flat_map(rounded).collect())
            }
        };
        Self {
            dtype,
            shape,
            bytes,
        }
    }
}

impl View for Stored {
    fn dtype(&self) -> Dtype {
        self.dtype
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(&self.bytes)
    }

    fn data_len(&self) -> usize {
        self.bytes.len()
    }
}

struct Reader<'a> {
    tensors: &'a SafeTensors<'a>,
    taken: usize,
}

impl<'a> Reader<'a> {
    fn network(&mut self, name: &str, network: &Network) -> Result<Vec<Dense>, Problem> {
        let mut inputs = network.inputs;
        let mut layers = Vec::with_capacity(network.layers.len());
        for (i, layer) in network.layers.iter().enumerate() {
            let outputs = layer.outputs;
            let weight = self.floats(&format!("{name}.{i}.weight"), &[outputs, inputs])?;
            let bias = self.floats(&format!("{name}.{i}.bias"), &[outputs])?;
            layers.push(Dense {
                inputs,
                outputs,
                weight,
                bias,
            });
            inputs = outputs;
        }
        Ok(layers)
    }

    fn embedding(&mut self, header: &Embedding, latents: usize) -> Result<Vec<Point>, Problem> {
        let count = header.points;
        let positions = self.floats("embedding.latents", &[count, latents])?;
        let notes = self.take("embedding.note", &[count], &[Dtype::U8])?;
        let labels = self.take("embedding.label", &[count], &[Dtype::U32])?;
        let label = |bytes: &[u8]| u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        let labels = labels.data().chunks_exact(4).map(label);
        let points = positions
            .chunks_exact(latents)
            .zip(notes.data())
            .zip(labels);
        let point = |(index, ((latents, note), label)): (usize, ((&[f32], &u8), u32))| {
            let known = (label as usize) < header.labels.len();
            if !known || *note > 127 {
                return Err(Problem::Value {
                    tensor: "embedding.label, embedding.note".into(),
                    index,
                    expected: format!("a label below {}, a note to 127", header.labels.len()),
                    found: format!("label {label}, note {note}"),
                });
            }
            Ok(Point {
                latents: latents.to_vec(),
                note: *note,
                label,
            })
        };
        points.enumerate().map(point).collect()
    }

    fn floats(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>, Problem> {
        let view = self.take(name, shape, &[Dtype::F32, Dtype::BF16])?;
        let values: Vec<f32> = match view.dtype() {
            Dtype::F32 => {
                let value = |b: &[u8]| f32::from_le_bytes([b[0], b[1], b[2], b[3]]);
                view.data().chunks_exact(4).map(value).collect()
            }
            _ => {
                let value = |b: &[u8]| bf16::from_le_bytes([b[0], b[1]]).to_f32();
                view.data().chunks_exact(2).map(value).collect()
            }
        };
        match values.iter().position(|v| !v.is_finite()) {
            None => Ok(values),
            Some(index) => Err(Problem::Value {
                tensor: name.into(),
                index,
                expected: "a finite number".into(),
                found: values[index].to_string(),
            }),
        }
    }

    fn take(
        &mut self,
        name: &str,
        shape: &[usize],
        types: &[Dtype],
    ) -> Result<TensorView<'a>, Problem> {
        let expected = || format!("{types:?} {shape:?}");
        let view = self
            .tensors
            .tensor(name)
            .map_err(|_| Problem::MissingTensor {
                tensor: name.into(),
                expected: expected(),
            })?;
        self.taken += 1;
        if view.shape() != shape || !types.contains(&view.dtype()) {
            let found = format!("{:?} {:?}", view.dtype(), view.shape());
            return Err(Problem::Tensor {
                tensor: name.into(),
                expected: expected(),
                found,
            });
        }
        Ok(view)
    }
}

fn unknown_tensor(header: &Header, tensors: &SafeTensors<'_>) -> Problem {
    let known = |name: &str| {
        let layer = |prefix: &str, network: &Network| {
            (0..network.layers.len()).any(|i| {
                name == format!("{prefix}.{i}.weight") || name == format!("{prefix}.{i}.bias")
            })
        };
        layer("decoder", &header.decoder)
            || header.attack.as_ref().is_some_and(|n| layer("attack", n))
            || header.encoder.as_ref().is_some_and(|n| layer("encoder", n))
            || (header.embedding.is_some() && name.starts_with("embedding."))
    };
    let unknown = tensors.names().into_iter().find(|name| !known(name));
    Problem::UnknownTensor {
        tensor: unknown.unwrap_or("embedding.…").to_string(),
    }
}

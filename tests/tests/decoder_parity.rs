//! The live decoder is the trainer's network: pairs recorded by the trainer, with rounded weights.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use betwixt_engine::Decoder;
use betwixt_model::Model;
use safetensors::SafeTensors;
use std::path::{Path, PathBuf};

fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

fn floats(tensors: &SafeTensors<'_>, name: &str) -> (Vec<usize>, Vec<f32>) {
    let view = tensors.tensor(name).unwrap();
    let value = |b: &[u8]| f32::from_le_bytes([b[0], b[1], b[2], b[3]]);
    (
        view.shape().to_vec(),
        view.data().chunks_exact(4).map(value).collect(),
    )
}

/// Every model in `models/`.
const MODELS: [&str; 10] = [
    "blown",
    "chroma",
    "experiment",
    "experiment_frames",
    "instruments",
    "instruments_2",
    "instruments_3",
    "notes",
    "struck",
    "synth",
];

/// Every factory model, every recorded pair, every output: within 1e-5.
#[test]
fn the_live_decoder_is_the_trained_network() {
    for name in MODELS {
        let (model, _) =
            Model::read(&project(&format!("models/{name}/weights.safetensors"))).unwrap();
        let decoder = Decoder::new(&model).unwrap();
        let pairs = std::fs::read(project(&format!("tests/golden/decoder/{name}.safetensors")));
        let pairs = pairs.unwrap();
        let pairs = SafeTensors::deserialize(&pairs).unwrap();
        let (shape, inputs) = floats(&pairs, "input");
        let (_, outputs) = floats(&pairs, "output");
        assert!(shape[0] >= 16, "{name}: {} pairs", shape[0]);
        let bins = decoder.output().numbers();
        let mut worst = 0.0f32;
        for (input, output) in inputs
            .chunks_exact(shape[1])
            .zip(outputs.chunks_exact(bins))
        {
            let single = decoder.decode(input);
            let [_, batched, ..] = decoder.decode_batch([input; 4]);
            for ((single, batched), expected) in single.iter().zip(&batched).zip(output) {
                let error = (single - expected).abs().max((batched - expected).abs());
                worst = worst.max(error);
            }
        }
        assert!(worst <= 1e-5, "{name}: {worst:e}");
        assert!(
            outputs.iter().any(|x| *x > 0.1),
            "{name}: the pairs are not all silent"
        );
    }
}

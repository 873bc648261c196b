//! The panel-major network against the textbook one, and the order of its work.

use super::*;
use crate::random::Random;
use betwixt_model::Header;
use betwixt_model::header::{
    Activation, Conditioning, FORMAT, FrameFormat, Latent, Layer, Level, Network, NoteConditioning,
    Output, Whitening,
};
use betwixt_spectral::{Geometry, MagnitudeScale};

/// A model of seeded random weights, scaled so that activations neither die nor explode.
fn random_model(hidden: &[(usize, Activation)], last: Activation) -> Model {
    let bins = geometry().bins();
    let all = hidden.iter().copied().chain([(bins, last)]);
    let layers: Vec<Layer> = all
        .map(|(outputs, activation)| Layer {
            outputs,
            activation,
        })
        .collect();
    let mut random = Random::new(7);
    let mut inputs = 2 + 12;
    let mut decoder = Vec::new();
    for &Layer { outputs, .. } in &layers {
        let reach = (3.0 / betwixt_spectral::number::real(inputs)).sqrt();
        let weight = (0..inputs * outputs)
            .map(|_| random.bipolar() * reach)
            .collect();
        let bias = (0..outputs).map(|_| random.bipolar() * 0.1).collect();
        decoder.push(Dense {
            inputs,
            outputs,
            weight,
            bias,
        });
        inputs = outputs;
    }
    Model {
        header: header(layers),
        decoder,
        attack: Vec::new(),
        encoder: vec![],
        embedding: vec![],
    }
}

fn geometry() -> Geometry {
    Geometry::new(512, 128, 44_100).unwrap()
}

fn header(layers: Vec<Layer>) -> Header {
    let latent = |name: &str, low| Latent {
        name: name.into(),
        low,
        high: 2.0,
        default: 0.25,
    };
    Header {
        format: FORMAT,
        name: "random".into(),
        authors: vec![],
        licence: "MIT".into(),
        description: String::new(),
        tags: Vec::new(),
        output: Output::Frames(FrameFormat {
            geometry: geometry(),
            scale: MagnitudeScale::Linear,
            level: Level::FrameMax,
        }),
        latents: vec![latent("a", -1.0), latent("b", 0.0)],
        whitening: Whitening {
            mean: vec![0.5, 0.25],
            basis: vec![vec![1.0, 0.0], vec![1.0, -1.0]],
        },
        conditioning: Conditioning {
            note: NoteConditioning::Chroma { lowest: 60 },
            time: None,
            velocity: None,
        },
        decoder: Network { inputs: 14, layers },
        attack: None,
        encoder: None,
        embedding: None,
        pca: None,
        measures: std::collections::BTreeMap::new(),
    }
}

fn odd_network() -> Model {
    use Activation::{LeakyRelu, Linear, Relu, Sigmoid};
    random_model(
        &[
            (16, LeakyRelu),
            (65, Relu),
            (200, Sigmoid),
            (1, Linear),
            (130, Linear),
        ],
        Relu,
    )
}

fn conditioning(seed: u64) -> Vec<f32> {
    let mut random = Random::new(seed);
    (0..14).map(|_| random.bipolar()).collect()
}

/// Any widths, every activation: the fast network is the slow one, to f32's rounding.
#[test]
fn panels_agree_with_the_textbook() {
    let model = odd_network();
    let native = Decoder::new(&model).unwrap();
    assert_eq!(native.weight_bytes(), 4);
    let mut baseline = Decoder::new(&model).unwrap();
    baseline.network = baseline.network.with_baseline_kernel();
    for seed in 0..20 {
        let vector = conditioning(seed);
        let expected = reference::decode(&model, &vector);
        for (name, decoder) in [("native", &native), ("baseline", &baseline)] {
            for (found, expected) in decoder.decode(&vector).iter().zip(&expected) {
                assert!(
                    (found - expected).abs() < 1e-5,
                    "{name}: {found} for {expected}"
                );
            }
        }
    }
}

/// Weights that fit sixteen bits are streamed as such; the values are the same to the last bit.
#[test]
fn half_weights_are_the_same_network() {
    let mut model = odd_network();
    for dense in &mut model.decoder {
        dense
            .weight
            .iter_mut()
            .for_each(|w| *w = f32::from_bits(w.to_bits() & 0xffff_0000));
    }
    let half = Decoder::new(&model).unwrap();
    assert_eq!(half.weight_bytes(), 2);
    for seed in 0..4 {
        let vector = conditioning(seed);
        let expected = reference::decode(&model, &vector);
        let batch = half.decode_batch([&vector; 4]);
        assert_eq!(half.decode(&vector), batch[3]);
        for (found, expected) in batch[3].iter().zip(&expected) {
            assert!((found - expected).abs() < 1e-5, "{found} for {expected}");
        }
    }
}

/// A chord's notes are decoded together; nobody may hear that from the bits.
#[test]
fn a_batch_gives_the_bits_of_single_decodes() {
    let decoder = Decoder::new(&odd_network()).unwrap();
    let vectors: Vec<Vec<f32>> = (0..4).map(conditioning).collect();
    let batch = decoder.decode_batch(std::array::from_fn(|i| vectors[i].as_slice()));
    for (vector, found) in vectors.iter().zip(batch) {
        assert_eq!(decoder.decode(vector), found);
    }
}

/// However the work is dealt out over the hop, the frame is the same.
#[test]
fn portions_do_not_change_the_frame() {
    let decoder = Decoder::new(&odd_network()).unwrap();
    let vector = conditioning(3);
    let whole = decoder.decode(&vector);
    for portions in [1u32, 2, 7, 10, 1000] {
        let mut work = decoder.activations();
        work.input(14).copy_from_slice(&vector);
        let mut progress = Progress::default();
        for portion in 1..=portions {
            let share = f64::from(portion) / f64::from(portions);
            decoder.advance(&mut work, &mut progress, share);
        }
        assert_eq!(work.output(257), whole, "{portions} portions");
    }
}

/// knob ─► low + knob·(high − low) ─► mean + basis · v, by hand for one position.
#[test]
fn knobs_reach_the_decoder_through_range_and_whitening() {
    let decoder = Decoder::new(&odd_network()).unwrap();
    let mut vector = [f32::NAN; 14];
    decoder.write_latents(&[0.5, 0.25], &mut vector);
    // v = (−1 + 0.5·3, 0 + 0.25·2) = (0.5, 0.5)
    assert!((vector[0] - 1.0).abs() < 1e-6, "0.5 + 0.5");
    assert!((vector[1] - 0.25).abs() < 1e-6, "0.25 + 0.5 − 0.5");
}

/// A model put together by hand is checked as a file would be.
#[test]
fn contradicting_shapes_are_refused() {
    let mut model = odd_network();
    model.decoder[1].bias.pop();
    assert!(
        Decoder::new(&model)
            .unwrap_err()
            .to_string()
            .contains("decoder")
    );
}

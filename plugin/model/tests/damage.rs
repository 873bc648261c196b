//! Damaged, hostile and mismatched files: each is refused with its file, its place, what was
//! expected and what to do; a sound one comes back as it was.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use betwixt_model::header::{
    Activation, Conditioning, Embedding, FORMAT, FrameFormat, Latent, Layer, Level, Network,
    NoteConditioning, Output, TimeConditioning, Whitening,
};
use betwixt_model::{ContentHash, Dense, Header, Model, Point, WeightFormat};
use betwixt_spectral::{Geometry, MagnitudeScale};
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use std::collections::{BTreeMap, HashMap};

/// A small, sound model with every optional part.
fn model() -> Model {
    let dense = |inputs: usize, outputs: usize| Dense {
        inputs,
        outputs,
        weight: (0..inputs * outputs)
            .map(|i| (i % 7) as f32 * 0.25 - 0.5)
            .collect(),
        bias: vec![0.125; outputs],
    };
    Model {
        header: header(),
        decoder: vec![dense(32, 5), dense(5, 257)],
        attack: Vec::new(),
        encoder: vec![dense(279, 4), dense(4, 2)],
        embedding: vec![Point {
            latents: vec![0.25, 0.75],
            note: 60,
            label: 0,
        }],
    }
}

fn header() -> Header {
    let latent = |name: &str| Latent {
        name: name.into(),
        low: -1.0,
        high: 1.0,
        default: 0.5,
    };
    let layers = |widths: &[usize]| {
        let layer = |&outputs: &usize| Layer {
            outputs,
            activation: Activation::LeakyRelu,
        };
        widths.iter().map(layer).collect()
    };
    Header {
        format: FORMAT,
        name: "Small".into(),
        authors: vec!["Ada".into()],
        licence: "MIT".into(),
        description: "For tests.".into(),
        tags: vec!["round".into()],
        output: Output::Frames(FrameFormat {
            geometry: Geometry::new(512, 128, 44_100).unwrap(),
            scale: MagnitudeScale::Power { exponent: 0.5 },
            level: Level::NoteMax,
        }),
        latents: vec![latent("Latent 1"), latent("Latent 2")],
        whitening: Whitening {
            mean: vec![0.0; 2],
            basis: vec![vec![1.0, 0.0], vec![0.0, 1.0]],
        },
        conditioning: Conditioning {
            note: NoteConditioning::OctaveAndChroma { low: 36, high: 96 },
            time: Some(TimeConditioning { trained_s: 1.5 }),
            velocity: None,
        },
        decoder: Network {
            inputs: 2 + 22 + 8,
            layers: layers(&[5, 257]),
        },
        attack: None,
        encoder: Some(Network {
            inputs: 257 + 22,
            layers: layers(&[4, 2]),
        }),
        embedding: Some(Embedding {
            points: 1,
            labels: vec!["Saw".into()],
        }),
        pca: None,
        measures: BTreeMap::from([("sc_db".into(), -9.5)]),
    }
}

fn bytes() -> Vec<u8> {
    model().to_bytes(WeightFormat::F32).unwrap()
}

/// The file with its header's JSON changed by hand, tensors untouched.
fn with_header(change: impl FnOnce(&mut serde_json::Value)) -> Vec<u8> {
    with_parts(change, |_| {})
}

type Tensors = BTreeMap<String, (Dtype, Vec<usize>, Vec<u8>)>;

fn with_tensors(change: impl FnOnce(&mut Tensors)) -> Vec<u8> {
    with_parts(|_| {}, change)
}

fn with_parts(
    change_header: impl FnOnce(&mut serde_json::Value),
    change_tensors: impl FnOnce(&mut Tensors),
) -> Vec<u8> {
    let bytes = bytes();
    let (_, metadata) = SafeTensors::read_metadata(&bytes).unwrap();
    let json = &metadata.metadata().as_ref().unwrap()["betwixt"];
    let mut header = serde_json::from_str(json).unwrap();
    change_header(&mut header);
    let parsed = SafeTensors::deserialize(&bytes).unwrap();
    let own = |(name, view): (String, TensorView<'_>)| {
        (
            name,
            (view.dtype(), view.shape().to_vec(), view.data().to_vec()),
        )
    };
    let mut tensors: Tensors = parsed.tensors().into_iter().map(own).collect();
    change_tensors(&mut tensors);
    let views = tensors.iter().map(|(name, (dtype, shape, data))| {
        (
            name.clone(),
            TensorView::new(*dtype, shape.clone(), data).unwrap(),
        )
    });
    let metadata = HashMap::from([("betwixt".to_owned(), header.to_string())]);
    safetensors::serialize(views, Some(metadata)).unwrap()
}

fn raw(json: &str, data: usize) -> Vec<u8> {
    let mut bytes = (json.len() as u64).to_le_bytes().to_vec();
    bytes.extend(json.as_bytes());
    bytes.resize(bytes.len() + data, 0);
    bytes
}

/// What is wrong, the file, and what the message must name.
type Case = (&'static str, Vec<u8>, Vec<&'static str>);

fn damaged() -> Vec<Case> {
    let mut cases = damaged_containers();
    cases.extend(damaged_headers());
    cases.extend(damaged_tensors());
    cases
}

fn damaged_containers() -> Vec<Case> {
    let whole = bytes();
    let huge = r#"{"a":{"dtype":"F32","shape":[18446744073709551615],"data_offsets":[0,8]}}"#;
    let beyond = r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,99]}}"#;
    let back = r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#;
    let deep = "[".repeat(100_000);
    let container = || vec!["safetensors"];
    vec![
        ("empty", vec![], container()),
        ("seven bytes", vec![0; 7], container()),
        (
            "text",
            b"this is a love letter, not a model".to_vec(),
            container(),
        ),
        (
            "half of a file",
            whole[..whole.len() / 2].to_vec(),
            container(),
        ),
        (
            "last byte missing",
            whole[..whole.len() - 1].to_vec(),
            container(),
        ),
        (
            "a byte too many",
            [whole.as_slice(), &[0]].concat(),
            container(),
        ),
        (
            "header claims to be huge",
            [&u64::MAX.to_le_bytes()[..], &whole[8..]].concat(),
            container(),
        ),
        ("a shape that overflows", raw(huge, 8), container()),
        ("offsets beyond the end", raw(beyond, 8), container()),
        ("offsets that run backwards", raw(back, 8), container()),
        ("brackets without end", raw(&deep, 0), container()),
        ("no metadata", raw("{}", 0), vec!["betwixt"]),
        (
            "another program's",
            raw(r#"{"__metadata__":{"format":"pt"}}"#, 0),
            vec!["betwixt"],
        ),
    ]
}

/// What is wrong | where | what stands there instead | what the message must name.
const HEADERS: &str = r#"
wrong type        | /latents                                 | "eight"                     | betwixt
later format      | /format                                  | 3                           | format, 3, 2
odd transform     | /output/frames/geometry/fft_len          | 500                         | fft_len, 500
odd hop           | /output/frames/geometry/hop              | 3                           | hop, 128
no sample rate    | /output/frames/geometry/sample_rate_hz   | 0                           | sample_rate_hz
senseless scale   | /output/frames/scale                     | {"power":{"exponent":0.0}}  | scale
no latents        | /latents                                 | []                          | latents
range upside down | /latents/1/low                           | 2.0                         | latents[1].low, 2
default outside   | /latents/0/default                       | 1.5                         | latents[0].default, 1.5
whitening short   | /whitening/mean                          | [0.0]                       | whitening
keys swapped      | /conditioning/note/octave_and_chroma/low | 99                          | note
no time           | /conditioning/time/trained_s             | 0                           | trained_s
no exponent       | /output                                  | {"partials":{"exponent":0.0,"free":false}} | exponent
no output         | /output                                  | {"samples":{}}              | samples, partials
velocity swapped  | /conditioning/velocity                   | {"low":9,"high":8}          | velocity, 9 to 8
activation        | /decoder/layers/0/activation             | "exec"                      | exec
no layers         | /decoder/layers                          | []                          | decoder.layers
too few bins      | /decoder/layers/1/outputs                | 256                         | decoder, 257
wide as the sea   | /decoder/layers/0/outputs                | 9999999                     | decoder
inputs            | /decoder/inputs                          | 31                          | decoder.inputs, 32, 31
encoder's end     | /encoder/layers/1/outputs                | 3                           | encoder
"#;

fn damaged_headers() -> Vec<Case> {
    let rows = HEADERS.lines().filter(|line| !line.is_empty()).map(|line| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let value: serde_json::Value = serde_json::from_str(cells[2]).unwrap();
        let bytes = with_header(|header| *header.pointer_mut(cells[1]).unwrap() = value);
        (cells[0], bytes, cells[3].split(", ").collect())
    });
    let missing = with_header(|header| drop(header.as_object_mut().unwrap().remove("name")));
    let unknown = with_header(|header| header["run"] = "rm".into());
    let attack = with_header(|header| header["attack"] = header["decoder"].clone());
    let others = [
        ("an attack of frames", attack, vec!["attack", "frames"]),
        ("field missing", missing, vec!["name"]),
        ("unknown field", unknown, vec!["run"]),
    ];
    rows.chain(others).collect()
}

fn damaged_tensors() -> Vec<Case> {
    let transposed = |tensors: &mut Tensors| {
        tensors.get_mut("decoder.0.weight").unwrap().1.reverse();
    };
    let integers =
        |tensors: &mut Tensors| tensors.get_mut("decoder.0.bias").unwrap().0 = Dtype::I32;
    let nan = |tensors: &mut Tensors| {
        tensors.get_mut("decoder.1.bias").unwrap().2[..4].copy_from_slice(&f32::NAN.to_le_bytes());
    };
    let extra = |tensors: &mut Tensors| {
        tensors.insert("decoder.9.weight".into(), (Dtype::U8, vec![1], vec![0]));
    };
    let label = |tensors: &mut Tensors| tensors.get_mut("embedding.label").unwrap().2[0] = 9;
    let missing = |tensors: &mut Tensors| drop(tensors.remove("encoder.1.bias"));
    vec![
        (
            "tensor missing",
            with_tensors(missing),
            vec!["encoder.1.bias", "[2]"],
        ),
        (
            "tensor transposed",
            with_tensors(transposed),
            vec!["decoder.0.weight", "[5, 32]", "[32, 5]"],
        ),
        (
            "tensor of integers",
            with_tensors(integers),
            vec!["decoder.0.bias", "I32", "F32"],
        ),
        (
            "not a number",
            with_tensors(nan),
            vec!["decoder.1.bias", "NaN", "index 0"],
        ),
        (
            "unknown tensor",
            with_tensors(extra),
            vec!["decoder.9.weight"],
        ),
        (
            "unknown label",
            with_tensors(label),
            vec!["embedding.label", "label 9"],
        ),
    ]
}

/// Thirty-nine kinds of damage, each with an answer that a musician can act on.
#[test]
fn damaged_files_are_refused_with_reasons() {
    let cases = damaged();
    assert!(cases.len() >= 35, "{} kinds", cases.len());
    for (kind, bytes, names) in cases {
        let error = Model::from_bytes("my.safetensors", &bytes)
            .expect_err(kind)
            .to_string();
        assert!(error.starts_with("my.safetensors: "), "{kind}: {error}");
        for name in names.iter().chain(&["expected"]) {
            assert!(error.contains(name), "{kind}: no `{name}` in: {error}");
        }
    }
}

/// What is on a disk can be worse than what is in a file.
#[test]
fn unreadable_paths_are_refused_with_reasons() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("gone.safetensors");
    let large = folder.path().join("large.safetensors");
    std::fs::File::create(&large)
        .unwrap()
        .set_len((256 << 20) + 1)
        .unwrap();
    for (path, name) in [
        (missing.as_path(), "check that"),
        (folder.path(), "regular"),
        (&large, "268435457"),
    ] {
        let error = Model::read(path).expect_err(name).to_string();
        assert!(
            error.contains(name) && error.contains(&path.display().to_string()),
            "{error}"
        );
    }
}

/// Every single byte of the file flipped: refused or read, never a panic.
#[test]
fn flipped_bytes_never_panic() {
    let whole = bytes();
    let header = u64::from_le_bytes(whole[..8].try_into().unwrap());
    let header = usize::try_from(header).unwrap() + 8;
    for at in 0..header {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x15;
        let _ = Model::from_bytes("flipped", &bytes);
    }
}

/// What was written comes back: exactly in f32, to bf16's three digits in half the size.
#[test]
fn files_come_back_as_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    let hash = model().write(&path, WeightFormat::F32).unwrap();
    let (back, found) = Model::read(&path).unwrap();
    assert_eq!((back, found), (model(), hash));
    assert_eq!(hash, ContentHash::of(&std::fs::read(&path).unwrap()));
    assert_eq!(hash.to_string().len(), 64);
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        1,
        "nothing is left beside it"
    );

    let half = model().to_bytes(WeightFormat::Bf16).unwrap();
    let back = Model::from_bytes("half", &half).unwrap();
    for (stored, own) in back.decoder[1]
        .weight
        .iter()
        .zip(&model().decoder[1].weight)
    {
        assert!(
            (stored - own).abs() <= own.abs() / 256.0,
            "{stored} for {own}"
        );
    }
}

/// A model that contradicts itself is not written.
#[test]
fn contradictions_are_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    let mut model = model();
    model.decoder.pop();
    let error = model
        .write(&path, WeightFormat::F32)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("decoder.1.weight") && !path.exists(),
        "{error}"
    );
}

//! Hundreds of damaged models: each is refused with words of its own, and nothing is changed by it.
//!
//! ```text
//!  small model ─► container, header fields, tensors, one damaged at a time ─► import, find ─► words
//! ```

use super::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;

/// A container by its parts: its own header, and what lies behind.
struct Container {
    header: Value,
    data: Vec<u8>,
}

impl Container {
    fn small() -> Self {
        let bytes = tiny_model(2);
        let len = usize::try_from(u64::from_le_bytes(bytes[..8].try_into().unwrap())).unwrap();
        Self {
            header: serde_json::from_slice(&bytes[8..8 + len]).unwrap(),
            data: bytes[8 + len..].to_vec(),
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let text = self.header.to_string();
        let len = (text.len() as u64).to_le_bytes();
        [&len, text.as_bytes(), &self.data].concat()
    }

    /// The model's own header, changed.
    fn with_header(&self, change: impl FnOnce(&mut Value)) -> Vec<u8> {
        let text = self.header["__metadata__"]["betwixt"].as_str().unwrap();
        let mut own: Value = serde_json::from_str(text).unwrap();
        change(&mut own);
        let mut header = self.header.clone();
        header["__metadata__"]["betwixt"] = own.to_string().into();
        let data = self.data.clone();
        Self { header, data }.bytes()
    }
}

/// Paths of everything in a JSON value.
fn paths(value: &Value, path: &str, all: &mut Vec<String>) {
    let inner: Vec<(String, &Value)> = match value {
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| (key.clone(), value))
            .collect(),
        Value::Array(list) => {
            let first = list.iter().enumerate().take(1);
            first.map(|(at, value)| (at.to_string(), value)).collect()
        }
        _ => Vec::new(),
    };
    for (key, value) in inner {
        let path = format!("{path}/{key}");
        paths(value, &path, all);
        all.push(path);
    }
}

/// Every field of the header, as something else or not there.
fn headers(small: &Container) -> Vec<(String, Vec<u8>)> {
    let text = small.header["__metadata__"]["betwixt"].as_str().unwrap();
    let own: Value = serde_json::from_str(text).unwrap();
    let mut all = Vec::new();
    paths(&own, "", &mut all);
    let others = [
        Value::Null,
        json!("words"),
        json!(-7.5),
        json!(1e300),
        json!([[]]),
        json!({ "what": 3 }),
    ];
    let mut cases = Vec::new();
    for path in &all {
        for other in &others {
            let bytes = small.with_header(|own| *own.pointer_mut(path).unwrap() = other.clone());
            cases.push((format!("{path} is {other}"), bytes));
        }
        let (parent, key) = path.rsplit_once('/').unwrap();
        let bytes = small.with_header(|own| {
            if let Some(map) = own.pointer_mut(parent).and_then(Value::as_object_mut) {
                map.remove(key);
            }
        });
        cases.push((format!("{path} is not there"), bytes));
    }
    cases
}

/// Every tensor of another type or shape, not a number, or not there.
fn tensors(small: &Container) -> Vec<(String, Vec<u8>)> {
    let names: Vec<String> = small.header.as_object().unwrap().keys().cloned().collect();
    let mut cases = Vec::new();
    for name in names.into_iter().filter(|name| name != "__metadata__") {
        let change = |what: &str, change: &dyn Fn(&mut Value)| {
            let mut header = small.header.clone();
            change(&mut header);
            let data = small.data.clone();
            (format!("{name} {what}"), Container { header, data }.bytes())
        };
        let renamed = format!("{name}.old");
        cases.push(change("renamed", &|header| {
            let tensor = header.as_object_mut().unwrap().remove(&name).unwrap();
            header[&renamed] = tensor;
        }));
        cases.push(change("I32", &|header| {
            header[&name]["dtype"] = "I32".into()
        }));
        cases.push(change("flat", &|header| {
            header[&name]["shape"] = json!([1, 1])
        }));
        cases.push(change("far", &|header| {
            header[&name]["data_offsets"][1] = json!(1u64 << 40)
        }));
        let first = small.header[&name]["data_offsets"][0].as_u64().unwrap();
        let first = usize::try_from(first).unwrap();
        for wild in [f32::NAN, f32::NEG_INFINITY] {
            let mut data = small.data.clone();
            data[first..first + 4].copy_from_slice(&wild.to_le_bytes());
            let header = small.header.clone();
            cases.push((format!("{name} {wild}"), Container { header, data }.bytes()));
        }
    }
    cases
}

/// The container cut off and spoilt.
fn containers(small: &Container) -> Vec<(String, Vec<u8>)> {
    let whole = small.bytes();
    let cut = (0..20).map(|part| {
        let end = part * whole.len() / 20;
        (format!("cut at {end}"), whole[..end].to_vec())
    });
    let longer = [whole.as_slice(), b"more"].concat();
    let words = b"this is a love letter, not a model".to_vec();
    let others = [("longer".to_owned(), longer), ("words".to_owned(), words)];
    cut.chain(others).collect()
}

/// What is refused says why, in words that no other damage gets more than a few times; nothing is
/// copied into the folder, and a project that carries such a copy is silent and says so.
#[test]
fn hundreds_of_bad_files_give_their_reasons() {
    let small = Container::small();
    let mut cases = containers(&small);
    cases.extend(headers(&small));
    cases.extend(tensors(&small));
    let (from, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let path = from.path().join("bad.safetensors");
    let (mut kinds, mut words, mut sound) = (0, BTreeSet::new(), 0);
    for (kind, bytes) in &cases {
        fs::write(&path, bytes).unwrap();
        // Another name, another description: still a model.
        if Loaded::from_bytes("any", bytes.clone()).is_ok() {
            sound += 1;
            continue;
        }
        let refused = folder::import_into(folder.path(), &path).unwrap_err();
        let own = path.display().to_string();
        assert!(refused.starts_with(&own), "{kind}: {refused}");
        let says_what_to_do = ["export", "copy or download", "choose another", "update"];
        let says = says_what_to_do.iter().any(|words| refused.contains(words));
        assert!(refused.contains("expected") && says, "{kind}: {refused}");
        let hash = ContentHash::of(bytes).to_string();
        let wanted = Wanted {
            name: "Bad".into(),
            hash: Some(hash.clone()),
        };
        let carried = BTreeMap::from([(hash, Arc::from(bytes.as_slice()))]);
        let missing = find(&wanted, &carried).unwrap_err();
        assert!(
            missing.starts_with("Bad (in the project)"),
            "{kind}: {missing}"
        );
        kinds += 1;
        words.insert(refused);
    }
    eprintln!(
        "{kinds} bad files, {} reasons; {sound} are models",
        words.len()
    );
    assert!(
        kinds >= 200 && words.len() >= 200,
        "{kinds}, {}",
        words.len()
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

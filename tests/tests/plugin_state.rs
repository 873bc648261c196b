//! The built plugin opens what an older one saved, and what it saves itself is frozen.
//!
//! `golden/plugin_state_1.bin` was written by the plugin as it was before it had parameters for
//! time, pitch, tone and width: a fresh instance at 48 kHz played one block of 64 samples with the
//! events below, and saved its state. It cannot be made again, and must not be.

use betwixt_host::{Blocks, Event, Instance, Project};
use betwixt_tests::built;
use serde_json::Value;
use std::fmt::Write;
use std::path::{Path, PathBuf};

const OLD: &[u8] = include_bytes!("../golden/plugin_state_1.bin");
/// What was set, as the host's values.
const SET: [(&str, f64); 11] = [
    ("Latent 1", 0.9),
    ("Latent 2", 0.123_456),
    ("Octave", 3.0),
    ("Chroma", 5.0),
    ("Fine Tune", 0.8),
    ("Bend Range", 12.0),
    ("Attack", 0.31),
    ("Sustain", 0.6),
    ("Release", 0.5),
    ("Gain", 0.7),
    ("Voices", 7.0),
];
/// Parameters that there were.
const OLD_COUNT: usize = 20;

fn instance() -> Instance {
    built::clap(512)
}

/// The text in a state: the framework puts its length in eight bytes before it.
fn text(state: &[u8]) -> String {
    String::from_utf8(state[8..].to_vec()).expect("the state is JSON")
}

/// What was set stands as it was, and what did not exist yet at its default, whatever was there.
#[test]
fn an_older_state_opens() {
    let mut instance = instance();
    let parameters = instance.parameters().to_vec();
    let moved = parameters[OLD_COUNT..].iter().map(|parameter| {
        let is_low = parameter.default == parameter.minimum;
        let value = if is_low {
            parameter.maximum
        } else {
            parameter.minimum
        };
        Event::parameter(&parameter.name, value).at(0)
    });
    let moved: Vec<_> = moved.chain([Event::controller(1, 127).at(0)]).collect();
    let (mut left, mut right) = ([0.0; 64], [0.0; 64]);
    instance
        .process(&moved, &mut left, &mut right)
        .expect("it plays");
    instance.load_state(OLD).expect("an older state is a state");
    for (name, value) in SET {
        let found = instance.value(name).expect("a value");
        assert!((found - value).abs() < 1e-5, "{name}: {found}");
    }
    for parameter in &parameters[OLD_COUNT..] {
        let found = instance.value(&parameter.name).expect("a value");
        let distance = (found - parameter.default).abs();
        assert!(distance < 1e-6, "{}: {found}", parameter.name);
    }
    let saved = text(&instance.save_state().expect("saved"));
    let held = r#"{\"held\":{\"latent_3\":0.78740156},\"wheel\":0.0}"#;
    assert!(
        saved.contains(held),
        "controller 22 holds, the wheel is down: {saved}"
    );
}

/// The model that an older project names is not there, so it is silent and says so; with its hash
/// replaced by the one that is there, it plays.
#[test]
fn an_older_state_plays_with_the_model_that_is_here() {
    let mut instance = instance();
    let own = Project::of(&mut instance).expect("saved").field("models");
    let own = own.expect("the models are saved")[0]["hash"].clone();
    let old = Project::read(OLD).expect("a project");
    let named = old
        .field("model")
        .expect("the first format named one model");
    let piece = [Event::note_on(60, 1.0).at(0)];
    let mut loudest = |state: &Project| {
        instance.load_state(&state.bytes()).expect("it is a state");
        let setup = instance.setup();
        instance.activate(setup).expect("active");
        let sound = instance.play(&piece, 9_600, &Blocks::Of(480));
        let sound = sound.expect("it plays").left;
        let saved = Project::of(&mut instance).expect("saved").field("models");
        let peak = sound.iter().fold(0.0, |peak: f32, x| peak.max(x.abs()));
        (peak, saved.expect("the models are saved")[0].clone())
    };
    let (silence, saved) = loudest(&old);
    assert_eq!((silence, &saved["hash"]), (0.0, &named), "it is silent");
    assert!(
        saved["problem"]
            .as_str()
            .is_some_and(|words| words.contains("no model"))
    );
    let renamed = old.with("model", &own);
    assert!(loudest(&renamed).0 > 1e-3);
}

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("golden")
        .join(name)
}

/// Hashes are the models', which are trained anew at times.
fn without_hashes(value: &mut Value) {
    match value {
        Value::Object(map) => map.iter_mut().for_each(|(key, value)| {
            if key == "hash" {
                *value = "(hash)".into();
            } else {
                without_hashes(value);
            }
        }),
        Value::Array(list) => list.iter_mut().for_each(without_hashes),
        _ => {}
    }
}

/// Names and shapes of all that is saved beside the parameters. `golden/plugin_state.txt` is the list
/// as it was released; it is written anew by
/// `BETWIXT_WRITE_GOLDEN=1 cargo test -p betwixt-tests --test plugin_state`.
#[test]
fn the_fields_are_those_that_were_released() {
    let project = Project::of(&mut instance()).expect("saved");
    let mut found = String::from(
        "# BETWIXT_WRITE_GOLDEN=1 cargo test -p betwixt-tests --test plugin_state\n\
         # field | what a new instance saves\n",
    );
    for name in project.fields() {
        let mut content = project.field(&name).expect("every field is JSON");
        without_hashes(&mut content);
        writeln!(found, "{name} | {content}").expect("text can be written");
    }
    let path = golden("plugin_state.txt");
    if std::env::var_os("BETWIXT_WRITE_GOLDEN").is_some() {
        std::fs::write(&path, &found).expect("written");
    }
    let released = std::fs::read_to_string(&path).expect("tests/golden is there");
    assert_eq!(found, released);
}

/// `golden/plugin_state_2.bin` was saved when there came to be four models: by a fresh instance in
/// which `struck` and `blown` were in the first slots, with what is set below. It cannot be made
/// again, and must not be: only a file that is missing is written, when asked as above.
#[test]
fn a_state_of_the_second_format_opens() {
    const SET: [(&str, f64); 4] = [
        ("Latent 3", 0.25),
        ("Morph", 0.2),
        ("Attack", 0.31),
        ("Mod 3 Depth", 0.7),
    ];
    let path = golden("plugin_state_2.bin");
    if std::env::var_os("BETWIXT_WRITE_GOLDEN").is_some() && !path.exists() {
        let mut instance = instance();
        instance.use_models(&["struck", "blown"]).expect("active");
        let set: Vec<_> = SET
            .iter()
            .map(|(name, value)| Event::parameter(name, *value).at(0))
            .collect();
        instance.play(&set, 64, &Blocks::Of(64)).expect("it plays");
        let state = instance.save_state().expect("saved");
        std::fs::write(&path, state).expect("written");
    }
    let old = std::fs::read(&path).expect("tests/golden is there");
    let mut opened = instance();
    opened.load_state(&old).expect("it is a state");
    let setup = opened.setup();
    opened.activate(setup).expect("active");
    for (name, value) in SET {
        let found = opened.value(name).expect("a value");
        assert!((found - value).abs() < 1e-5, "{name}: {found}");
    }
    let hashes = |project: &Project| {
        let models = project.field("models").expect("they are saved");
        [0, 1, 2, 3].map(|slot: usize| models[slot]["hash"].clone())
    };
    let old = Project::read(&old).expect("a project");
    let saved = Project::of(&mut opened).expect("saved");
    assert_eq!(hashes(&saved), hashes(&old));
    assert_eq!(saved.field("format"), Some(2.into()));
}

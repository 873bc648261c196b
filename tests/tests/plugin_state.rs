//! The built plugin opens what an older one saved.
//!
//! `golden/plugin_state_1.bin` was written by the plugin as it was before it had parameters for
//! time, pitch, tone and width: a fresh instance at 48 kHz played one block of 64 samples with the
//! events below, and saved its state. It cannot be made again, and must not be.

use betwixt_host::{Blocks, Event, Host, Instance, Project, Setup};

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
    let host = Host::built().expect("the plugin builds and loads");
    host.instance(Setup::new(48_000.0, 512)).expect("active")
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

//! A project that carries a preset: the sound is the preset's, the set-up the project's.

use super::*;
use crate::state::repair;
use nice_plug::prelude::{Params, PluginState};
use serde_json::{Value, json};
use std::sync::Arc;

const PRESET: &str = "format = 1\nname = \"P\"\n[models]\na = \"struck\"\nc = \"synth\"\n[sound]\n\
                      latent_1 = 0.75\nattack = 0.5\nplay_mode = \"mono\"\nmorph = 1.5\n";

/// Parameters into which such a state has been loaded.
fn loaded(state: Value) -> Parameters {
    let mut state: PluginState = serde_json::from_value(state).unwrap();
    let parameters = parameters();
    repair(&mut state, &parameters);
    for (id, pointer, _) in parameters.param_map() {
        // What the framework does with a loaded state.
        let value = state.params.remove(&id).unwrap();
        let entry = parameters.table().into_iter().find(|entry| entry.id == id);
        let position = position(entry.unwrap().kind, &value);
        // SAFETY: the parameters live longer than this loop.
        #[allow(unsafe_code, reason = "the framework moves parameters by pointer")]
        unsafe {
            pointer._internal_set_normalized_value(position);
        }
    }
    parameters.deserialize_fields(&state.fields);
    assert!(!state.fields.contains_key("preset"), "it is loaded once");
    parameters
}

fn position(kind: crate::parameters::Kind<'_>, value: &nice_plug::plugin::ParamValue) -> f32 {
    use crate::parameters::Kind;
    use nice_plug::plugin::ParamValue as Saved;
    let value = match (value, kind) {
        (Saved::F32(value), _) => Setting::Real(*value),
        (Saved::I32(value), _) => Setting::Whole(*value),
        (Saved::Bool(value), _) => Setting::Switch(*value),
        (Saved::String(id), Kind::Choice(choice)) => {
            Setting::Choice(choice.ids().iter().position(|own| own == id).unwrap())
        }
        (Saved::String(_), _) => panic!("a text for a number"),
    };
    value.position(kind)
}

fn field(preset: &str) -> String {
    Value::from(preset).to_string()
}

/// The sound becomes the preset's whatever the state says of it, and what controllers hold of it is
/// released; the set-up, and what is held of it, stays. The name is remembered.
#[test]
fn a_project_can_carry_a_preset() {
    let held = json!({ "held": { "attack": 0.9, "voices": 0.25 }, "wheel": 0.5 }).to_string();
    let parameters = loaded(json!({
        "version": "",
        "params": { "attack": { "f32": 9.0 }, "voices": { "i32": 3 }, "mpe": { "string": "lower" } },
        "fields": { "preset": field(PRESET), "controllers": held },
    }));
    let preset = Preset::read("P", PRESET, &parameters).unwrap();
    assert_eq!(Sound::of(&parameters), preset.sound);
    let kept = [parameters.voices.value(), parameters.mpe_place()];
    assert_eq!(kept, [3, 1]);
    let place = |id| parameters.map.place(id).unwrap();
    assert_eq!(parameters.controllers.position(place("attack")), None);
    assert_eq!(parameters.controllers.position(place("voices")), Some(0.25));
    assert_eq!(parameters.controllers.wheel(), 0.5);
    let shown = parameters.loaded.shown(&parameters);
    assert_eq!(
        (shown.name.as_deref(), shown.is_changed),
        (Some("P"), false)
    );
}

impl Parameters {
    fn mpe_place(&self) -> i32 {
        match Setting::set(crate::parameters::Kind::Choice(&self.playing.mpe)) {
            Setting::Choice(place) => i32::try_from(place).unwrap(),
            _ => -1,
        }
    }
}

/// A damaged preset is refused and said, also by what the project saves; the rest of it holds.
#[test]
fn a_damaged_preset_is_refused_and_said() {
    for damaged in [PRESET.replace("0.75", "7.5"), "[".into(), String::new()] {
        let parameters = loaded(json!({
            "version": "",
            "params": { "attack": { "f32": 9.0 } },
            "fields": { "preset": field(&damaged) },
        }));
        assert!((parameters.attack.value() - 9.0).abs() < 1e-5);
        let shown = parameters.loaded.shown(&parameters);
        assert_eq!(shown.name, None);
        let problem = shown.problem.unwrap();
        assert!(
            problem.starts_with("The preset in the project: "),
            "{problem}"
        );
        let saved = parameters.serialize_fields();
        assert!(saved["loaded"].contains("The preset in the project"));
    }
}

/// A project remembers its preset whole: what was changed since shows after it is opened again, and
/// so does what a later version wrote into it.
#[test]
fn a_project_remembers_its_preset() {
    let text = format!("{PRESET}shimmer = 0.5\n");
    let first =
        loaded(json!({ "version": "", "params": {}, "fields": { "preset": field(&text) } }));
    let fields = first.serialize_fields();
    let second = parameters();
    second.deserialize_fields(&fields);
    let shown = second.loaded.shown(&second);
    assert_eq!((shown.name.as_deref(), shown.is_changed), (Some("P"), true));
    assert!(shown.problem.unwrap().contains("sound.shimmer"));
    let again = second.serialize_fields();
    assert_eq!(again["loaded"], fields["loaded"]);
    second
        .loaded
        .remember(Arc::new(Preset::initial(&second)), &second);
    assert_eq!(second.loaded.shown(&second).problem, None);
}

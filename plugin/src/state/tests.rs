//! What is damaged, older or later, and what becomes of it.

use super::*;
use crate::library::tests::{slots, tiny_header};

fn fresh() -> Parameters {
    Parameters::new(&tiny_header(3), slots(3))
}

fn state(params: &[(&str, ParamValue)], fields: &[(&str, &str)]) -> PluginState {
    let text = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
    let value = |(id, value): &(&str, ParamValue)| ((*id).to_owned(), value.clone());
    PluginState {
        version: String::new(),
        params: params.iter().map(value).collect(),
        fields: fields.iter().map(text).collect(),
    }
}

/// An empty state is a project at its defaults, whatever was set before.
#[test]
fn what_is_missing_gets_its_default() {
    let fresh = fresh();
    let mut repaired = state(&[], &[]);
    repair(&mut repaired, &fresh);
    assert_eq!(repaired.params.len(), fresh.param_map().len());
    assert_eq!(repaired.fields, fresh.serialize_fields());
    let gain = &repaired.params["gain"];
    assert!(matches!(gain, ParamValue::F32(value) if *value == 0.0));
    let chroma = &repaired.params["chroma"];
    assert!(matches!(chroma, ParamValue::String(id) if id == "played"));
}

/// Values out of range, of another kind, or not numbers at all become ones that can be played.
#[test]
fn damage_is_repaired() {
    let fresh = fresh();
    let params = [
        ("latent_1", ParamValue::F32(f32::INFINITY)),
        ("latent_2", ParamValue::F32(1e30)),
        ("latent_3", ParamValue::String("half".into())),
        ("voices", ParamValue::I32(i32::MIN)),
        ("octave", ParamValue::F32(1.0)),
        ("chroma", ParamValue::String("h".into())),
        ("phase", ParamValue::I32(-7)),
    ];
    let fields = [
        ("window", "[1]"),
        ("pad", "\"x\""),
        ("plane", "\"three\""),
        ("controllers", "[1,\"up\"]"),
        ("carried", "3"),
        ("later", "[]"),
        ("format", "{"),
    ];
    let mut damaged = state(&params, &fields);
    repair(&mut damaged, &fresh);
    let default = fresh.latent(0).default_plain_value();
    let real = |id: &str| match damaged.params[id] {
        ParamValue::F32(value) => value,
        _ => f32::NAN,
    };
    assert_eq!(real("latent_1"), default);
    assert_eq!(real("latent_2"), 1.0);
    assert_eq!(real("latent_3"), fresh.latent(2).default_plain_value());
    assert!(matches!(damaged.params["voices"], ParamValue::I32(1)));
    assert!(matches!(damaged.params["octave"], ParamValue::I32(0)));
    assert!(matches!(&damaged.params["chroma"], ParamValue::String(id) if id == "played"));
    assert!(matches!(&damaged.params["phase"], ParamValue::String(id) if id == "gradient"));
    assert_eq!(damaged.fields, fresh.serialize_fields());
}

/// A tuning that cannot be read gives twelve equal steps and is said; one that is not there, as in
/// older projects, is no damage; a sound one is kept.
#[test]
fn a_damaged_tuning_is_said() {
    let fresh = fresh();
    let loaded = |fields: &[(&str, &str)]| {
        let mut repaired = state(&[], fields);
        repair(&mut repaired, &fresh);
        fresh.deserialize_fields(&repaired.fields);
        let shown = fresh.tuning.shown();
        (shown.name, shown.problem.is_some())
    };
    let equal = crate::tuning::EQUAL.to_owned();
    for damaged in ["", "[3]", "{\"scale\":{\"name\":3}}"] {
        let found = loaded(&[("tuning", damaged)]);
        assert_eq!(found, (equal.clone(), true), "{damaged}");
    }
    assert_eq!(loaded(&[]), (equal, false));
    let sound = r#"{"scale":{"name":"q.scl","text":"Quarters\n1\n50.0"}}"#;
    assert_eq!(loaded(&[("tuning", sound)]), ("Quarters".to_owned(), false));
}

/// A movement that is damaged moves nothing, is said, and is saved again as it came, even where
/// it is no JSON; one that is not there, as in older projects, is no damage.
#[test]
fn a_damaged_movement_is_said_and_kept() {
    let fresh = fresh();
    let loaded = |fields: &[(&str, &str)]| {
        let mut repaired = state(&[], fields);
        repair(&mut repaired, &self::fresh());
        fresh.deserialize_fields(&repaired.fields);
        let saved = fresh.serialize_fields()["movement"].clone();
        (saved, fresh.movement_file.shown().problem.is_some())
    };
    for damaged in ["[3]", r#"{"format":7}"#] {
        assert_eq!(loaded(&[("movement", damaged)]), (damaged.into(), true));
    }
    assert_eq!(loaded(&[("movement", "{\"x")]), (r#""{\"x""#.into(), true));
    assert_eq!(loaded(&[]), ("null".into(), false));
}

/// A sound value is not touched, to the last bit.
#[test]
fn sound_values_are_kept_exactly() {
    let fresh = fresh();
    let value = f32::from_bits(0.1f32.to_bits() + 1);
    let params = [
        ("latent_1", ParamValue::F32(value)),
        ("attack", ParamValue::F32(value)),
    ];
    let mut kept = state(&params, &[("window", "[800,600]")]);
    repair(&mut kept, &fresh);
    for id in ["latent_1", "attack"] {
        let bits = matches!(kept.params[id], ParamValue::F32(v) if v.to_bits() == value.to_bits());
        assert!(bits, "{id}");
    }
    assert_eq!(kept.fields["window"], "[800,600]");
}

/// What the four slots hold after a state has been loaded.
fn models(params: &[(&str, ParamValue)], fields: &[(&str, &str)]) -> String {
    let fresh = fresh();
    let mut state = state(params, fields);
    repair(&mut state, &self::fresh());
    fresh.deserialize_fields(&state.fields);
    fresh.serialize_fields()["models"].clone()
}

/// A project of the first format named one model, by its hash and by the parameter's choice; a
/// hash that is damaged leaves the name, and a project without either has the default.
#[test]
fn older_projects_name_one_model() {
    let chosen = [("model", ParamValue::String("struck".into()))];
    let expected = r#"[{"name":"struck","hash":"abc"},null,null,null]"#;
    assert_eq!(models(&chosen, &[("model", "\"abc\"")]), expected);
    let expected = r#"[{"name":"","hash":"abc"},null,null,null]"#;
    assert_eq!(models(&[], &[("model", "\"abc\"")]), expected);
    let expected = r#"[{"name":"struck"},null,null,null]"#;
    assert_eq!(models(&chosen, &[("model", "3")]), expected);
    let unknown = [("model", ParamValue::String("brass".into()))];
    let default = fresh().serialize_fields()["models"].clone();
    assert_eq!(models(&unknown, &[("model", "3")]), default);
    assert_eq!(models(&[], &[]), default);
}

/// A model that nobody can read is missing, and not another one; what can be read is kept.
#[test]
fn models_are_kept_as_they_came() {
    let saved = r#"[{"name":"x","hash":"1"},null,{"name":"y","hash":"2","problem":"gone"}]"#;
    let expected = r#"[{"name":"x","hash":"1"},null,{"name":"y","hash":"2"},null]"#;
    assert_eq!(models(&[], &[("models", saved)]), expected);
    let both = [("models", saved), ("model", "\"3\"")];
    assert_eq!(models(&[], &both), expected, "the newer field rules");
    for damaged in ["3", "[3]", "{", "[{\"hash\":4}]"] {
        assert_eq!(models(&[], &[("models", damaged)]), UNREADABLE, "{damaged}");
    }
}

/// What a later version has saved is kept through any number of openings, counted, and found in
/// its place by a version that knows it.
#[test]
fn what_later_versions_saved_is_kept() {
    let mut first = state(
        &[
            ("warmth", ParamValue::F32(0.5)),
            ("gain", ParamValue::F32(1.0)),
        ],
        &[("chorus", "{\"depth\":3}")],
    );
    repair(&mut first, &fresh());
    assert!(!first.params.contains_key("warmth") && !first.fields.contains_key("chorus"));
    let opened = fresh();
    opened.deserialize_fields(&first.fields);
    assert_eq!(opened.later.count(), 2);
    let mut again = state(&[], &[]);
    again.fields = opened.serialize_fields();
    repair(&mut again, &fresh());
    assert_eq!(again.fields["later"], first.fields["later"]);
    later::part(&mut again, |_| true, |_| true);
    assert!(matches!(again.params["warmth"], ParamValue::F32(value) if value == 0.5));
    assert_eq!(again.fields["chorus"], "{\"depth\":3}");
}

/// What controllers hold after some field has been loaded over other things that they held.
fn held(saved: &str) -> (Vec<(&'static str, f32)>, f32) {
    let fresh = fresh();
    fresh.controllers.take(11, 0.5);
    fresh.controllers.turn_wheel(0.5);
    let mut state = state(&[], &[("controllers", saved)]);
    repair(&mut state, &self::fresh());
    fresh.deserialize_fields(&state.fields);
    let positions = fresh.table().into_iter().enumerate();
    let held = positions
        .filter_map(|(position, entry)| Some(entry.id).zip(fresh.controllers.position(position)));
    (held.collect(), fresh.controllers.wheel())
}

/// Older projects saved eight latents, later ones also the wheel, by place; both are taken.
#[test]
fn older_lists_of_positions_are_taken() {
    let eight = held("[null,0.25,null,null,null,null,null,null]");
    assert_eq!(eight, (vec![("latent_2", 0.25)], 0.0));
    let nine = held("[null,0.25,null,null,null,null,null,0.5,0.75]");
    assert_eq!(nine, (vec![("latent_2", 0.25), ("latent_8", 0.5)], 0.75));
}

/// Positions out of range are brought in, parameters that do not exist are passed over, and
/// what cannot be read at all holds nothing.
#[test]
fn what_is_held_is_repaired() {
    let saved = r#"{"held":{"gain":7.0,"width":-1.0,"warmth":0.5},"wheel":1e39}"#;
    assert_eq!(held(saved), (vec![("gain", 1.0), ("width", 0.0)], 1.0));
    for nonsense in [
        "3",
        "{",
        r#"{"held":{"gain":"up"}}"#,
        r#"{"held":[1]}"#,
        "[[]]",
    ] {
        assert_eq!(held(nonsense), (Vec::new(), 0.0), "{nonsense}");
    }
}

/// A window of a billion points would never be found again.
#[test]
fn window_sizes_stay_usable() {
    let size = WindowSize::default();
    size.set([0, u32::MAX]);
    assert_eq!(size.get(), [648, 2160]);
    let axes = PadAxes::default();
    axes.set([usize::MAX, 3]);
    assert_eq!(axes.get(), [7, 3]);
}

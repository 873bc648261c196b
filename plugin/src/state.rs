//! What a project remembers beside the parameters' values, and how a damaged state is repaired.
//!
//! ```text
//!  host's bytes ─► framework: JSON ─► PluginState ─► repair ─► parameters, fields below
//! ```
//!
//! | field         | content                                                      |
//! |---------------|--------------------------------------------------------------|
//! | `format`      | version of this layout                                       |
//! | `models`      | name and content hash of the four slots' models, null where empty |
//! | `carried`     | copies of the models by hash, in base 64; null without      |
//! | `window`      | size of the editor in logical points                         |
//! | `pad`         | the two latents on the editor's pad                          |
//! | `controllers` | where controllers hold parameters, and the modulation wheel  |
//! | `map`         | which controller moves which parameter                       |
//! | `tuning`      | the texts of the scale and the keyboard; follow MTS-ESP      |
//! | `movement`    | the recorded movement, as in files; null where nothing moves |
//! | `later`       | what a later version has saved: kept, not understood         |
//! | `loaded`      | the text of the preset that was loaded last; null for none   |
//! | `compare`     | the other one of the sounds A and B, and which one is heard  |
//! | `explore`     | what is locked while other sounds are looked for; the seed   |
//! | `preset`      | never saved: the text of a preset that is to be loaded       |
//!
//! A state with the field `preset` is the sound of that preset, with everything else as the state
//! says or at its default. So tools and scripts load presets into any host's instance; one that is
//! refused is said in the window, and the rest of the state holds.
//!
//! Format 1 had one model: its hash in the field `model`, its name in the parameter of that name.
//!
//! *Promise:* every parameter has a value in its range after loading, whatever the state says: what
//! is missing or damaged gets its default, not what happened to be set before.

mod controllers;
mod later;

use crate::controllers::file;
use crate::explore;
use crate::history;
use crate::library::slots::{Copies, Saved as SavedSlot};
use crate::library::{Wanted, factory_ids};
use crate::parameters::{Entry, Kind, Parameters};
use crate::presets;
use crate::tuning::Saved;
use betwixt_engine::LATENTS;
pub(crate) use controllers::Controllers;
pub(crate) use controllers::Saved as Held;
pub(crate) use later::Later;
use nice_plug::params::Params;
use nice_plug::params::persist::PersistentField;
use nice_plug::plugin::{ParamValue, PluginState};
use nice_plug::prelude::Param;
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering::Relaxed};

/// Version of the layout written by this build.
const FORMAT: u32 = 2;
/// The model of format 1: a field, and a parameter.
const OLD_MODEL: &str = "model";
/// What is wanted where nobody can read it: it is not there, and said.
const UNREADABLE: &str = r#"[{"name":"unreadable"},null,null,null]"#;

/// The version of the saved layout: always this build's own.
#[derive(Debug)]
pub(crate) struct FormatVersion;

impl PersistentField<'_, u32> for FormatVersion {
    fn set(&self, _loaded: u32) {}

    fn map<F: Fn(&u32) -> R, R>(&self, read: F) -> R {
        read(&FORMAT)
    }
}

/// Width and height of the editor in logical points.
#[derive(Debug)]
pub(crate) struct WindowSize([AtomicU32; 2]);

impl WindowSize {
    /// As it opens the first time.
    pub(crate) const DEFAULT: [u32; 2] = [1080, 720];
    /// Smaller, it is not readable.
    pub(crate) const SMALLEST: [u32; 2] = [760, 580];
    /// Larger, it is a mistake.
    pub(crate) const LARGEST: [u32; 2] = [3840, 2160];

    /// Width and height.
    pub(crate) fn get(&self) -> [u32; 2] {
        self.0.each_ref().map(|value| value.load(Relaxed))
    }
}

impl Default for WindowSize {
    fn default() -> Self {
        Self(Self::DEFAULT.map(AtomicU32::new))
    }
}

impl PersistentField<'_, [u32; 2]> for WindowSize {
    fn set(&self, size: [u32; 2]) {
        for (axis, value) in size.into_iter().enumerate() {
            let value = value.clamp(Self::SMALLEST[axis], Self::LARGEST[axis]);
            self.0[axis].store(value, Relaxed);
        }
    }

    fn map<F: Fn(&[u32; 2]) -> R, R>(&self, read: F) -> R {
        read(&self.get())
    }
}

/// The latents that the pad moves: across and up.
#[derive(Debug)]
pub(crate) struct PadAxes([AtomicUsize; 2]);

impl PadAxes {
    /// Indices of the two latents.
    pub(crate) fn get(&self) -> [usize; 2] {
        self.0.each_ref().map(|value| value.load(Relaxed))
    }
}

impl Default for PadAxes {
    fn default() -> Self {
        Self([AtomicUsize::new(0), AtomicUsize::new(1)])
    }
}

impl PersistentField<'_, [usize; 2]> for PadAxes {
    fn set(&self, axes: [usize; 2]) {
        let [across, up] = axes.map(|axis| axis.min(LATENTS - 1));
        let old = self.get();
        // One latent cannot be two axes: where one takes the other's, they change places.
        let apart = match across == up {
            false => [across, up],
            true if old.contains(&across) => [old[1], old[0]],
            true => [across, (across + 1) % LATENTS],
        };
        for (shared, axis) in self.0.iter().zip(apart) {
            shared.store(axis, Relaxed);
        }
    }

    fn map<F: Fn(&[usize; 2]) -> R, R>(&self, read: F) -> R {
        read(&self.get())
    }
}

/// Gives every parameter and field of a state a value that can be loaded; `fresh` has the defaults.
pub(crate) fn repair(state: &mut PluginState, fresh: &Parameters) {
    migrate(state);
    let defaults = fresh.serialize_fields();
    let known: BTreeSet<&str> = fresh.table().iter().map(|entry| entry.id).collect();
    let knows_field = |name: &str| defaults.contains_key(name);
    let loaded = presets::take_wanted(state, fresh);
    later::part(state, |id| known.contains(id), knows_field);
    repair_parameters(state, fresh);
    let damaged = |text: &mut String| {
        if !Saved::is_sound(text) {
            *text = Saved::DAMAGED.into();
        }
    };
    state.fields.get_mut("tuning").map(damaged);
    state.fields.get_mut("movement").map(as_text);
    let unreadable = |text: &mut String| {
        if !parses::<Vec<Option<SavedSlot>>>(text) {
            *text = UNREADABLE.into();
        }
    };
    state.fields.get_mut("models").map(unreadable);
    for (name, default) in defaults {
        if !state
            .fields
            .get(&name)
            .is_some_and(|text| is_sound(&name, text))
        {
            state.fields.insert(name, default);
        }
    }
    if let Some(loaded) = loaded {
        loaded.spread(state, fresh);
    }
}

/// Whether a field can be loaded.
fn is_sound(name: &str, text: &str) -> bool {
    match name {
        "format" => parses::<u32>(text),
        "models" => parses::<Vec<Option<SavedSlot>>>(text),
        "carried" => parses::<Option<Copies>>(text),
        "window" => parses::<[u32; 2]>(text),
        "pad" => parses::<[usize; 2]>(text),
        "controllers" => parses::<Held>(text),
        "map" => is_map(text),
        "tuning" => Saved::is_sound(text),
        "movement" | "later" => true,
        "loaded" => parses::<serde_json::Value>(text),
        "compare" => parses::<history::Saved>(text),
        "explore" => parses::<explore::Saved>(text),
        _ => false,
    }
}

/// A project of format 1 names one model: by its hash, or at least by its name.
fn migrate(state: &mut PluginState) {
    let hash = state.fields.remove(OLD_MODEL);
    let hash = hash.and_then(|text| serde_json::from_str::<String>(&text).ok());
    let id = match state.params.remove(OLD_MODEL) {
        Some(ParamValue::String(id)) => Some(id),
        _ => None,
    };
    if state.fields.contains_key("models") {
        return;
    }
    let known = id.filter(|id| factory_ids().contains(&id.as_str()));
    let name = known.clone().unwrap_or_default();
    let wanted = Wanted { name, hash };
    let wanted = match known {
        _ if wanted.hash.is_some() && wanted.is_sound() => wanted,
        Some(id) => Wanted::factory(&id),
        None => return,
    };
    let slots = [Some(wanted), None, None, None];
    let text = serde_json::to_string(&slots).unwrap_or_default();
    state.fields.insert("models".into(), text);
}

fn repair_parameters(state: &mut PluginState, fresh: &Parameters) {
    for entry in fresh.table() {
        let value = repaired(state.params.get(entry.id), &entry);
        state.params.insert(entry.id.to_owned(), value);
    }
}

/// A value that the parameter can have: the saved one if that is sound, else its default.
fn repaired(saved: Option<&ParamValue>, entry: &Entry<'_>) -> ParamValue {
    match (entry.kind, saved) {
        (Kind::Real(parameter), Some(ParamValue::F32(value))) if value.is_finite() => {
            let (low, high) = (parameter.preview_plain(0.0), parameter.preview_plain(1.0));
            ParamValue::F32(value.clamp(low, high))
        }
        (Kind::Real(parameter), _) => ParamValue::F32(parameter.default_plain_value()),
        (Kind::Whole(parameter), Some(ParamValue::I32(value))) => {
            let (low, high) = (parameter.preview_plain(0.0), parameter.preview_plain(1.0));
            ParamValue::I32((*value).clamp(low, high))
        }
        (Kind::Whole(parameter), _) => ParamValue::I32(parameter.default_plain_value()),
        (Kind::Switch(_), Some(ParamValue::Bool(value))) => ParamValue::Bool(*value),
        (Kind::Switch(parameter), _) => ParamValue::Bool(parameter.default_plain_value()),
        (Kind::Choice(choice), saved) => {
            let variants = choice.ids();
            let variant = match saved {
                Some(ParamValue::String(name)) => variants.iter().find(|id| *id == name),
                _ => None,
            };
            ParamValue::String((*variant.unwrap_or(&variants[choice.default_place()])).to_owned())
        }
    }
}

/// What is no JSON is kept as a text, and said and saved as it came.
fn as_text(field: &mut String) {
    if !parses::<serde_json::Value>(field) {
        *field = serde_json::Value::from(field.as_str()).to_string();
    }
}

fn parses<T: DeserializeOwned>(text: &str) -> bool {
    serde_json::from_str::<T>(text).is_ok()
}

fn is_map(text: &str) -> bool {
    serde_json::from_str::<String>(text).is_ok_and(|map| file::salvage(&map, &[]).is_some())
}

#[cfg(test)]
mod tests {
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
            let bits =
                matches!(kept.params[id], ParamValue::F32(v) if v.to_bits() == value.to_bits());
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
        let held = positions.filter_map(|(position, entry)| {
            Some(entry.id).zip(fresh.controllers.position(position))
        });
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
        assert_eq!(size.get(), [760, 2160]);
        let axes = PadAxes::default();
        axes.set([usize::MAX, 3]);
        assert_eq!(axes.get(), [7, 3]);
    }
}

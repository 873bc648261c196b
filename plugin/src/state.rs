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
//! | `page`        | the page of the editor that is open, from 0                  |
//! | `pad`         | the two latents on the editor's pad                          |
//! | `plane`       | whether the map shows the plane of all latents, or of those two |
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
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering::Relaxed};

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
    /// Smaller, it is not readable: 0.6 times.
    pub(crate) const SMALLEST: [u32; 2] = [648, 432];
    /// Larger, it is a mistake: three times as high as usual, and as wide as the widest screens.
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

/// The page of the editor that is open, by its place among the tabs.
#[derive(Debug, Default)]
pub(crate) struct Page(AtomicUsize);

impl Page {
    /// Which one it is.
    pub(crate) fn get(&self) -> usize {
        self.0.load(Relaxed)
    }
}

impl PersistentField<'_, usize> for Page {
    fn set(&self, place: usize) {
        self.0.store(place, Relaxed);
    }

    fn map<F: Fn(&usize) -> R, R>(&self, read: F) -> R {
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

/// Which plane the map shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Plane {
    /// The one in which the sounds differ most; of two latents where the model knows none.
    #[default]
    All,
    /// That of the pad's two latents.
    Two,
}

/// The plane that the map shows.
#[derive(Debug, Default)]
pub(crate) struct MapPlane(AtomicBool);

impl MapPlane {
    /// Which one it is.
    pub(crate) fn get(&self) -> Plane {
        if self.0.load(Relaxed) {
            Plane::Two
        } else {
            Plane::All
        }
    }
}

impl PersistentField<'_, Plane> for MapPlane {
    fn set(&self, plane: Plane) {
        self.0.store(plane == Plane::Two, Relaxed);
    }

    fn map<F: Fn(&Plane) -> R, R>(&self, read: F) -> R {
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
        "page" => parses::<usize>(text),
        "pad" => parses::<[usize; 2]>(text),
        "plane" => parses::<Plane>(text),
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
mod tests;

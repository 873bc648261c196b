//! What must hold of any state and any preset, whatever is in it.
//!
//! ```text
//!  bytes ─► project: JSON, or fields ─► repair ─► load ─┬─► save ═ load over another project, save
//!                                                      └─► every value in its range, nothing lost
//!  bytes ─► text ─► preset ─┬─ taken ──► write ─► read: the same preset, the same text
//!                           └─ refused ► words that name the file
//! ```
//!
//! A state is JSON, as the framework reads it, or, where it does not begin with a brace, fields
//! whose texts need no escapes, so that whoever mutates them reaches the readers behind:
//! ```text
//! @movement
//! { "format": 1, … }
//! @$attack
//! { "f32": 0.5 }
//! ```
//! A name that begins with `$` is a parameter's.
//!
//! *Promise:* the functions return, or panic with what does not hold. They are driven by
//! `cargo xtask fuzz`; what was found and what reaches far is kept in `tests/golden/fuzz` and
//! replayed by the tests below.

use crate::library::{Slots, Wanted, default_model, factory, factory_ids};
use crate::parameters::{Entry, Kind, Parameters};
use crate::presets::Preset;
use crate::sound::{Sound, Value};
use crate::state::repair;
use nice_plug::params::{InternalParamMut, Params};
use nice_plug::plugin::{ParamValue, PluginState};
use nice_plug::prelude::{Param, ParamPtr};
use std::cell::OnceCell;
use std::collections::BTreeMap;

/// A project in which everything is set, over which others are loaded.
const USED: &str = include_str!("../../tests/golden/fuzz/states/everything.txt");

/// The parameters of a new instance.
fn parameters() -> Parameters {
    let description = &factory()[0].description;
    Parameters::new(&description.header, Slots::new(default_model()))
}

/// What is made once.
struct Bench {
    /// A new instance, in which nothing is opened.
    fresh: Parameters,
    /// An instance in which one project after the other is opened.
    used: Parameters,
    /// A project in which everything is set.
    everything: PluginState,
}

impl Bench {
    fn new() -> Self {
        let fresh = parameters();
        let Some(mut everything) = read(USED.as_bytes()) else {
            panic!("the project in which everything is set is no state");
        };
        repair(&mut everything, &fresh);
        Self {
            used: parameters(),
            fresh,
            everything,
        }
    }
}

fn with_bench(run: impl FnOnce(&Bench)) {
    thread_local!(static BENCH: OnceCell<Bench> = const { OnceCell::new() });
    BENCH.with(|bench| run(bench.get_or_init(Bench::new)));
}

/// Reads any text as a preset.
///
/// # Panics
///
/// When what is taken does not come back, or what is refused is not said.
pub fn preset(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    with_bench(|bench| match Preset::read("a.toml", text, &bench.fresh) {
        Ok(preset) => comes_back(&preset, &bench.fresh),
        Err(error) => {
            let words = error.to_string();
            assert!(words.starts_with("a.toml: "), "{words}");
            assert!(words.len() < 2_000, "{} letters", words.len());
        }
    });
}

/// A preset that is written is read as the same, and written the same again.
fn comes_back(preset: &Preset, fresh: &Parameters) {
    let text = preset.text(fresh);
    let again = Preset::read("again", &text, fresh);
    let again = again.unwrap_or_else(|error| panic!("{error}, of:\n{text}"));
    // Numbers that are none are not equal to themselves, but look the same.
    let is_same = again == *preset || format!("{again:?}") == format!("{preset:?}");
    assert!(is_same, "{preset:?} comes back as {again:?}, of:\n{text}");
    assert_eq!(again.text(fresh), text);
}

/// Opens any bytes as a project.
///
/// # Panics
///
/// When what is opened is not saved as it was opened, or something of it is lost.
pub fn state(bytes: &[u8]) {
    let Some(read) = read(bytes) else {
        return;
    };
    with_bench(|bench| {
        let mut repaired = read.clone();
        repair(&mut repaired, &bench.fresh);
        let opened = parameters();
        load(&opened, &repaired);
        keeps_what_is_later(&read, &opened);
        are_in_range(&opened);
        look_at(&opened, read.fields.contains_key("preset"));
        let saved = save(&opened);
        load(&bench.used, &bench.everything);
        assert_eq!(saved_again(&saved, bench), saved, "saved again");
    });
}

/// A state as the framework reads it, or in fields.
fn read(bytes: &[u8]) -> Option<PluginState> {
    if bytes.first() == Some(&b'{') {
        return serde_json::from_slice(bytes).ok();
    }
    let text = format!("\n{}", std::str::from_utf8(bytes).ok()?);
    let mut state = PluginState {
        version: String::new(),
        params: BTreeMap::new(),
        fields: BTreeMap::new(),
    };
    for part in text.split("\n@").skip(1) {
        let (name, text) = part.split_once('\n').unwrap_or((part, ""));
        match name.strip_prefix('$') {
            Some(id) => {
                let value = serde_json::from_str(text).ok()?;
                state.params.insert(id.to_owned(), value);
            }
            None => {
                state.fields.insert(name.to_owned(), text.to_owned());
            }
        }
    }
    Some(state)
}

/// What a state says that this version does not know is kept.
fn keeps_what_is_later(read: &PluginState, opened: &Parameters) {
    let own = opened.serialize_fields();
    let later = serde_json::from_str::<serde_json::Value>(&own["later"]).unwrap_or_default();
    let is_read = |name: &str| own.contains_key(name) || ["model", "preset"].contains(&name);
    for (name, text) in read.fields.iter().filter(|(name, _)| !is_read(name)) {
        assert_eq!(later["fields"][name], text.as_str(), "{name} is lost");
    }
    let is_own = |id: &str| opened.table().iter().any(|entry| entry.id == id) || id == "model";
    for id in read.params.keys().filter(|id| !is_own(id)) {
        assert!(later["params"][id].is_object(), "{id} is lost");
    }
}

/// Loads a repaired state as the framework does.
#[allow(unsafe_code, reason = "the framework moves parameters by pointer")]
pub(crate) fn load(parameters: &Parameters, state: &PluginState) {
    for (id, pointer, _) in parameters.param_map() {
        // SAFETY: the parameters live longer than this loop.
        unsafe {
            match (pointer, &state.params[&id]) {
                (ParamPtr::FloatParam(own), ParamValue::F32(value)) => {
                    (*own)._internal_set_plain_value(*value)
                }
                (ParamPtr::IntParam(own), ParamValue::I32(value)) => {
                    (*own)._internal_set_plain_value(*value)
                }
                (ParamPtr::BoolParam(own), ParamValue::Bool(value)) => {
                    (*own)._internal_set_plain_value(*value)
                }
                (ParamPtr::EnumParam(own), ParamValue::String(value)) => {
                    assert!((*own).set_from_id(value), "{id}: {value}");
                    true
                }
                (_, value) => panic!("{id} is of another kind than {value:?}"),
            }
        };
    }
    parameters.deserialize_fields(&state.fields);
}

/// Saves a state as the framework does.
pub(crate) fn save(parameters: &Parameters) -> String {
    let value = |entry: Entry<'_>| {
        let value = match entry.kind {
            Kind::Real(parameter) => ParamValue::F32(parameter.unmodulated_plain_value()),
            kind => Value::set(kind).saved(kind),
        };
        (entry.id.to_owned(), value)
    };
    let state = PluginState {
        version: String::new(),
        params: parameters.table().into_iter().map(value).collect(),
        fields: parameters.serialize_fields(),
    };
    serde_json::to_string(&state).unwrap_or_default()
}

/// What a state is saved as once it has been opened over another project.
fn saved_again(saved: &str, bench: &Bench) -> String {
    let Some(mut state) = read(saved.as_bytes()) else {
        panic!("what was saved is no state: {saved}");
    };
    repair(&mut state, &bench.fresh);
    load(&bench.used, &state);
    save(&bench.used)
}

fn are_in_range(parameters: &Parameters) {
    for entry in parameters.table() {
        let [set, heard] = entry.knob.places();
        let is_within = (0.0..=1.0).contains(&set) && (0.0..=1.0).contains(&heard);
        assert!(is_within, "{} stands at {set}", entry.id);
    }
}

/// Whatever the window looks at can be looked at; a preset that was to be loaded is what is heard;
/// what is heard can be saved as a preset.
fn look_at(parameters: &Parameters, is_preset: bool) {
    drop(parameters.tuning.shown());
    drop(parameters.movement_file.shown());
    drop(parameters.loaded.shown(parameters));
    let heard = Sound::of(parameters);
    if let Some(preset) = parameters.loaded.preset(parameters).filter(|_| is_preset) {
        let difference = preset.sound.difference(&heard);
        assert!(
            difference.is_none(),
            "the preset is not heard: {difference:?}"
        );
    }
    let mut wanted = heard.models.slots().iter().flatten();
    if wanted.all(is_nameable) {
        comes_back(&Preset::new("Heard", heard), parameters);
    }
}

/// Whether a preset may name a model so.
fn is_nameable(wanted: &Wanted) -> bool {
    let is_digit = |letter: u8| matches!(letter, b'0'..=b'9' | b'a'..=b'f');
    match &wanted.hash {
        Some(hash) => hash.len() == 64 && hash.bytes().all(is_digit),
        None => factory_ids().contains(&wanted.name.as_str()),
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    /// The files that are kept for a reader.
    fn kept(reader: &str) -> Vec<(PathBuf, Vec<u8>)> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let folder = root.join("../tests/golden/fuzz").join(reader);
        let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().collect();
        files.sort_by_key(|file| file.as_ref().unwrap().path());
        let read = |file: std::io::Result<std::fs::DirEntry>| {
            let path = file.unwrap().path();
            let bytes = std::fs::read(&path).unwrap();
            (path, bytes)
        };
        files.into_iter().map(read).collect()
    }

    fn replay(reader: &str, run: fn(&[u8])) {
        let files = kept(reader);
        assert!(files.len() >= 10, "{reader}: {}", files.len());
        for (path, bytes) in files {
            let is_held = std::panic::catch_unwind(|| run(&bytes)).is_ok();
            assert!(is_held, "{}: see above", path.display());
        }
    }

    /// Every project that once did harm, or that reaches far, opens and is saved as it was opened.
    #[test]
    fn what_was_found_of_states_holds() {
        replay("states", super::state);
    }

    /// Every preset that once did harm, or that reaches far, comes back or is refused in words.
    #[test]
    fn what_was_found_of_presets_holds() {
        replay("presets", super::preset);
    }
}

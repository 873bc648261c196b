//! Projects that are saved and opened while all goes on.
//!
//! ```text
//!  parameters ─ save ─► text ─ open in another instance ─ save ─► the same text
//! ```

use super::*;
use crate::fuzzing::{load, save};
use crate::sound::Models;

/// What a project would be saved as now.
pub(super) fn saved(parameters: &Parameters) -> String {
    save(parameters)
}

/// Opens a project as the framework does.
pub(super) fn open(parameters: &Parameters, text: &str) {
    let mut state: PluginState = serde_json::from_str(text).unwrap();
    Betwixt::filter_state(&mut state);
    load(parameters, &state);
}

/// A project that is opened in another instance is saved there as it was here, parameter by parameter;
/// its models are these, whatever they are called before they have been found.
pub(super) fn comes_back(text: &str, models: &Models) {
    let other = crate::shell::parameters();
    open(&other, text);
    assert_eq!(Models::of(&other), *models);
    let [expected, found] = [text, &saved(&other)].map(parts);
    let names = expected.keys().chain(found.keys());
    for part in names.filter(|part| *part != "models") {
        assert_eq!(expected.get(part), found.get(part), "{part}");
    }
}

/// Parameters and fields by their names.
fn parts(text: &str) -> std::collections::BTreeMap<String, serde_json::Value> {
    let value: serde_json::Value = serde_json::from_str(text).unwrap();
    let inner = |part: &str| value[part].as_object().cloned().unwrap();
    inner("params").into_iter().chain(inner("fields")).collect()
}

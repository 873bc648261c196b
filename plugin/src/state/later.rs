//! What a later version has saved and this one does not know: kept, said, saved again.
//!
//! ```text
//!  loaded state ─► unknown parameters, unknown fields ─► Later ─► field `later` of the saved state
//!                                                          └─ once they are known ─► in their places
//! ```

use nice_plug::params::persist::PersistentField;
use nice_plug::plugin::{ParamValue, PluginState};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// The name of the field.
const FIELD: &str = "later";

/// What is kept.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Kept {
    /// By identifier.
    #[serde(default)]
    params: BTreeMap<String, ParamValue>,
    /// By name.
    #[serde(default)]
    fields: BTreeMap<String, String>,
}

/// What a later version has saved.
#[derive(Debug, Default)]
pub(crate) struct Later(Mutex<Kept>);

impl Later {
    /// How many settings are kept that nobody here understands.
    pub(crate) fn count(&self) -> usize {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.params.len() + kept.fields.len()
    }
}

impl PersistentField<'_, Kept> for Later {
    fn set(&self, kept: Kept) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = kept;
    }

    fn map<F: Fn(&Kept) -> R, R>(&self, read: F) -> R {
        read(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A number beyond all numbers would be written as null, and never read again.
fn writable(value: ParamValue) -> ParamValue {
    match value {
        ParamValue::F32(value) => ParamValue::F32(value.clamp(f32::MIN, f32::MAX)),
        other => other,
    }
}

/// Moves what this version does not know out of a state into its field `later`, and what it knows
/// by now back into its place.
pub(super) fn part(
    state: &mut PluginState,
    knows_param: impl Fn(&str) -> bool,
    knows_field: impl Fn(&str) -> bool,
) {
    let text = state.fields.remove(FIELD);
    let kept = text.and_then(|text| serde_json::from_str::<Kept>(&text).ok());
    let mut kept = kept.unwrap_or_default();
    for (id, value) in std::mem::take(&mut kept.params) {
        state.params.entry(id).or_insert(value);
    }
    for (name, text) in std::mem::take(&mut kept.fields) {
        state.fields.entry(name).or_insert(text);
    }
    let unknown = |id: &String| !knows_param(id);
    let ids: Vec<String> = state
        .params
        .keys()
        .filter(|id| unknown(id))
        .cloned()
        .collect();
    for id in ids {
        let param = state.params.remove_entry(&id);
        kept.params
            .extend(param.map(|(id, value)| (id, writable(value))));
    }
    let unknown = |name: &String| !knows_field(name) && name != FIELD;
    let names: Vec<String> = state
        .fields
        .keys()
        .filter(|name| unknown(name))
        .cloned()
        .collect();
    for name in names {
        kept.fields.extend(state.fields.remove_entry(&name));
    }
    let text = serde_json::to_string(&kept).unwrap_or_default();
    state.fields.insert(FIELD.into(), text);
}

//! A project that carries a preset to be loaded.
//!
//! ```text
//!  field `preset` ─► take_wanted ─► Wanted ─ spread ─► parameters, fields of the state
//! ```
//!
//! The sound becomes the preset's, whatever the state says of it; the set-up stays the state's own.

use super::{Loaded, Preset};
use crate::parameters::Parameters;
use crate::sound;
use crate::state::Held;
use nice_plug::prelude::PluginState;
use serde_json::Value;

/// The field of a state that names a preset.
const FIELD: &str = "preset";

/// The preset that a state wants to be loaded, or why it is refused.
pub(crate) struct Wanted(Result<Preset, String>);

/// Takes the preset out of a state, if there is one.
pub(crate) fn take_wanted(state: &mut PluginState, fresh: &Parameters) -> Option<Wanted> {
    let field = state.fields.remove(FIELD)?;
    let text = match serde_json::from_str::<Value>(&field) {
        Ok(Value::String(text)) => text,
        _ => field,
    };
    let read = Preset::read("The preset in the project", &text, fresh);
    Some(Wanted(read.map_err(|error| error.to_string())))
}

impl Wanted {
    /// Writes it into a repaired state.
    pub(crate) fn spread(self, state: &mut PluginState, fresh: &Parameters) {
        let preset = match self.0 {
            Ok(preset) => preset,
            Err(problem) => {
                let field = Loaded::refused(&problem);
                state.fields.insert("loaded".into(), field);
                return;
            }
        };
        for (entry, value) in fresh.table().iter().zip(&preset.sound.values) {
            if let Some(value) = value {
                let id = entry.id.to_owned();
                state.params.insert(id, value.saved(entry.kind));
            }
        }
        let fields = [
            ("movement", preset.sound.movement.saved().to_string()),
            ("loaded", Loaded::field(&preset.text(fresh))),
        ];
        for (name, field) in fields {
            state.fields.insert(name.into(), field);
        }
        release(state);
        preset.sound.models.spread(state);
    }
}

/// What controllers hold of the sound would be heard in its place.
fn release(state: &mut PluginState) {
    let Some(field) = state.fields.get_mut("controllers") else {
        return;
    };
    if let Ok(held) = serde_json::from_str::<Held>(field)
        && let Ok(text) = serde_json::to_string(&held.release(sound::is_part))
    {
        *field = text;
    }
}

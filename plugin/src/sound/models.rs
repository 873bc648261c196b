//! Which models a sound is played with, and how they are put into their slots.
//!
//! ```text
//!  Wanted { name }        ─► a factory model by its identifier
//!  Wanted { name, hash }  ─► exactly that content, whatever it is called
//! ```
//!
//! A model that is not here is not replaced: the instrument says so and is silent.

use crate::library::Factory;
use crate::parameters::Parameters;
use nice_plug::params::persist::PersistentField;
use nice_plug::plugin::ParamValue;
use nice_plug::prelude::{Enum, ParamSetter, PluginState};

/// Slots of models.
pub(crate) const SLOTS: usize = 4;

/// A model as a sound names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// Of a factory model its identifier; else what it is called.
    pub(crate) name: String,
    /// Its content; none of a factory model, whose content may become better.
    pub(crate) hash: Option<String>,
}

/// What plays in each slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Models(pub(crate) [Option<Wanted>; SLOTS]);

impl Default for Models {
    /// The factory's default alone.
    fn default() -> Self {
        let name = factory_name(0);
        Self([Some(Wanted { name, hash: None }), None, None, None])
    }
}

impl Models {
    /// What plays now.
    pub(crate) fn of(parameters: &Parameters) -> Self {
        let identity = &parameters.model;
        let first = if identity.is_missing() {
            let hash = identity.wanted();
            let name = String::new();
            Wanted {
                name,
                hash: Some(hash),
            }
        } else {
            let name = factory_name(identity.chosen());
            Wanted { name, hash: None }
        };
        Self([Some(first), None, None, None])
    }

    /// Puts them into their slots. The gesture tells the host that the project is another one.
    pub(crate) fn apply(&self, parameters: &Parameters, setter: &ParamSetter<'_>) {
        let choice = &parameters.choice;
        let chosen = self.first(parameters);
        let place = chosen.unwrap_or_else(|| parameters.model.chosen());
        setter.begin_set_parameter(choice);
        setter.set_parameter(choice, Factory::from_index(place));
        setter.end_set_parameter(choice);
        match (chosen, &self.0[0]) {
            (Some(place), _) => parameters.model.choose(place),
            (None, Some(wanted)) => {
                let hash = wanted.hash.as_ref().unwrap_or(&wanted.name);
                parameters.model.set(hash.clone());
            }
            (None, None) => {}
        }
    }

    /// Writes them into a project's state.
    pub(crate) fn spread(&self, state: &mut PluginState, parameters: &Parameters) {
        let place = self.first(parameters);
        let hash = match (place, &self.0[0]) {
            (Some(place), _) => parameters.model.hash(place),
            (None, wanted) => wanted.as_ref().and_then(|wanted| wanted.hash.clone()),
        };
        if let Some(hash) = hash {
            let field = serde_json::Value::from(hash).to_string();
            state.fields.insert("model".into(), field);
        }
        if let Some(place) = place {
            let name = ParamValue::String(factory_name(place));
            state.params.insert("model".into(), name);
        }
    }

    /// What they are called, one after the other.
    pub(crate) fn words(&self) -> String {
        let names = self.0.iter().flatten().map(|wanted| wanted.name.as_str());
        names.collect::<Vec<_>>().join(", ")
    }

    /// The place of the first slot's model among those that are here.
    pub(crate) fn first(&self, parameters: &Parameters) -> Option<usize> {
        let wanted = self.0[0].as_ref()?;
        match &wanted.hash {
            Some(hash) => parameters.model.place(hash),
            None => Factory::ids()?.iter().position(|id| *id == wanted.name),
        }
    }
}

fn factory_name(place: usize) -> String {
    let ids = Factory::ids().unwrap_or_default();
    ids.get(place).copied().unwrap_or_default().to_owned()
}

//! Which models a sound is played with, slot by slot.
//!
//! ```text
//!  Wanted { name }        ─► a factory model by its identifier
//!  Wanted { name, hash }  ─► exactly that content, whatever it is called
//! ```
//!
//! A factory model has its identifier alone, however it was found: a later version may have made it
//! better. A model that is not here is not replaced: the instrument says so and is silent.

use crate::library::{Wanted, default_model, factory, factory_ids};
use crate::parameters::Parameters;
use betwixt_engine::MODELS;
use nice_plug::prelude::PluginState;

/// What plays in each slot.
#[derive(Clone, Debug)]
pub(crate) struct Models([Option<Wanted>; MODELS]);

impl Default for Models {
    /// The factory's default alone.
    fn default() -> Self {
        Self([Some(default_model()), None, None, None])
    }
}

impl PartialEq for Models {
    /// The same contents; what they are called does not matter.
    fn eq(&self, other: &Self) -> bool {
        let is_same = |pair| match pair {
            (Some(own), Some(other)) => is_same(own, other),
            (own, other) => own == other,
        };
        self.0
            .iter()
            .zip(&other.0)
            .all(|(own, other)| is_same((own.as_ref(), other.as_ref())))
    }
}

fn is_same(own: &Wanted, other: &Wanted) -> bool {
    match (&own.hash, &other.hash) {
        (None, None) => own.name == other.name,
        (own, other) => own == other,
    }
}

impl Models {
    /// These; an empty first slot has the default model.
    pub(crate) fn new(mut slots: [Option<Wanted>; MODELS]) -> Self {
        slots[0].get_or_insert_with(default_model);
        Self(slots.map(|slot| slot.map(by_identifier)))
    }

    /// What plays now.
    pub(crate) fn of(parameters: &Parameters) -> Self {
        Self::new(parameters.slots.wanted())
    }

    /// Puts them into their slots, if they are other ones.
    pub(crate) fn apply(&self, parameters: &Parameters) {
        if *self != Self::of(parameters) {
            parameters.slots.choose_all(self.0.clone());
        }
    }

    /// Slot by slot.
    pub(crate) fn slots(&self) -> &[Option<Wanted>; MODELS] {
        &self.0
    }

    /// Writes them into a project's state.
    pub(crate) fn spread(&self, state: &mut PluginState) {
        if let Ok(text) = serde_json::to_string(&self.0) {
            state.fields.insert("models".into(), text);
        }
    }

    /// What they are called, one after the other.
    pub(crate) fn words(&self) -> String {
        let names = self.0.iter().flatten().map(Wanted::words);
        names.collect::<Vec<_>>().join(", ")
    }
}

/// A model of the factory by its identifier alone.
fn by_identifier(wanted: Wanted) -> Wanted {
    let Some(hash) = &wanted.hash else {
        return wanted;
    };
    let is_it = |place: &usize| factory()[*place].description.hash.to_string() == *hash;
    let place = (0..factory().len()).find(is_it);
    place.map_or(wanted, |place| Wanted::factory(factory_ids()[place]))
}

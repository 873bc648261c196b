//! Presets as text: what is written is read, what is damaged is refused in its own words.

use super::*;
use crate::library;

/// The parameters of a new instance.
pub(crate) fn parameters() -> Parameters {
    let first = library::default_model();
    let description = &library::factory()[0].description;
    Parameters::new(&description.header, library::Slots::new(first))
}

mod damage;
mod documented;
mod factory;
mod list;
mod round;
mod state;

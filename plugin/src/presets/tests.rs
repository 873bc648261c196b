//! Presets as text: what is written is read, what is damaged is refused in its own words.

use super::*;
use crate::library;

/// The parameters of a new instance.
pub(crate) fn parameters() -> Parameters {
    let description = &library::model(0).description;
    Parameters::new(&description.header, library::identity())
}

mod damage;
mod round;

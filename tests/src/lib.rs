//! Black box: the engine and the built plugin from the outside, with models made for the purpose.
//!
//! ```text
//!  comb_model, painted_model ─► Engine ─► samples ─► measures  (tests/engine_*.rs)
//!  built .clap ─► host ─► samples ─► measures           (tests/plugin_*.rs, keys)
//! ```

#![forbid(unsafe_code)]

pub mod built;
pub mod chord;
mod comb;
pub mod desk;
mod dice;
pub mod guest;
pub mod keys;
mod painted;
mod player;
mod saw;
mod tone;

pub use comb::{COMB_TOP_HZ, comb_model, comb_model_of};
pub use dice::Dice;
pub use painted::{ATTACK, ATTACK_VELOCITY, HARMONICS, NATURAL_CENTS, painted_model, struck_model};
pub use player::Player;
pub use saw::saw;
pub use tone::{amplitude, level_db};

/// Both families of decoders; that of partials with all that it can have.
#[must_use]
pub fn families() -> [betwixt_model::Model; 2] {
    [comb_model(), struck_model()]
}

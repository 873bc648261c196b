//! From a recipe to a model: networks, losses, the loop, checkpoints, export, report.
//!
//! ```text
//!  models/NAME/recipe.toml ─► Recipe ─► Notes ─► Examples ─► Run (Autoencoder, Adam)
//!                                      (frames or partials)    │  checkpoints below target/
//!                                                              │  played: the attack network
//!  models/NAME/{weights.safetensors, card.md, loss.png} ◄──────┘
//!  tests/golden/decoder/NAME.safetensors (recorded pairs)
//! ```
//!
//! The trainer never transforms, scales or lays out anything itself: frames, magnitude scales and
//! the order of the decoder's inputs come from the crates that the instrument uses too.

#![forbid(unsafe_code)]

mod adam;
mod attack;
mod autoencoder;
mod card;
mod checkpoint;
mod components;
mod descriptors;
mod error;
mod evaluation;
mod examples;
mod export;
mod finish;
mod kept;
mod knobs;
mod network;
mod notes;
mod pairs;
mod places;
mod recipe;
mod score;
mod training;

pub use adam::Adam;
pub use autoencoder::Autoencoder;
pub use checkpoint::Progress;
pub use error::TrainerError;
pub use examples::{Batch, Examples};
pub use finish::{Finished, finish, learn_attack, renew_card};
pub use kept::kept;
pub use network::Stack;
pub use notes::{FrameNotes, Moment, Note, Notes, PartialsNotes, Weights, load};
pub use places::Places;
pub use recipe::{Attack, Emphasis, EncoderOf, LatentOf, Material, Recipe, Training};
pub use training::Run;

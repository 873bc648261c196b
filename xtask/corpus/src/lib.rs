//! Where training sounds come from: musical patches made by formula, so that no file is needed.
//!
//! ```text
//!  Settings ─► bank: 120 Patches ─► split ─► Notes ─► render ─► analysis ─► cache ─► Corpus
//!  (seed)      name, formulas      (part)   (key)    [samples]  [frames, bins]      bf16
//! ```
//!
//! Every sound is a sum of harmonics of its key with f64 phases: exactly in tune, and free of
//! aliases because no harmonic above 20 kHz is ever made. Same settings, same bits.

#![forbid(unsafe_code)]

pub mod bank;
mod cache;
mod corpus;
pub mod patch;
mod render;
mod spectrum;
mod split;

pub use cache::CacheError;
pub use corpus::{Corpus, Note, Settings};
pub use patch::Patch;
pub use render::{LEAD_IN_SAMPLES, NOTE_S, SAMPLE_RATE_HZ, render};
pub use split::{HeldOut, Part};

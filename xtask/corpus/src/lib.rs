//! Where training sounds come from: a soundfont of real instruments, and musical patches made by
//! formula, so that no file is needed.
//!
//! ```text
//!  bank: 120 Patches ─► render ────┐             ┌─► magnitudes ─► cache ─► Corpus (frames)
//!                                  ├─► [samples] ┤
//!  soundfont: 103 Instruments ─────┘             └─► partials ─► shards ─► PartialsCorpus
//!        └────── split: learnt, note held out, hole of nine semitones, sound held out ──────┘
//! ```
//!
//! Every formula-made sound is a sum of harmonics of its key with f64 phases: exactly in tune, and
//! free of aliases because no harmonic above 20 kHz is ever made. Same settings, same bits.

#![forbid(unsafe_code)]

pub mod bank;
mod cache;
mod corpus;
mod error;
pub mod instruments;
mod partials;
pub mod patch;
mod render;
pub mod sets;
mod shard;
pub mod soundfont;
mod spectrum;
mod split;

pub use corpus::{Corpus, Note, Settings};
pub use error::CorpusError;
pub use instruments::Family;
pub use partials::{PartialsCorpus, PartialsNote, PartialsSettings, Sound, Source, real_note};
pub use patch::Patch;
pub use render::{LEAD_IN_SAMPLES, NOTE_S, SAMPLE_RATE_HZ, render};
pub use split::{HeldOut, Part};

//! Where training sounds come from: a soundfont of real instruments, and musical patches made by
//! formula, so that no file is needed.
//!
//! ```text
//!  bank: 120 Patches ─► render ─┐                     ┌─► magnitudes ─► files ─► FrameCorpus
//!                               ├─► plan: [samples] ──┤
//!  soundfont: 103 Instruments ──┘                     └─► partials ─► files ─► PartialsCorpus
//!      └──── split: learnt, note held out, hole of nine semitones, sound held out ────┘
//! ```
//!
//! Every formula-made sound is a sum of harmonics of its key with f64 phases: exactly in tune, and
//! free of aliases because no harmonic above 20 kHz is ever made. Same settings, same bits.

#![forbid(unsafe_code)]

pub mod bank;
mod cache;
mod error;
mod frames;
pub mod instruments;
mod material;
mod onset;
mod partials;
pub mod patch;
mod plan;
mod render;
mod shard;
pub mod soundfont;
mod spectrum;
mod split;

pub use error::CorpusError;
pub use frames::{FrameCorpus, FrameSettings, Played};
pub use instruments::Family;
pub use material::Material;
pub use partials::{PartialsCorpus, PartialsNote, PartialsSettings};
pub use patch::Patch;
pub use plan::{Note, Sound, Source};
pub use render::{LEAD_IN_SAMPLES, NOTE_S, SAMPLE_RATE_HZ, render};
pub use split::{HeldOut, Part};

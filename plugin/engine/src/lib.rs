//! The sound: notes and controls in, samples out, in real time.
//!
//! ```text
//!  events ─► notes ─┐
//!  controls ────────┴─► conditioning ─► decoder ─┬─ frames: phase ─────┐
//!                                                └─ partials: painter ─┴─► inverse STFT
//!                                     samples ◄─ mix ◄─ voice ◄────────────────┘
//!                                                └─► telemetry
//! ```
//!
//! The stages do not know each other; the instrument and the voice join them.
//!
//! *Real time:* [`Engine::new`] allocates; after it nothing allocates, frees, locks, waits, logs or
//! reads a clock. Latency is 0.

#![deny(unsafe_code)]

mod conditioning;
pub mod controls;
pub mod decoder;
pub mod engine;
pub mod event;
mod instrument;
mod mix;
mod notes;
pub mod painter;
pub mod phase;
mod phasor;
pub mod random;
mod simd;
mod stored_noise;
pub mod telemetry;
pub mod tuning;
mod voice;

pub use controls::{
    ChromaSource, Controls, Envelope, LATENTS, MAX_VOICES, Performance, PhaseMode, Time, Vibrato,
};
pub use decoder::Decoder;
pub use engine::{Engine, Settings};
pub use event::{Event, EventKind, Note};
pub use telemetry::Telemetry;
pub use tuning::Tuning;

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
//! The stages do not know each other; the engine and the voice join them.
//!
//! *Real time:* [`Engine::new`] allocates; after it nothing allocates, frees, locks, waits, logs or
//! reads a clock. Latency is 0.

#![deny(unsafe_code)]

mod channels;
mod conditioning;
pub mod controls;
pub mod decoder;
pub mod engine;
pub mod event;
mod keys;
mod mix;
mod modulation;
mod notes;
pub mod painter;
pub mod phase;
mod phasor;
pub mod random;
mod simd;
mod stored_noise;
pub mod telemetry;
pub mod trajectory;
pub mod tuning;
mod voice;

pub use controls::{
    ChromaSource, Controls, Course, ENVELOPES, Envelope, Glide, LATENTS, LFOS, Lfo,
    MAX_FRAME_VOICES, MAX_REFINED_VOICES, MAX_VOICES, MODELS, MOST_UNISON, Modulated, Modulation,
    Movement, Performance, PhaseMode, PlayMode, Playing, SLOTS, Shape, Slot, Source, Target, Time,
    Unison, Vibrato, Zones,
};
pub use decoder::Decoder;
pub use engine::{Ended, Engine, Settings};
pub use event::{Event, EventKind, Note, Touch, Whom};
pub use modulation::Transport;
pub use telemetry::Telemetry;
pub use trajectory::{TrackPoint, Trajectory, TrajectoryError};
pub use tuning::Tuning;
pub use voice::{Fitting, Left, Timbre};

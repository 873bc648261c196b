//! A plugin host without a sound card: loads the built CLAP, plays events and automation into it
//! and gives the samples back.
//!
//! ```text
//!  cargo build ─► built() ─► Host ─► Instance ◄─ parameters by name, state, latency
//!                                       ▲ │
//!                                       │ └─► front: its window, in one of ours (X11)
//!  song.mid ────────┐                   │ └─► process: one block, on the caller's thread
//!                   ├─► Score ─► [Timed]┴───► play: any sequence of blocks, on an audio thread
//!  automation.csv ──┘                              └─► Rendering [2][frames], time per block
//! ```
//!
//! What is heard here went the way it goes in a DAW: through the plugin's exported entry point.
//! Tests, the demo and the `render` program all use this one road; module [`vst3`] is the same for the
//! other format that the library speaks.
//!
//! *Promise:* the same events and blocks, the same calls: nothing here depends on a clock but the
//! times that [`Rendering`] reports.

#![deny(unsafe_code)]

mod audio;
mod build;
mod error;
mod event;
mod frame;
mod handlers;
mod instance;
pub mod json;
mod library;
mod manners;
mod parameter;
mod piece;
mod ports;
mod project;
mod rendering;
mod resting;
mod rolling;
pub mod score;
mod setup;
mod stream;
pub mod vst3;
pub mod wav;
mod window;

pub use audio::{Channels, Status};
pub use build::{build, built};
pub use error::HostError;
pub use event::{Event, Expression, NoteAddress, Reply, Timed};
pub use frame::Pixels;
pub use instance::Instance;
pub use library::{BETWIXT, Descriptor, Host};
pub use manners::{Page, Voices};
pub use parameter::Parameter;
pub use ports::{AudioPort, NotePort};
pub use project::Project;
pub use rendering::{BlockTime, Rendering, Timing};
pub use rolling::Rolling;
pub use score::{HeldAlone, Note, Score};
pub use setup::{Blocks, Setup};
pub use window::Front;

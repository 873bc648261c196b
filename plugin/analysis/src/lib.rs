//! Sound to what an encoder reads.
//!
//! ```text
//!  samples [n] ─► STFT ─► Magnitudes [frames, bins] ─► normalise ─► audible frames ─► encoder
//!                                                     (frame or note maximum)
//!  samples [n], pitch ─► partials::analyse ─► PartialsFrames [frames] ─► encoder
//! ```
//!
//! Training sounds go through here, and so will every sound that a player drops on the
//! instrument: both must reach the encoder in the same shape.

#![forbid(unsafe_code)]

mod error;
mod magnitudes;
pub mod partials;

pub use betwixt_model::header::Level;
pub use error::AnalysisError;
pub use magnitudes::{Magnitudes, SILENCE_DB};

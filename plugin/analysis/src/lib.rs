//! Sound to what an encoder reads.
//!
//! ```text
//!  samples [n] ─► STFT ─► Magnitudes [frames, bins] ─► normalise ─► audible frames ─► encoder
//!                                                     (frame or note maximum)
//! ```
//!
//! Training sounds go through here, and so will every sound that a player drops on the
//! instrument: both must reach the encoder in the same shape.

#![forbid(unsafe_code)]

mod magnitudes;

pub use betwixt_model::header::Level;
pub use magnitudes::{AnalysisError, Magnitudes, SILENCE_DB};

//! Measures, draws and compares what the instrument plays.
//!
//! ```text
//!  built plugin ─► betwixt-host ─► samples ─┐
//!  model, real note ─► encoder ─► knobs ─► player (the engine) ─► samples ─┼─► measure ─► figures, gates
//!  real note ─► analysis ─► painter ─► samples ─┤                          └─► picture ─► PNG
//!  recording ─► magnitudes ─► phase, every mode ┘
//! ```
//!
//! Every figure that is promised anywhere is computed here, once, by a definition that stands in
//! the documentation and a test whose truth comes from mathematics.

#![forbid(unsafe_code)]

pub mod encoder;
pub mod measure;
pub mod phase;
pub mod picture;
pub mod player;
pub mod presets;

#[cfg(test)]
pub(crate) mod plain;

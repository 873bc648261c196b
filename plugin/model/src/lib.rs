//! The model file that trainer and engine must agree on.
//!
//! ```text
//!  trainer ─► Model ─► write ─► NAME.safetensors ─► read ─► Model ─► engine
//!               │                 metadata "betwixt": Header (JSON)
//!               │                 tensors: decoder, attack, encoder, embedding
//!               └ layout: which numbers a decoder is given, and in which order
//! ```
//!
//! A file is data: it describes its network and can name no code. It is accepted whole or refused
//! with an error that names the file, the place, what was expected and what to do.

#![forbid(unsafe_code)]

pub mod attack;
pub mod error;
mod file;
pub mod header;
pub mod layout;
mod tensors;

pub use attack::AttackCurve;
pub use error::{ModelError, Problem};
pub use file::{ContentHash, WeightFormat};
pub use header::Header;
pub use layout::ConditioningLayout;

/// A model in memory: what its file said, checked.
///
/// Every length agrees with the header; every number is finite.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// Who made it, what it is conditioned on, what its network looks like.
    pub header: Header,
    /// The layers from conditioning to frame, first to last.
    pub decoder: Vec<Dense>,
    /// The layers from conditioning to the course of gain in the attack, first to last; empty when
    /// the file has no such network.
    pub attack: Vec<Dense>,
    /// The layers from frame to latents, first to last; empty when the file has no encoder.
    pub encoder: Vec<Dense>,
    /// Where the training sounds lie among the latents; may be empty.
    pub embedding: Vec<Point>,
}

/// Weights of one dense layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Dense {
    /// How many numbers come in.
    pub inputs: usize,
    /// How many numbers go out.
    pub outputs: usize,
    /// `[outputs, inputs]`, row by row.
    pub weight: Vec<f32>,
    /// `[outputs]`.
    pub bias: Vec<f32>,
}

/// One training sound among the latents.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// Knob positions, 0…1 each, `[latents]`.
    pub latents: Vec<f32>,
    /// MIDI key of the sound.
    pub note: u8,
    /// Index into the header's `embedding.labels`.
    pub label: u32,
}

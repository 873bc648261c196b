//! Measures, draws and compares what the instrument plays.
//!
//! ```text
//!  built plugin ─► betwixt-host ─► samples ─► measure ─► figures, gates ─► demo.json
//!                                         └─► picture ─► demo.png
//! ```
//!
//! Every figure that is promised anywhere is computed here, once, by a definition that stands in
//! the documentation and a test whose truth comes from mathematics.

#![forbid(unsafe_code)]

pub mod measure;

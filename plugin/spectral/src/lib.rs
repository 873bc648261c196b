//! The mathematics that trainer and engine must agree on.
//!
//! ```text
//!  samples ─► ForwardStft ─► spectrum [bins] ─► magnitude ─► MagnitudeScale ─► what a network sees
//!                                                  │
//!                                                  └─► chroma [12]
//!  partials, noise ─► PartialsFrame ─► PartialsFormat ─► what a network of partials sees
//!  samples ◄─ InverseStft ◄─ spectrum [bins] ◄─ magnitude, phase
//! ```
//!
//! Neither side re-implements any of it: that one rule keeps training and sound the same.

#![forbid(unsafe_code)]

pub mod chroma;
pub mod geometry;
pub mod number;
pub mod partials;
pub mod pitch;
pub mod scale;
pub mod stft;
pub mod window;

pub use geometry::{Geometry, GeometryError};
pub use partials::{PartialsFormat, PartialsFrame};
pub use realfft::num_complex::Complex32;
pub use scale::MagnitudeScale;
pub use stft::{ForwardStft, InverseStft};

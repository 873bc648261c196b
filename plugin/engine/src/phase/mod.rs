//! Phase for a magnitude frame: integrated from its gradient, or stored white noise.
//!
//! ```text
//!                    ┌─ gradient: lobes ─► heap ─┐
//!  magnitude [bins] ─┤                           ├─► phase [bins, turns]
//!                    └─ stored noise: table ─────┘
//! ```
//!
//! | mode         | sounds like                                              |
//! |--------------|----------------------------------------------------------|
//! | gradient     | the sound itself: steady partials, in tune               |
//! | stored noise | every partial a narrow band of breath around its pitch   |
//!
//! [`RecordedPhase`] is for the frames of recordings, which are sharper than a decoder's; no voice
//! uses it.

mod gradient;
mod integration;
mod lobes;
mod noise;
mod own;
mod recorded;
mod relation;

pub use gradient::GradientPhase;
pub(crate) use noise::MAKE_UP;
pub use noise::NoiseTable;
pub use recorded::RecordedPhase;

#[cfg(test)]
mod tests;

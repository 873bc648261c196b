//! Phase for a magnitude frame.
//!
//! ```text
//!                    ┌─ gradient: lobes, gate ─► integration ──────────┐
//!                    │                            └─► refinement ──────┤
//!  magnitude [bins] ─┼─ peak lock: lobes, gate ────────────────────────┼─► phase [bins, turns]
//!                    ├─ single pass: peaks ────────────────────────────┤
//!                    └─ stored noise: table; zero; random ─────────────┘
//! ```
//!
//! | mode         | sounds like                                                                |
//! |--------------|----------------------------------------------------------------------------|
//! | gradient     | the sound itself: steady partials, in tune, breath as breath               |
//! | refined      | the same, clearer: frames agree where they overlap; knobs three frames late |
//! | peak lock    | the same for three fifths of the cost; moving partials a little rough      |
//! | stored noise | every partial a narrow band of breath around its pitch                     |
//! | single pass  | partials where the frame has them: detuned by cents, noise buzzes          |
//! | zero         | a train of pulses at the frame rate, the sound as its formant              |
//! | random       | whispered, with a flutter at the frame rate                                |
//!
//! [`RecordedPhase`] is for the frames of recordings, which are sharper than a decoder's; no voice
//! uses it.

mod gate;
mod gradient;
mod integration;
mod lobes;
mod noise;
mod own;
mod peaks;
mod recorded;
mod refinement;
mod relation;
mod spsi;

pub(crate) use gradient::Carry;
pub use gradient::{GradientPhase, Lobes, PhaseTools};
pub(crate) use noise::MAKE_UP;
pub use noise::NoiseTable;
pub use recorded::RecordedPhase;
pub use refinement::{LOOK_AHEAD, Refinement, RefinementTools, STEPS};
pub use spsi::Spsi;
pub(crate) use spsi::next as single_pass;

#[cfg(test)]
mod tests;

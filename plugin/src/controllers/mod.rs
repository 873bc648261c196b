//! Controllers → parameters: which one moves which, how far, and from when on.
//!
//! ```text
//!  host events ─► Router (audio thread) ─── take(target, position) ─► what controllers hold
//!                    ▲ Table, a copy            │ an armed target: the source that moved
//!                    │                          ▼
//!  window, project ─► Map (shared) ◄── settle ── learnt
//!  map file ◄──────►
//! ```
//!
//! | module    | what it holds                                                        |
//! |-----------|----------------------------------------------------------------------|
//! | `source`  | what can move: controllers, pressure, bend, numbered parameters      |
//! | `mapping` | source → target: range, curve, takeover                              |
//! | `map`     | all mappings: changed anywhere, read by the audio thread             |
//! | `halves`  | two messages that are one number of 14 bits                          |
//! | `router`  | the audio thread's side: events in, positions out                    |
//! | `registered` | what a keyboard says about itself: bend ranges, MPE                |
//! | `ear`     | which source moves while a target is armed                           |
//! | `file`    | the map as text, for projects and for files                          |
//! | `row`     | one mapping of it                                                    |
//!
//! The audio thread cannot move a host's parameter. A controller *holds* it instead, until the
//! parameter itself moves: the last mover wins.

mod ear;
pub(crate) mod file;
mod halves;
mod map;
mod mapping;
mod registered;
mod router;
mod row;
mod source;
#[cfg(test)]
mod tests;

pub(crate) use map::{Map, Target};
pub(crate) use mapping::{Mapping, Takeover};
pub(crate) use registered::Registered;
pub(crate) use router::{Hands, Router};
#[cfg(test)]
pub(crate) use source::Source;

//! The sound: notes and controls in, samples out, in real time.

pub mod controls;
pub mod event;
pub mod telemetry;

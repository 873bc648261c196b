//! Any bytes as a project's state: repaired, loaded, saved the same again.
//!
//! ```text
//!  libFuzzer: bytes that reach new code ─► betwixt::fuzzing::state ─► silence, or a finding
//! ```

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| betwixt::fuzzing::state(bytes));

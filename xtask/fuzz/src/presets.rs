//! Any text as a preset: taken whole and written again, or refused in words.
//!
//! ```text
//!  libFuzzer: bytes that reach new code ─► betwixt::fuzzing::preset ─► silence, or a finding
//! ```

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| betwixt::fuzzing::preset(bytes));

//! The presets that are built in: every file of `assets/presets`, as its text.

/// Name of the file without its ending, and what stands in it; in the order of the names.
pub(crate) const TEXTS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/presets.rs"));

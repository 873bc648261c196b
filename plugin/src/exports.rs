//! The entry points that hosts look up in the library: `clap_entry` and VST3's factory.
//!
//! The framework's macros write them; nothing else in this crate is unsafe.

#![allow(
    unsafe_code,
    missing_docs,
    unreachable_pub,
    reason = "entry points of C interfaces, written by the framework's macros"
)]

use crate::Betwixt;

nice_plug::nice_export_clap!(Betwixt);
nice_plug::nice_export_vst3!(Betwixt);

//! Betwixt as a program of its own, for trying it without a host: `--help` lists the backends.

#![forbid(unsafe_code)]

/// Opens the window and plays until it is closed.
fn main() {
    nice_plug::nice_export_standalone::<betwixt::Betwixt>();
}

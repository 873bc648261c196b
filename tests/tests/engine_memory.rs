//! What another engine of the same model takes: the weights and the tables are shared.
//!
//! ```text
//!  Arc<Decoder> ─► Engine × 2 (tables made) ─► resident memory ─► Engine × 8 ─► resident memory
//! ```
//!
//! An instance in a host may take 4 MiB. A third of one is the framework's, and where the model is
//! chosen anew the engine before leaves holes of up to three quarters (`cargo xtask bench` measures
//! that). Engines touch all their memory when they are made: what is resident is all they ever use.

use betwixt_engine::{Decoder, Engine, Settings};
use betwixt_model::Model;
use betwixt_tests::{comb_model, painted_model};
use std::path::Path;
use std::sync::Arc;

/// Of 4 MiB, less those.
const MOST_KIB: f64 = 4096.0 - 341.0 - 768.0;
/// Engines over which memory is measured.
const MEASURED: usize = 8;

/// Memory of this process that is in use, where the system tells.
fn resident_kib() -> Option<f64> {
    let told = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = told.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// Both families at their largest published size; nothing else runs in this process.
#[test]
fn another_engine_takes_little() {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models");
    let read = |name: &str| {
        let file = models.join(name).join("weights.safetensors");
        Model::read(&file).expect("a factory model").0
    };
    for model in [read("notes"), read("chroma"), comb_model(), painted_model()] {
        let decoder = Arc::new(Decoder::new(&model).expect("a sound model"));
        let settings = Settings {
            sample_rate_hz: 48_000.0,
            seed: 1,
        };
        let make = || Engine::new(Arc::clone(&decoder), settings);
        let mut engines = vec![make(), make()];
        let Some(before) = resident_kib() else {
            return;
        };
        engines.extend((0..MEASURED).map(|_| make()));
        let after = resident_kib().unwrap_or(before);
        let each = (after - before) / MEASURED as f64;
        assert!(each < MOST_KIB, "{}: {each:.0} KiB", model.header.name);
        assert!(each > 100.0, "{}: nothing was measured", model.header.name);
        // What is freed would be taken again unnoticed: it stays.
        std::mem::forget(engines);
    }
}

//! What another engine of the same model takes: the weights and the tables are shared.
//!
//! ```text
//!  Arc<Decoder> ─► Engine × 2 (tables made) ─► resident memory ─► Engine × 8 ─► resident memory
//! ```
//!
//! An instance in a host may take 4 MiB. A third of one is the framework's, and where the model is
//! chosen anew the engine before leaves holes of up to three quarters (`cargo xtask bench` measures
//! that). Engines touch all their memory when they are made: what is resident is all they ever use.
//! What a model has brought goes with it when another is chosen.

use betwixt_engine::{Decoder, Engine, Fitting, Settings, Timbre};
use betwixt_model::Model;
use betwixt_tests::{comb_model, struck_model};
use std::path::Path;
use std::sync::Arc;

/// Of 4 MiB, less those.
const MOST_KIB: f64 = 4096.0 - 341.0 - 768.0;
/// Engines over which memory is measured.
const MEASURED: usize = 8;
const SETTINGS: Settings = Settings {
    sample_rate_hz: 48_000.0,
    seed: 1,
};

/// Memory of this process that is in use, where the system tells.
fn resident_kib() -> Option<f64> {
    let told = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = told.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// KiB that each engine takes after the first two; none where the system does not tell.
fn each_kib(mut make: impl FnMut() -> Engine) -> Option<f64> {
    let mut engines = vec![make(), make()];
    let before = resident_kib()?;
    engines.extend((0..MEASURED).map(|_| make()));
    let after = resident_kib()?;
    // What is freed would be taken again unnoticed: it stays.
    std::mem::forget(engines);
    Some((after - before) / MEASURED as f64)
}

/// Both families at their largest published size, alone and chosen after another; nothing else runs
/// in this process.
#[test]
fn another_engine_takes_little() {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models");
    let read = |name: &str| {
        let file = models.join(name).join("weights.safetensors");
        Model::read(&file).expect("a factory model").0
    };
    let decoder = |model: &Model| Arc::new(Decoder::new(model).expect("a sound model"));
    let painted = decoder(&struck_model());
    for model in [read("notes"), read("chroma"), comb_model(), struck_model()] {
        let name = &model.header.name;
        let decoder = decoder(&model);
        let alone = || Engine::new(Arc::clone(&decoder), SETTINGS);
        let chosen = || {
            let mut engine = Engine::new(Arc::clone(&painted), SETTINGS);
            let timbre = Timbre::new(Arc::clone(&decoder), SETTINGS);
            engine.install(0, Fitting::Model(Box::new(timbre)));
            engine
        };
        let (Some(alone), Some(chosen)) = (each_kib(alone), each_kib(chosen)) else {
            return;
        };
        for each in [alone, chosen] {
            assert!(each < MOST_KIB, "{name}: {each:.0} KiB");
            assert!(each > 100.0, "{name}: nothing was measured");
        }
    }
}

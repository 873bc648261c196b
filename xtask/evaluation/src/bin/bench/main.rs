//! What the sound costs: `cargo xtask bench`.
//!
//! ```text
//!  kernel    decode (panels, batch, textbook)  beside  reading its weights
//!  phase     frames: every mode that works in real time  beside  an inverse FFT
//!  painting  a frame of 20, 60, 200, 600 partials, from the table  beside  sines
//!  playing   1, 8, 16, 64 voices: share of a core, worst block; a chord struck in one block
//!  instances 16 silent ones: share of a core; what another one takes of memory
//!  window    open  beside  closed, under a chord: the longest blocks
//!  opening   presets loaded under a chord: the longest blocks  beside  a chord left alone
//! ```
//!
//! Absolute times belong to the machine; the ratios within one run travel. Every figure is a median
//! over many runs unless it says worst. Blocks are played in several passes of the same work, and
//! of each block's times the least counts, so that interruptions by the system are not ours.

#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "a command-line program")]

mod instances;
mod kernel;
mod opening;
mod painting;
mod phase;
mod playing;
mod timing;
mod window;

use betwixt_model::Model;
use betwixt_model::header::Output;
use clap::{Parser, ValueEnum};
use std::path::PathBuf;

type Done<T> = Result<T, Box<dyn std::error::Error>>;

/// Measures decode, phase, painting, voices and engine for each model given (all in models/ by
/// default).
///
/// Prints times in microseconds, each beside what it should be compared with, and a verdict where a
/// bound was promised. Fails if an eight-note chord struck in one 64-sample block at 48 kHz misses
/// its deadline.
#[derive(Parser)]
struct Arguments {
    /// Model files; without any: models/*/weights.safetensors.
    models: Vec<PathBuf>,
    /// How often each kernel is run for its median.
    #[arg(long, default_value_t = 300)]
    runs: usize,
    /// Measures only this part; may be given again.
    #[arg(long, value_enum)]
    only: Vec<Part>,
}

/// What is measured.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    Instances,
    Opening,
    Window,
    Painting,
    Kernel,
    Phase,
    Playing,
}

impl Arguments {
    fn wants(&self, part: Part) -> bool {
        self.only.is_empty() || self.only.contains(&part)
    }
}

fn main() -> Done<()> {
    let arguments = Arguments::parse();
    if arguments.wants(Part::Instances) {
        instances::figures()?;
    }
    if arguments.wants(Part::Opening) {
        opening::figures()?;
    }
    if arguments.wants(Part::Window) {
        window::figures()?;
    }
    if arguments.wants(Part::Painting) {
        println!("\nPainting, no model");
        painting::figures(arguments.runs);
    }
    models(&arguments)
}

/// The parts that are about a model, for each.
fn models(arguments: &Arguments) -> Done<()> {
    let files = if arguments.models.is_empty() {
        factory_models()?
    } else {
        arguments.models.clone()
    };
    let mut missed = Vec::new();
    for file in files {
        let (model, _) = Model::read(&file)?;
        let family = match model.header.output {
            Output::Frames(_) => "frames",
            Output::Partials(_) => "partials",
        };
        println!("\n{}: {family} ({})", model.header.name, file.display());
        if arguments.wants(Part::Kernel) {
            kernel::figures(&model, arguments.runs)?;
        }
        if arguments.wants(Part::Phase)
            && let Output::Frames(format) = model.header.output
        {
            phase::figures(&model, format)?;
        }
        if arguments.wants(Part::Playing) && !playing::figures(&model)? {
            missed.push(model.header.name.clone());
        }
    }
    match missed.as_slice() {
        [] => Ok(()),
        names => Err(format!("the chord misses its deadline with {}", names.join(", ")).into()),
    }
}

fn factory_models() -> Done<Vec<PathBuf>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../models");
    let mut files = Vec::new();
    for entry in std::fs::read_dir(&folder)? {
        let file = entry?.path().join("weights.safetensors");
        if file.is_file() {
            files.push(file.canonicalize()?);
        }
    }
    files.sort();
    Ok(files)
}

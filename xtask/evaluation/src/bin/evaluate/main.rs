//! `cargo xtask evaluate`: what the sound reaches, measured on the sound itself.
//!
//! ```text
//!  ceiling      real note ─► analysis ─► painter ───────────────────────────┐
//!  model NAME   real note ─► analysis ─► encoder ─► knobs ─► engine ─► sound ─┼─► likeness, rise ─► JSON
//!               random knobs × keys ────────────────────► engine ─► sound ─┴─► pitch, steadiness
//!  attack NAME  real note, the same painted, the model's ─► 10–90 % of each ─► table
//!  phase        recording ─► |STFT| ─► phase of every mode ─► sound ─────────► likeness, held frames
//! ```

#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "a command-line program speaks here")]

mod ceiling;
mod comparison;
mod failure;
mod model;
mod phase;

use clap::{Parser, Subcommand};
use failure::Failure;
use std::process::ExitCode;

/// Measures models and the synthesis behind them.
#[derive(Parser)]
#[command(name = "evaluate", version)]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    Ceiling(ceiling::Arguments),
    Model(model::Arguments),
    Attack(model::attack::Arguments),
    Phase(phase::Arguments),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().verb {
        Verb::Ceiling(arguments) => ceiling::run(&arguments),
        Verb::Model(arguments) => model::run(&arguments),
        Verb::Attack(arguments) => model::attack::run(&arguments),
        Verb::Phase(arguments) => phase::run(&arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\nevaluate: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// A bar that counts notes.
pub(crate) fn progress(notes: usize, what: &str) -> indicatif::ProgressBar {
    progress_of(notes, "notes", what)
}

/// A bar that counts anything.
pub(crate) fn progress_of(count: usize, unit: &str, what: &str) -> indicatif::ProgressBar {
    let bar = indicatif::ProgressBar::new(count as u64);
    let style = indicatif::ProgressStyle::with_template(&format!(
        "{{prefix:>24}} [{{bar:32}}] {{pos}}/{{len}} {unit}, {{eta}} left"
    ));
    bar.set_style(style.unwrap_or_else(|_| indicatif::ProgressStyle::default_bar()));
    bar.set_prefix(what.to_owned());
    bar
}

/// Makes the folder that a file goes to.
pub(crate) fn make_folder(folder: &std::path::Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder).map_err(|error| Failure::Folder {
        path: folder.to_path_buf(),
        reason: error.to_string(),
    })
}

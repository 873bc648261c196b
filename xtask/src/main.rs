//! `cargo xtask VERB`: the one front door of the workshop.
//!
//! ```text
//!  VERB ─► bundle, install           here
//!       ├► screenshots               here: a display, a host from PyPI, a walk through the window
//!       ├► check                     here: one step after the other, each with its time
//!       ├► fuzz                      here: builds with counters, starts libFuzzer
//!       └► demo, render, presets,    a program of another crate, built and started by cargo
//!          setup, train, evaluate, bench, test-vst3
//! ```
//!
//! It stays thin on purpose: no verb waits for a crate that it does not use.

#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "a command-line program speaks here")]

mod bundle;
mod check;
mod display;
mod failure;
mod fuzz;
mod install;
mod python;
mod screenshots;
mod start;
mod vst3;
mod workspace;

use clap::{Args, Parser, Subcommand, ValueEnum};
use failure::Failure;
use std::path::PathBuf;
use std::process::ExitCode;

/// Everything that is done with this workspace besides writing it.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version)]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Builds the plugin and renders a short piece through it: hear it, see it, measure it.
    ///
    /// Builds the release bundles, loads the CLAP in a small host of our own and plays
    /// assets/demo.mid with its automation at 48 kHz in blocks of 64 samples. Leaves demo.wav,
    /// demo.png (spectrogram, notes, latent curves, level) and demo.json (figures) in the output
    /// folder and fails when a figure is out of its bounds. Needs nothing but Rust.
    Demo {
        /// Where the files go.
        #[arg(long, default_value = "target/demo")]
        out: PathBuf,
    },
    /// Checks everything that must hold before a change lands.
    ///
    /// Formatting, lints, tests in debug and release, documentation, import directions, tidiness,
    /// licences, and the VST3 in a foreign host. Every step prints its time, a failed one what to
    /// do; all steps run, and a table closes. The whole takes half an hour on two cores: while
    /// working, use --only.
    Check {
        /// Run only this step; repeatable.
        #[arg(long = "only", value_name = "STEP")]
        only: Vec<String>,
        /// Print the steps and leave.
        #[arg(long)]
        list: bool,
    },
    /// Builds the plugin in release and lays out Betwixt.clap and Betwixt.vst3.
    ///
    /// They land in target/bundled, in the form that hosts of this operating system look for.
    Bundle,
    /// Builds the bundles and copies them to your own plugin folders.
    ///
    /// Linux: ~/.clap and ~/.vst3. macOS: ~/Library/Audio/Plug-Ins/CLAP and /VST3. Windows:
    /// %LOCALAPPDATA%\Programs\Common\CLAP and \VST3. An older copy is replaced. Rescan the
    /// plugins in your host afterwards.
    Install,
    /// Trains a factory model from its recipe and writes weights, card and curves beside it.
    ///
    /// NAME is a folder in models/ (say, notes). A training that was stopped goes on from its last
    /// checkpoint. What follows NAME is handed on: --fresh begins anew, --attack learns only the
    /// network for the attack anew, --card writes only the end of the card anew, from what
    /// `evaluate model NAME --keep` has measured since.
    Train {
        /// The folder in models/ that holds recipe.toml.
        name: String,
        /// Handed on to the trainer.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        rest: Vec<String>,
    },
    /// Installs what only training needs.
    ///
    /// soundfont: FluidR3 GM (MIT), the recorded instruments that the factory models are learnt
    /// from, through the system's package manager; checked by its SHA-256. Needs Debian or Ubuntu,
    /// or BETWIXT_SOUNDFONT naming a copy of the file.
    Setup {
        /// What to install.
        what: Needed,
    },
    /// Renders your own MIDI file, with automation, through the built plugin into a WAV file.
    ///
    /// What follows is handed on; `cargo xtask render --help` shows the renderer's own words.
    #[command(disable_help_flag = true)]
    Render(Rest),
    /// Plays every factory preset through the built plugin: loud alike, clean, in tune.
    ///
    /// `presets --check` fails where one is not, and draws all of them into docs/presets.png;
    /// `presets --level` sets their gains. What follows is handed on; `cargo xtask presets --help`
    /// shows the program's own words.
    #[command(disable_help_flag = true)]
    Presets(Rest),
    /// Measures what the sound reaches: a model against real notes, or the synthesis alone.
    ///
    /// `evaluate model NAME` plays held-out notes of a factory model through the real engine;
    /// `evaluate attack NAME` tells how sharply its struck notes begin; `evaluate ceiling` plays
    /// analysed notes without a network; `evaluate phase` gives the spectra of recordings phases,
    /// by every algorithm. What follows is handed on;
    /// `cargo xtask evaluate --help` shows the program's own words.
    #[command(disable_help_flag = true)]
    Evaluate(Rest),
    /// Measures speed: decoding, phase, voices, whole blocks, a struck chord, instances, the window.
    ///
    /// For the window it starts a display that nobody sees; on Debian, as root, it installs what that
    /// needs. What follows is handed on; `cargo xtask bench --help` shows the bench's own words. Close
    /// other programs first: every figure depends on the machine.
    #[command(disable_help_flag = true)]
    Bench(Rest),
    /// Throws what nobody would write at the readers of projects and presets.
    ///
    /// libFuzzer, guided by the code that it reaches, with the files of tests/golden/fuzz and the
    /// factory presets to begin with. It prints its progress and can be stopped at any time: what
    /// it has reached is in target/fuzz, where the next run goes on. A finding ends it and names a
    /// file. Needs a C++ compiler; builds with the crates of the debug build.
    Fuzz(fuzz::Options),
    /// Walks through the real window in a real host and keeps a picture of every step.
    ///
    /// Builds the bundle, starts a display that nobody sees, opens the VST3's window in a host from
    /// PyPI and does what tests/python/walk.py says, while the instrument plays. The pictures go
    /// to docs/window. Linux only; needs Python 3 and Xvfb, which it installs where it may.
    Screenshots,
    /// Plays the VST3 bundle in a host from PyPI and listens to it.
    ///
    /// Builds the bundle, sets up the pinned packages of tests/requirements.txt below target/
    /// (once), then runs tests/python/play_vst3.py. Needs Python 3.
    TestVst3,
}

/// What can be set up.
#[derive(Clone, Copy, ValueEnum)]
enum Needed {
    /// The recorded instruments.
    Soundfont,
}

#[derive(Args)]
struct Rest {
    /// Handed on.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<String>,
}

fn main() -> ExitCode {
    if let Some(code) = fuzz::compiled() {
        return code;
    }
    match run(Arguments::parse().verb) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\n{failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(verb: Verb) -> Result<(), Failure> {
    match verb {
        Verb::Demo { out } => start::demo(&out),
        Verb::Check { list: true, .. } => {
            check::list();
            Ok(())
        }
        Verb::Check { only, .. } => check::run(&only),
        Verb::Bundle => {
            let bundles = bundle::build()?;
            println!("{}\n{}", bundles.clap.display(), bundles.vst3.display());
            Ok(())
        }
        Verb::Install => install::run(),
        Verb::Train { name, rest } => start::train(&name, &rest),
        Verb::Setup {
            what: Needed::Soundfont,
        } => start::setup_soundfont(),
        Verb::Render(Rest { rest }) => start::render(&rest),
        Verb::Presets(Rest { rest }) => start::presets(&rest),
        Verb::Evaluate(Rest { rest }) => start::evaluate(&rest),
        Verb::Bench(Rest { rest }) => start::bench(&rest),
        Verb::Fuzz(options) => fuzz::run(&options),
        Verb::Screenshots => screenshots::run(),
        Verb::TestVst3 => vst3::run(),
    }
}

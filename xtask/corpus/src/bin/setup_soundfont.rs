//! Makes sure that the soundfont is there, with the system's package manager if it is not.
//!
//! ```text
//!  there and right? ─► its path
//!  missing ─► apt-get install fluid-soundfont-gm (through sudo unless root) ─► checked again
//! ```
//!
//! Only training and measuring against the recorded instruments need it.

#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "a command-line program speaks here")]

use betwixt_corpus::CorpusError;
use betwixt_corpus::soundfont::{self, Soundfont};
use std::process::{Command, ExitCode};

/// Debian's and Ubuntu's name for it.
const PACKAGE: &str = "fluid-soundfont-gm";

fn main() -> ExitCode {
    let missing = !soundfont::path().is_file();
    if missing && std::env::var_os(soundfont::PATH_VARIABLE).is_none() {
        install();
    }
    match Soundfont::load() {
        Ok(_) => {
            println!("{} is there and right", soundfont::path().display());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{}", remedied(&error));
            ExitCode::FAILURE
        }
    }
}

/// Asks apt-get; what it says goes to the terminal, and what comes of it is checked afterwards.
fn install() {
    let words = ["apt-get", "install", "--yes", PACKAGE];
    let root = Command::new("id").arg("-u").output();
    let root = root.is_ok_and(|id| id.stdout.starts_with(b"0"));
    let words = if root {
        &words[..]
    } else {
        &["sudo", "apt-get", "install", "--yes", PACKAGE]
    };
    println!("{}", words.join(" "));
    if let Err(error) = Command::new(words[0]).args(&words[1..]).status() {
        eprintln!("{} could not be started: {error}", words[0]);
    }
}

/// What to do where there is no apt-get.
fn remedied(error: &CorpusError) -> String {
    format!(
        "{error}\nWithout apt-get: take FluidR3_GM.sf2 out of Debian's package {PACKAGE} 3.1 \
         (data.tar holds it as .{}) and set {} to its path",
        soundfont::DEBIAN_PATH,
        soundfont::PATH_VARIABLE,
    )
}

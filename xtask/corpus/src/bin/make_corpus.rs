//! Makes a named corpus of partials and tells what is in it.
//!
//! ```text
//!  make_corpus NAME [FOLDER] ─► shards below FOLDER (target/corpus/partials) ─► counts
//! ```
//!
//! It may be stopped at any time and goes on with the sound that it was stopped in.

#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "a command-line program speaks here")]

use betwixt_corpus::{HeldOut, Part, PartialsCorpus, sets};
use indicatif::{ProgressBar, ProgressStyle};
use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let settings = arguments.next().as_deref().and_then(sets::named);
    let folder = arguments.next().map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| "target/corpus/partials".into());
    let Some(settings) = settings else {
        eprintln!("usage: make_corpus experiment|large|formulas [FOLDER]");
        return ExitCode::FAILURE;
    };
    let bar = ProgressBar::new(0);
    let style = "{bar:40} {pos}/{len} notes, {elapsed_precise}, {eta_precise} to go";
    if let Ok(style) = ProgressStyle::with_template(style) {
        bar.set_style(style);
    }
    let progress = |done: usize, of: usize| {
        bar.set_length(of as u64);
        bar.set_position(done as u64);
    };
    let corpus = PartialsCorpus::load(&settings, &folder, &progress);
    bar.finish();
    match corpus {
        Ok(corpus) => {
            tell(&corpus);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn tell(corpus: &PartialsCorpus) {
    let notes = corpus.notes();
    let count = |part| notes.iter().filter(|note| note.part == part).count();
    let frames: usize = (0..notes.len()).map(|n| corpus.times_s(n).len()).sum();
    println!(
        "{} sounds, {} notes, {frames} frames; learnt {}, watched {}, tested: notes {}, holes {}, sounds {}",
        corpus.sounds().len(),
        notes.len(),
        count(Part::Train),
        count(Part::Validation(HeldOut::Note)) + count(Part::Validation(HeldOut::Patch)),
        count(Part::Test(HeldOut::Note)),
        count(Part::Test(HeldOut::Hole)),
        count(Part::Test(HeldOut::Patch)),
    );
}

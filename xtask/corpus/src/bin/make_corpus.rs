//! Makes the corpus of a recipe and tells what is in it.
//!
//! ```text
//!  make_corpus models/NAME/recipe.toml [FOLDER] ─► files below FOLDER (target/corpus) ─► counts
//! ```
//!
//! The trainer makes it too, but on the cores that it trains on. It may be stopped at any time and
//! goes on with the sound that it was stopped in.

#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "a command-line program speaks here")]

use betwixt_corpus::{FrameCorpus, HeldOut, Material, Note, Part, PartialsCorpus, PartialsNote};
use indicatif::{ProgressBar, ProgressStyle};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(recipe) = arguments.next() else {
        eprintln!("usage: make_corpus models/NAME/recipe.toml [FOLDER]");
        return ExitCode::FAILURE;
    };
    let folder = arguments.next().map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| "target/corpus".into());
    match make(&recipe, &folder) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("{recipe}: {reason}");
            ExitCode::FAILURE
        }
    }
}

fn make(recipe: &str, folder: &Path) -> Result<(), String> {
    let text = std::fs::read_to_string(recipe).map_err(|error| error.to_string())?;
    let material = Material::of_recipe(&text)?;
    let bar = ProgressBar::new(0);
    let style = "{bar:40} {pos}/{len} notes, {elapsed_precise}, {eta_precise} to go";
    if let Ok(style) = ProgressStyle::with_template(style) {
        bar.set_style(style);
    }
    let progress = |done: usize, of: usize| {
        bar.set_length(of as u64);
        bar.set_position(done as u64);
    };
    let told = match &material {
        Material::Partials(settings) => {
            let corpus = PartialsCorpus::load(settings, &folder.join("partials"), &progress);
            let corpus = corpus.map_err(|error| error.to_string())?;
            let notes: Vec<Note> = corpus.notes().iter().map(PartialsNote::note).collect();
            let frames = (0..notes.len())
                .map(|note| corpus.times_s(note).len())
                .sum();
            counts(corpus.sounds().len(), &notes, frames)
        }
        Material::Frames(settings) => {
            let corpus = FrameCorpus::load(settings, folder, &progress);
            let corpus = corpus.map_err(|error| error.to_string())?;
            let frames = corpus.notes().len() * settings.frames_per_note();
            counts(corpus.sounds().len(), corpus.notes(), frames)
        }
    };
    bar.finish();
    println!("{told}");
    Ok(())
}

fn counts(sounds: usize, notes: &[Note], frames: usize) -> String {
    let count = |part| notes.iter().filter(|note| note.part == part).count();
    format!(
        "{sounds} sounds, {} notes, {frames} frames; learnt {}, watched {}, tested: notes {}, \
         holes {}, sounds {}",
        notes.len(),
        count(Part::Train),
        count(Part::Validation(HeldOut::Note)) + count(Part::Validation(HeldOut::Patch)),
        count(Part::Test(HeldOut::Note)),
        count(Part::Test(HeldOut::Hole)),
        count(Part::Test(HeldOut::Patch)),
    )
}

//! The command line of the trainer.
//!
//! ```text
//!  train  models/NAME/recipe.toml [--fresh]   corpus, loop, export, report
//!  export models/NAME/recipe.toml             the last checkpoint to file and report, no training
//!  train  models/NAME/recipe.toml --attack    the attack network anew, nothing else
//!  train  models/NAME/recipe.toml --card      figures.json to the end of the card, nothing else
//! ```

#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "this is a command-line program")]

use betwixt_trainer::{Notes, Places, Progress, Recipe, Run, TrainerError};
use clap::{Parser, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Trains an instrument from its recipe.
///
/// A training renders its sounds (once; they are kept below target/corpus), learns them, and
/// writes beside the recipe: weights.safetensors, which the instrument loads; card.md, which says
/// how good it is; loss.png. Recorded pairs for the tests go to tests/golden/decoder.
///
/// A training may be stopped at any time: started again, it goes on from its last checkpoint (at
/// most 20 seconds old, below target/training) and ends with the same weights as if it had never
/// stopped. It uses as many cores as RAYON_NUM_THREADS says; one is nearly as fast as two.
#[derive(Parser)]
#[command(
    version,
    after_help = "Example:\n  \
    cargo run --release -p betwixt-trainer -- train models/instruments/recipe.toml"
)]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Learn what the recipe says, then write the model, its card and its pairs.
    Train {
        /// The recipe: models/NAME/recipe.toml; every setting is documented in it.
        recipe: PathBuf,
        /// Forget the last checkpoint and begin anew.
        #[arg(long)]
        fresh: bool,
        /// Only learn the attack network anew, to the weights that are there.
        #[arg(long, conflicts_with_all = ["fresh", "card"])]
        attack: bool,
        /// Only write the end of the card anew, from the model's figures.json.
        #[arg(long, conflicts_with = "fresh")]
        card: bool,
    },
    /// Write the model, its card and its pairs from the last checkpoint, without training.
    Export {
        /// The recipe: models/NAME/recipe.toml.
        recipe: PathBuf,
    },
}

fn main() -> ExitCode {
    let done = match Arguments::parse().verb {
        Verb::Train {
            recipe, card: true, ..
        } => Places::of(&recipe).and_then(|places| betwixt_trainer::renew_card(&places)),
        Verb::Train {
            recipe,
            attack: true,
            ..
        } => attack(&recipe),
        Verb::Train { recipe, fresh, .. } => train(&recipe, fresh),
        Verb::Export { recipe } => export(&recipe),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn train(path: &Path, fresh: bool) -> Result<(), TrainerError> {
    let (recipe, places) = (Recipe::read(path)?, Places::of(path)?);
    let kept = betwixt_trainer::kept(&recipe, &places)?;
    let checkpoint = places.training.join("checkpoint.safetensors");
    if fresh && checkpoint.exists() {
        let removed = std::fs::remove_file(&checkpoint);
        removed.map_err(|error| TrainerError::File {
            file: checkpoint.display().to_string(),
            reason: error.to_string(),
        })?;
    }
    let mut run = Run::open(&recipe, kept, Some(&checkpoint))?;
    let notes = load_notes(&recipe, &places)?;
    let steps = recipe.training.steps;
    if run.progress.step > 0 {
        println!("going on from step {}", run.progress.step);
    }
    let bar = Bar::new(steps, run.progress.step, "training");
    let mut watch = |progress: &Progress, _: f64| bar.show(progress.step, &losses(progress));
    run.train(
        &recipe,
        notes.as_ref(),
        (steps, Some(&checkpoint)),
        &mut watch,
    )?;
    bar.bar.finish();
    report(&recipe, &places, notes.as_ref(), &run)
}

fn export(path: &Path) -> Result<(), TrainerError> {
    let (recipe, places) = (Recipe::read(path)?, Places::of(path)?);
    let checkpoint = places.training.join("checkpoint.safetensors");
    let kept = betwixt_trainer::kept(&recipe, &places)?;
    let run = Run::open(&recipe, kept, Some(&checkpoint))?;
    if run.progress.step == 0 {
        return Err(TrainerError::Checkpoint {
            file: checkpoint.display().to_string(),
            reason: "there is none yet: train first".into(),
        });
    }
    let notes = load_notes(&recipe, &places)?;
    report(&recipe, &places, notes.as_ref(), &run)
}

fn attack(path: &Path) -> Result<(), TrainerError> {
    let (recipe, places) = (Recipe::read(path)?, Places::of(path)?);
    let notes = load_notes(&recipe, &places)?;
    let bars = Bars::default();
    let watch = |what, done, all| bars.show(what, done, all);
    betwixt_trainer::learn_attack(&recipe, &places, notes.as_ref(), &watch)?;
    bars.end();
    let (model, name) = (&places.model, &places.name);
    println!(
        "wrote {} and what its card says of the attack; measure it anew with `cargo xtask evaluate \
         model {name} --keep`, then `cargo xtask train {name} --card`",
        model.join("weights.safetensors").display()
    );
    Ok(())
}

fn load_notes(recipe: &Recipe, places: &Places) -> Result<Box<dyn Notes>, TrainerError> {
    let bar = Bar::new(0, 0, "rendering");
    let notes = betwixt_trainer::load(recipe, &places.corpus, &|done, all| {
        bar.bar.set_length(all as u64);
        bar.show(done, "notes");
    })?;
    bar.bar.finish_and_clear();
    Ok(notes)
}

fn report(
    recipe: &Recipe,
    places: &Places,
    notes: &dyn Notes,
    run: &Run,
) -> Result<(), TrainerError> {
    println!("{}; measuring and writing", losses(&run.progress));
    let bars = Bars::default();
    let watch = |what, done, all| bars.show(what, done, all);
    let finished = betwixt_trainer::finish(recipe, places, notes, run, &watch)?;
    bars.end();
    println!("{}", finished.card);
    println!(
        "wrote {}",
        places.model.join("weights.safetensors").display()
    );
    let (reached_db, needed_db) = (finished.convergence_db, finished.key_mean_db);
    if reached_db < needed_db {
        return Ok(());
    }
    Err(TrainerError::Gate {
        reached_db,
        needed_db,
    })
}

fn losses(progress: &Progress) -> String {
    let last = |curve: &[(usize, f64)]| curve.last().map_or(f64::NAN, |point| point.1);
    let (train, validation) = (last(&progress.train), last(&progress.validation));
    format!("loss {train:.4}, validation {validation:.4}")
}

/// One bar after another: each piece of work that is told has its own.
#[derive(Default)]
struct Bars(std::sync::Mutex<Option<Bar>>);

impl Bars {
    fn show(&self, what: &'static str, done: usize, all: usize) {
        let Ok(mut bar) = self.0.lock() else {
            return;
        };
        if bar.as_ref().is_none_or(|bar| bar.what != what) {
            *bar = Some(Bar::new(all, done, what));
        }
        if let Some(bar) = bar.as_ref() {
            bar.bar.set_length(all as u64);
            bar.show(done, "");
        }
    }

    fn end(&self) {
        if let Ok(mut bar) = self.0.lock()
            && let Some(bar) = bar.take()
        {
            bar.bar.finish_and_clear();
        }
    }
}

/// A progress bar on a terminal, a line now and then anywhere else.
struct Bar {
    bar: ProgressBar,
    what: &'static str,
    quiet: bool,
}

impl Bar {
    fn new(length: usize, start: usize, what: &'static str) -> Self {
        let bar = ProgressBar::new(length as u64);
        let template = "{prefix} {bar:30} {pos}/{len} {msg}, {eta} left";
        bar.set_style(
            ProgressStyle::with_template(template).unwrap_or(ProgressStyle::default_bar()),
        );
        bar.set_prefix(what);
        bar.set_position(start as u64);
        bar.reset_eta();
        Self {
            bar,
            what,
            quiet: !std::io::stderr().is_terminal(),
        }
    }

    fn show(&self, done: usize, message: &str) {
        self.bar.set_position(done as u64);
        if !self.quiet {
            self.bar.set_message(message.to_owned());
        } else if done.is_multiple_of(200) {
            let left = self.bar.eta().as_secs();
            println!("{} {done}: {message}, {left} s left", self.what);
        }
    }
}

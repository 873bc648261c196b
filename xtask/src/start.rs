//! Starts the programs of the other crates, built by cargo.

use crate::bundle;
use crate::display::Display;
use crate::failure::Failure;
use crate::workspace::{cargo, entries, root, run};
use std::path::{Path, PathBuf};
use std::process::Command;

fn program(package: &str, name: &str) -> Command {
    cargo([
        "run",
        "--release",
        "--quiet",
        "--package",
        package,
        "--bin",
        name,
        "--",
    ])
}

/// A path of the caller's, seen from the workspace's folder where programs run.
fn seen_from_root(path: &Path) -> PathBuf {
    std::env::current_dir().map_or_else(|_| path.to_path_buf(), |here| here.join(path))
}

/// Bundles, renders, measures; prints where everything is.
pub(crate) fn demo(out: &Path) -> Result<(), Failure> {
    let bundles = bundle::build()?;
    let out = if out.is_absolute() {
        out.into()
    } else {
        root().join(out)
    };
    let mut demo = program("betwixt-evaluation", "demo");
    demo.arg("--plugin")
        .arg(&bundles.clap)
        .arg("--out")
        .arg(&out);
    let played = run(
        &mut demo,
        "see the failed figure above; `cargo xtask demo --help` says what is measured",
    );
    println!("\nbundles   {}", bundles.clap.display());
    println!("          {}", bundles.vst3.display());
    for name in ["demo.wav", "demo.png", "demo.json"] {
        println!("{name:<9} {}", out.join(name).display());
    }
    played
}

/// Trains one factory model.
pub(crate) fn train(name: &str, rest: &[String]) -> Result<(), Failure> {
    let recipe = root().join("models").join(name).join("recipe.toml");
    if !recipe.is_file() {
        let models = entries(&root().join("models")).unwrap_or_default();
        let names = models.iter().filter(|m| m.join("recipe.toml").is_file());
        let names: Vec<_> = names
            .filter_map(|m| Some(m.file_name()?.to_string_lossy().into_owned()))
            .collect();
        return Err(Failure::new(
            format!("{} does not exist", recipe.display()),
            format!("name one of {names:?}, or write a recipe there"),
        ));
    }
    let mut trainer = program("betwixt-trainer", "betwixt-trainer");
    let remedy = "see the trainer's message above";
    run(trainer.arg("train").arg(recipe).args(rest), remedy)
}

/// Renders a MIDI file; paths are the caller's.
pub(crate) fn render(rest: &[String]) -> Result<(), Failure> {
    let mut render = program("betwixt-host", "render");
    let places = ["--midi", "--automation", "--out", "--timing", "--plugin"];
    let mut is_path = false;
    for word in rest {
        if is_path {
            render.arg(seen_from_root(Path::new(word)));
        } else {
            render.arg(word);
        }
        is_path = places.contains(&word.as_str());
    }
    run(
        &mut render,
        "`cargo xtask render --help` lists every option",
    )
}

/// Makes sure that the soundfont of the recorded instruments is there.
pub(crate) fn setup_soundfont() -> Result<(), Failure> {
    let mut setup = program("betwixt-corpus", "setup_soundfont");
    run(&mut setup, "see the message above")
}

/// Plays the factory presets, from the workspace's folder.
pub(crate) fn presets(rest: &[String]) -> Result<(), Failure> {
    let mut presets = program("betwixt-evaluation", "presets");
    presets.current_dir(root());
    run(
        presets.args(rest),
        "see the table above; `cargo xtask presets --help` says more",
    )
}

/// Measures what the sound reaches, from the workspace's folder.
pub(crate) fn evaluate(rest: &[String]) -> Result<(), Failure> {
    let mut evaluate = program("betwixt-evaluation", "evaluate");
    evaluate.current_dir(root());
    run(
        evaluate.args(rest),
        "see the message above; `cargo xtask evaluate --help` says more",
    )
}

/// Measures speed; what an open window costs only where there can be a display.
pub(crate) fn bench(rest: &[String]) -> Result<(), Failure> {
    let mut bench = program("betwixt-evaluation", "bench");
    let remedy = "see the bench's message above";
    // The window is drawn by the processor here, where players have a graphics card: by one core of
    // it, and not by all that the sound would have.
    bench.env("LP_NUM_THREADS", "1");
    match Display::start() {
        Ok(display) => display.run(bench.args(rest), remedy)?,
        Err(failure) => {
            println!("{failure}\n");
            run(bench.args(rest).env_remove("DISPLAY"), remedy)?;
        }
    }
    if !rest.is_empty() {
        return Ok(());
    }
    // The window's own parts are nobody else's: its tests measure them.
    let mut views = cargo([
        "test",
        "--quiet",
        "--release",
        "--package",
        "betwixt",
        "--lib",
        "the_cost_of_views",
        "--",
        "--nocapture",
    ]);
    views.env("BETWIXT_COST", "1");
    run(&mut views, "see the message above")
}

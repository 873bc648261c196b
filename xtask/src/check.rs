//! Everything that must hold before a change lands, one step after the other.
//!
//! ```text
//!  STEPS ─► each: name, time, failure with remedy ─► table ─► exit code
//! ```

mod imports;
mod licences;
mod tidy;
mod words;

use crate::display::Display;
use crate::failure::Failure;
use crate::start;
use crate::vst3;
use crate::workspace::{cargo, run as run_command};
use std::path::Path;
use std::time::Instant;

/// One thing that is checked.
struct Step {
    name: &'static str,
    about: &'static str,
    run: fn() -> Result<(), Failure>,
}

/// In the order of their cost: what fails fast comes first.
const STEPS: [Step; 11] = [
    Step {
        name: "tidy",
        about: "headers, sizes, open ends, the window's words, the top level, the models' papers",
        run: tidy::run,
    },
    Step {
        name: "fmt",
        about: "rustfmt",
        run: fmt,
    },
    Step {
        name: "imports",
        about: "who may import whom",
        run: imports::run,
    },
    Step {
        name: "licences",
        about: "the licences of everything that we link",
        run: licences::run,
    },
    Step {
        name: "clippy",
        about: "lints, everywhere, as errors",
        run: clippy,
    },
    Step {
        name: "docs",
        about: "documentation, warnings as errors",
        run: docs,
    },
    Step {
        name: "tests-release",
        about: "engine, spectral, model and whole renders, as shipped",
        run: tests_release,
    },
    Step {
        name: "vst3",
        about: "the VST3 in a host from PyPI",
        run: vst3::run,
    },
    Step {
        name: "window",
        about: "the window, opened and closed 200 times while the instrument plays",
        run: window,
    },
    Step {
        name: "demo",
        about: "the first command of the README: no click, in tune, the same bits every time",
        run: demo,
    },
    Step {
        name: "tests",
        about: "every test, debug build",
        run: tests,
    },
];

/// Prints the steps.
pub(crate) fn list() {
    for step in &STEPS {
        println!("{:<14} {}", step.name, step.about);
    }
}

/// Runs all steps, or the named ones.
pub(crate) fn run(only: &[String]) -> Result<(), Failure> {
    let unknown = |name: &&String| STEPS.iter().all(|s| s.name != name.as_str());
    if let Some(name) = only.iter().find(unknown) {
        let names: Vec<_> = STEPS.iter().map(|s| s.name).collect();
        let what = format!("there is no step {name:?}");
        return Err(Failure::new(
            what,
            format!("use one of {}", names.join(", ")),
        ));
    }
    let chosen = |s: &&Step| only.is_empty() || only.iter().any(|name| name == s.name);
    let results: Vec<_> = STEPS.iter().filter(chosen).map(take).collect();
    let failed = summarise(&results);
    if failed.is_empty() {
        return Ok(());
    }
    Err(Failure::new(
        format!("failed: {}", failed.join(", ")),
        format!(
            "look further up; again: cargo xtask check --only {}",
            failed[0]
        ),
    ))
}

/// What came of a step: its name, its seconds, whether it holds.
type Outcome = (&'static str, f64, bool);

fn take(step: &Step) -> Outcome {
    println!("── {}: {}", step.name, step.about);
    let begun = Instant::now();
    let result = (step.run)();
    let seconds = begun.elapsed().as_secs_f64();
    if let Err(failure) = &result {
        println!("{failure}");
    }
    let word = if result.is_ok() { "holds" } else { "FAILS" };
    println!("── {} {word}, {seconds:.1} s\n", step.name);
    (step.name, seconds, result.is_ok())
}

/// Prints the table; the names of the failed steps.
fn summarise(results: &[Outcome]) -> Vec<&'static str> {
    for (name, seconds, holds) in results {
        let word = if *holds { "holds" } else { "FAILS" };
        println!("{name:<14} {word} {seconds:>8.1} s");
    }
    let total: f64 = results.iter().map(|r| r.1).sum();
    println!("{:<14}       {total:>8.1} s", "together");
    let failed = results.iter().filter(|r| !r.2);
    failed.map(|r| r.0).collect()
}

fn fmt() -> Result<(), Failure> {
    run_command(
        &mut cargo(["fmt", "--all", "--check"]),
        "run `cargo fmt --all`",
    )
}

fn clippy() -> Result<(), Failure> {
    let arguments = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--features",
        "betwixt-tests/display",
        "--quiet",
        "--",
        "-D",
        "warnings",
    ];
    let remedy = "mend what the lint names; an exception needs #[expect(.., reason = \"..\")]";
    run_command(&mut cargo(arguments), remedy)
}

fn docs() -> Result<(), Failure> {
    let mut docs = cargo(["doc", "--workspace", "--no-deps", "--quiet"]);
    run_command(
        docs.env("RUSTDOCFLAGS", "-D warnings"),
        "mend the documentation that rustdoc names",
    )
}

/// The plugin apart: alone it shares its dependencies with the library that the host crate builds,
/// and the window's toolkit is compiled once instead of twice.
fn tests() -> Result<(), Failure> {
    let remedy = "run the failed test alone: cargo test -p CRATE NAME";
    run_command(&mut cargo(["test", "--package", "betwixt"]), remedy)?;
    run_command(
        &mut cargo(["test", "--workspace", "--exclude", "betwixt"]),
        remedy,
    )
}

/// On a display of its own, which brings what it needs on Debian as root: on the desktop of whoever
/// works here 200 windows would be a nuisance.
fn window() -> Result<(), Failure> {
    if !cfg!(target_os = "linux") {
        println!("left out: our own host opens windows on Linux only");
        return Ok(());
    }
    let arguments = [
        "test",
        "--release",
        "--package",
        "betwixt-tests",
        "--features",
        "display",
        "--test",
        "plugin_window",
        "--",
        "--nocapture",
    ];
    let remedy = "again: cargo xtask check --only window; BETWIXT_ROUNDS=20 makes it short";
    let mut test = cargo(arguments);
    // Each window has a thread of its own. With an arena for each, what the C library keeps of freed
    // memory would hide what a window leaves behind.
    test.env("MALLOC_ARENA_MAX", "1");
    Display::start()?.run(&mut test, remedy)
}

fn demo() -> Result<(), Failure> {
    start::demo(Path::new("target/demo"))
}

/// Never the trainer: its network library takes minutes to build and is tested in debug.
fn tests_release() -> Result<(), Failure> {
    let packages = [
        "betwixt-engine",
        "betwixt-spectral",
        "betwixt-model",
        "betwixt-tests",
    ];
    let packages = packages.iter().flat_map(|p| ["--package", p]);
    run_command(
        &mut cargo(["test", "--release"].into_iter().chain(packages)),
        "run the failed test alone: cargo test --release -p CRATE NAME",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A misspelt step is not silently skipped.
    #[test]
    fn unknown_steps_are_refused() {
        let failure = run(&["tests-relase".into()]).unwrap_err();
        assert!(failure.remedy.contains("tests-release"), "{failure}");
    }
}

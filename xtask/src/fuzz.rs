//! Throws what nobody would write at the readers of projects and presets, guided by what it reaches.
//!
//! ```text
//!  cargo build ─► this program, as the compiler of our crates ─► rustc, counting branches
//!  kept files + target/fuzz/READER ─► libFuzzer ─┬─► new code reached: target/fuzz/READER
//!                                                └─► a finding: target/fuzz/found
//! ```
//!
//! Only our own crates count: their dependencies are those of every other build.

use crate::failure::Failure;
use crate::workspace::{cargo, root, run as run_command, target};
use clap::{Args, ValueEnum};
use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, ExitCode};

/// Set where this program stands in for the compiler.
const COMPILES: &str = "BETWIXT_FUZZ_COMPILES";
/// What the compiler is told beside what cargo tells it: LLVM's counters, one for each branch, and
/// comparisons, so that the loop learns the words that a reader looks for.
const FLAGS: [&str; 8] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Ccodegen-units=1",
    "--cfg",
    "fuzzing",
];

/// What is read.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Reader {
    /// Projects.
    States,
    /// Presets.
    Presets,
}

impl Reader {
    fn name(self) -> &'static str {
        match self {
            Self::States => "states",
            Self::Presets => "presets",
        }
    }
}

/// What may be said behind the verb.
#[derive(Args)]
pub(crate) struct Options {
    /// Only this reader; without it one after the other.
    reader: Option<Reader>,
    /// How long each of them is tried.
    #[arg(long, default_value_t = 600)]
    seconds: u32,
    /// Handed on to libFuzzer, behind `--`: `-merge=1 FOLDER`, `-help=1`.
    #[arg(last = true)]
    rest: Vec<String>,
}

/// Builds and runs.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    build()?;
    let chosen = |reader: &Reader| options.reader.is_none_or(|only| only == *reader);
    let readers = [Reader::States, Reader::Presets];
    readers
        .into_iter()
        .filter(chosen)
        .try_for_each(|reader| throw(reader, options))
}

fn build() -> Result<(), Failure> {
    let own = std::env::current_exe().map_err(|e| Failure::file("find", Path::new("xtask"), &e))?;
    let mut build = cargo(["build", "--package", "betwixt-fuzz", "--features", "run"]);
    // What is tried a million times is worth some optimising.
    build.args(["--config", "profile.dev.package.betwixt.opt-level=1"]);
    build.env("RUSTC_WORKSPACE_WRAPPER", own).env(COMPILES, "1");
    run_command(&mut build, "libFuzzer needs a C++ compiler: g++ or clang")
}

/// Lets the loop run; what it reached before is where it begins.
fn throw(reader: Reader, options: &Options) -> Result<(), Failure> {
    let (name, folder) = (reader.name(), target()?.join("fuzz"));
    let (reached, found) = (folder.join(name), folder.join("found"));
    for folder in [&reached, &found] {
        std::fs::create_dir_all(folder).map_err(|e| Failure::file("make", folder, &e))?;
    }
    let program = target()?.join("debug").join(format!("fuzz_{name}"));
    let mut throw = Command::new(program);
    throw.current_dir(root());
    throw.arg(format!("-max_total_time={}", options.seconds));
    throw.arg(format!("-artifact_prefix={}/{name}-", found.display()));
    throw.args(["-timeout=5", "-report_slow_units=1", "-rss_limit_mb=2048"]);
    throw.args(["-max_len=16384", "-print_final_stats=1"]);
    throw.arg("-dict=xtask/fuzz/words.dict");
    throw.args(&options.rest).arg(reached);
    throw.arg(Path::new("tests/golden/fuzz").join(name));
    if reader == Reader::Presets {
        throw.arg("assets/presets");
    }
    run_command(
        &mut throw,
        "mend it; keep the file that is named above in tests/golden/fuzz, under a name that says \
         what it is: `cargo test -p betwixt fuzzing` tries it again",
    )
}

/// Whether this program stands in for the compiler, and what came of it.
pub(crate) fn compiled() -> Option<ExitCode> {
    std::env::var_os(COMPILES)?;
    let mut words = std::env::args_os().skip(1);
    let mut compiler = Command::new(words.next()?);
    let words: Vec<OsString> = words.collect();
    let name = words
        .iter()
        .skip_while(|word| *word != "--crate-name")
        .nth(1);
    let name = name.and_then(|name| name.to_str()).unwrap_or_default();
    compiler.args(&words);
    // Build scripts are not linked with the loop.
    if name.starts_with("betwixt") || name.starts_with("fuzz_") {
        compiler.args(FLAGS);
    }
    let status = compiler.status();
    let is_well = status.is_ok_and(|status| status.success());
    Some(if is_well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

//! The demo: a short piece through the built plugin, heard, drawn and measured.
//!
//! ```text
//!  assets/demo.mid, demo.automation.csv ─► Score ─► parts, one per MIDI channel
//!    ─► Instance::play each (48 kHz, blocks of 64) ─► mixed ─► demo.wav
//!    ─► figures: speed, peak, clicks, pitch, onset ─► demo.json, gates
//!    ─► demo.png
//! ```

#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "a command-line program speaks here")]

mod drawing;
mod figures;

use betwixt_host::{Blocks, Host, HostError, Rendering, Score, Setup, json, wav};
use betwixt_picture::PictureError;
use clap::Parser;
use figures::{Figures, Part};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const RATE_HZ: f64 = 48_000.0;
const BLOCK: u32 = 64;
const TAIL_S: f64 = 1.5;
/// How often the piece is played. Every time must give the same bits; each block's time is the least.
const PLAYS: usize = 3;

/// Plays the demo's piece through the built plugin, draws it, and measures it.
///
/// Each MIDI channel is an instance of its own, as it would be a track in a DAW. All are played three
/// times, each time by a new instance: the samples must be the same, and of a block's three times
/// the least counts, as the one least disturbed by other programs.
///
/// Leaves demo.wav (32-bit float), demo.png and demo.json in the output folder. Fails when a gate
/// fails: renders that differ, silence, clipping, a click (a sample whose prediction error is more
/// than 6 times the 99th percentile around it, note onsets left out), a note held alone in its part
/// more than 15 cents off its key, a note after silence that is late, or struck and plucked notes
/// that rise too slowly (the quickest in more than 6 ms, any in more than 15).
#[derive(Parser)]
#[command(name = "demo", version)]
struct Arguments {
    /// Where the files go; made when it is not there.
    #[arg(long, default_value = "target/demo")]
    out: PathBuf,
    /// A CLAP library to load instead of building one.
    #[arg(long)]
    plugin: Option<PathBuf>,
    /// Another MIDI file.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/demo.mid"))]
    midi: PathBuf,
    /// Its automation.
    #[arg(
        long,
        default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/demo.automation.csv")
    )]
    automation: PathBuf,
}

/// Why there is no demo.
#[derive(Debug, thiserror::Error)]
enum DemoError {
    #[error(transparent)]
    Host(#[from] HostError),
    #[error(transparent)]
    Picture(#[from] PictureError),
    #[error("{path}: could not make the folder: {reason}")]
    Folder { path: PathBuf, reason: String },
    #[error("two renders of the same piece differ: expected the same bits")]
    Repeat,
    #[error("outside its bounds: {0}")]
    Gates(String),
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("demo: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), DemoError> {
    let out = &arguments.out;
    std::fs::create_dir_all(out).map_err(|e| DemoError::Folder {
        path: out.clone(),
        reason: e.to_string(),
    })?;
    let score = Score::read(&arguments.midi, Some(&arguments.automation))?;
    let parts = play(&score, arguments.plugin.as_deref())?;
    let mixed = mix(&parts);
    wav::write(&out.join("demo.wav"), &mixed)?;
    let figures = Figures::measure(&score, &parts, &mixed);
    json::write(&out.join("demo.json"), &figures)?;
    drawing::draw(&out.join("demo.png"), &score, &mixed, &figures)?;
    println!("{figures}");
    let failed = figures.failed_gates();
    if failed.is_empty() {
        return Ok(());
    }
    Err(DemoError::Gates(failed.join("; ")))
}

/// Each part by an instance of its own, all of the piece's length.
fn play(score: &Score, plugin: Option<&Path>) -> Result<Vec<Part>, DemoError> {
    let host = plugin.map_or_else(Host::built, Host::load)?;
    let seconds = score.seconds() + TAIL_S;
    let frames = betwixt_spectral::number::index(seconds * RATE_HZ) as u64;
    let part = |(channel, score): (u8, Score)| {
        let rendering = play_part(&host, &score, frames)?;
        Ok(Part {
            channel,
            score,
            rendering,
        })
    };
    score.parts().into_iter().map(part).collect()
}

fn play_part(host: &Host, score: &Score, frames: u64) -> Result<Rendering, DemoError> {
    let events = score.at_rate(RATE_HZ);
    let once = || -> Result<Rendering, HostError> {
        let mut instance = host.instance(Setup::new(RATE_HZ, BLOCK))?;
        instance.play(&events, frames, &Blocks::Of(BLOCK))
    };
    let mut rendering = once()?;
    for _ in 1..PLAYS {
        if !rendering.keep_least(&once()?) {
            return Err(DemoError::Repeat);
        }
    }
    Ok(rendering)
}

fn mix(parts: &[Part]) -> Rendering {
    let (first, others) = parts.split_first().expect("a piece has at least one part");
    let mut mixed = first.rendering.clone();
    others.iter().for_each(|part| mixed.add(&part.rendering));
    mixed
}

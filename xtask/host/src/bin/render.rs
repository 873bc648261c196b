//! Renders a MIDI file through the built plugin into a WAV file.
//!
//! ```text
//!  --midi, --automation ─► Score ─► parts, one per MIDI channel ─┐
//!  --set NAME=VALUE ─────────────────────────────────────────────┴─► Instance::play ─► mixed ─► --out (WAV),
//!                                                                                              --timing (JSON)
//! ```

#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "a command-line program speaks here")]

use betwixt_host::{
    Blocks, Event, Host, HostError, Instance, Rendering, Score, Setup, Timed, Timing, json, wav,
};
use clap::Parser;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Plays a MIDI file and automation through the built instrument and writes what it hears.
///
/// The plugin is built first, in the profile of this program (use --release for real speeds), and
/// loaded as a host loads it. Each MIDI channel is played by an instance of its own, and the file
/// holds their sum. A curve named "2:Latent 1" moves the latent of channel 2 alone. Nothing is heard: the samples go into a 32-bit float WAV file.
///
/// Example: render --midi assets/demo.mid --automation assets/demo.automation.csv \
///   --set "Attack=20 ms" --out song.wav
#[derive(Parser)]
#[command(name = "render", version, verbatim_doc_comment)]
struct Arguments {
    /// The MIDI file to play (format 0 or 1).
    #[arg(long)]
    midi: PathBuf,
    /// A table `seconds,parameter,value`: straight lines between points, values 0 to 1 for knobs.
    #[arg(long)]
    automation: Option<PathBuf>,
    /// A parameter's value before the first note, written as the plugin writes it; repeatable.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    settings: Vec<String>,
    /// Sample rate, Hz.
    #[arg(long, default_value_t = 48_000.0)]
    rate: f64,
    /// Samples per block; several, separated by commas, are used in turn.
    #[arg(long, default_value = "64", value_delimiter = ',')]
    block: Vec<u32>,
    /// Seconds to go on after the last event.
    #[arg(long, default_value_t = 2.0)]
    tail_s: f64,
    /// Where to write the sound.
    #[arg(long)]
    out: PathBuf,
    /// Where to write the figures of speed, as JSON.
    #[arg(long)]
    timing: Option<PathBuf>,
    /// A CLAP library to load instead of building one.
    #[arg(long)]
    plugin: Option<PathBuf>,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("render: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), HostError> {
    let score = Score::read(&arguments.midi, arguments.automation.as_deref())?;
    let host = match &arguments.plugin {
        Some(path) => Host::load(path)?,
        None => Host::built()?,
    };
    let frames = whole((score.seconds() + arguments.tail_s) * arguments.rate);
    let mut rendering: Option<Rendering> = None;
    for (_, part) in score.parts() {
        let played = play(&host, arguments, &part, frames)?;
        match &mut rendering {
            Some(mixed) => mixed.add(&played),
            None => rendering = Some(played),
        }
    }
    let Some(rendering) = rendering else {
        return Ok(());
    };
    wav::write(&arguments.out, &rendering)?;
    let timing = rendering.timing();
    println!("{}", summary(&arguments.out, &timing));
    arguments
        .timing
        .as_deref()
        .map_or(Ok(()), |path| json::write(path, &timing))
}

/// One part, by an instance of its own.
fn play(
    host: &Host,
    arguments: &Arguments,
    part: &Score,
    frames: u64,
) -> Result<Rendering, HostError> {
    let longest = arguments.block.iter().max().copied().unwrap_or(64);
    let mut instance = host.instance(Setup::new(arguments.rate, longest))?;
    let mut events = settings(&mut instance, &arguments.settings)?;
    events.extend(part.at_rate(arguments.rate));
    instance.play(&events, frames, &Blocks::Cycle(arguments.block.clone()))
}

/// `NAME=VALUE` settings as events at the first sample.
fn settings(instance: &mut Instance, texts: &[String]) -> Result<Vec<Timed>, HostError> {
    let event = |text: &String| {
        let (name, value) = text.split_once('=').ok_or_else(|| HostError::Usage {
            what: "--set",
            expected: "NAME=VALUE".into(),
            found: text.clone(),
        })?;
        let value = instance.text_value(name.trim(), value.trim())?;
        Ok(Event::parameter(name.trim(), value).at(0))
    };
    texts.iter().map(event).collect()
}

fn summary(path: &Path, timing: &Timing) -> String {
    format!(
        "{}: {:.1} s at {} Hz, {:.1} × real time, worst block {:.0} % of its deadline (at {:.2} s)",
        path.display(),
        timing.audio_s,
        timing.rate_hz,
        timing.real_time_factor,
        100.0 * timing.worst_share,
        timing.worst_block_at_s,
    )
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a length in samples; negative becomes zero"
)]
fn whole(samples: f64) -> u64 {
    samples.ceil() as u64
}

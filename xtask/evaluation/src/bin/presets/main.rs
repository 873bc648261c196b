//! The factory presets through the built plugin: loud alike, clean, in tune; and what they look like.
//!
//! ```text
//!  assets/presets/*.toml ─► phrase, each by an instance of its own ─► figures, faults ─► table
//!    --level: gain line of each file ─► at the target        --check: docs/presets.png
//! ```

#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "a command-line program speaks here")]

use betwixt_evaluation::picture::spectrogram;
use betwixt_evaluation::presets::{self, Measured, PresetFile, PresetsError, RATE_HZ, TARGET_LUFS};
use betwixt_host::{Host, HostError, Rendering};
use betwixt_picture::{Contact, PictureError, Spectrogram, contact_sheet};
use clap::Parser;
use rayon::prelude::*;
use std::path::PathBuf;
use std::process::ExitCode;

/// What the spectrograms are made with: transform length and hop.
const PICTURE: (usize, usize) = (2048, 512);
/// Of so many columns one is drawn: a picture is small, and there are many.
const DRAWN: usize = 4;
/// Rounds of levelling: a gain is exact, but for what the limiter had taken.
const ROUNDS: usize = 3;

/// Plays every factory preset through the built plugin and measures it.
///
/// The phrase: C3, C4 and C5 held for 1.5 s each, then a chord for two seconds, all with velocity
/// 100 of 127; basses an octave lower. Fails when a preset is not within 1 LU of the common loudness
/// (BS.1770, −23 LUFS), is silent, reaches the limiter (−3 dBFS), or is more than 8 cents off its
/// keys (unless its tags say that it is unpitched).
#[derive(Parser)]
#[command(name = "presets", version)]
struct Arguments {
    /// Fail when something is wrong, and draw all presets into one picture.
    #[arg(long)]
    check: bool,
    /// Set each preset's gain so that it is as loud as all of them; rewrites the files' gain line.
    #[arg(long)]
    level: bool,
    /// Only presets whose file's name contains this.
    #[arg(long)]
    only: Option<String>,
    /// Leave the sound of each preset here as NAME.wav.
    #[arg(long)]
    wav: Option<PathBuf>,
    /// Where the presets lie.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/presets"))]
    folder: PathBuf,
    /// Where --check leaves its picture.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/presets.png"))]
    picture: PathBuf,
    /// A CLAP library to load instead of building one.
    #[arg(long)]
    plugin: Option<PathBuf>,
}

/// Why the presets do not hold.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Presets(#[from] PresetsError),
    #[error(transparent)]
    Host(#[from] HostError),
    #[error(transparent)]
    Picture(#[from] PictureError),
    #[error("{path}: {reason}; check that it may be written")]
    Write { path: PathBuf, reason: String },
    #[error("{0} presets have faults: see the table above")]
    Faults(usize),
}

/// A preset that has been played.
struct Played {
    file: PresetFile,
    measured: Measured,
    spectrogram: Spectrogram,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("presets: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Failure> {
    let host = arguments
        .plugin
        .as_deref()
        .map_or_else(Host::built, Host::load)?;
    if arguments.level {
        for round in 1..=ROUNDS {
            let played = play(arguments, &host, &format!("levelling, round {round}"))?;
            if !level(&played)? {
                break;
            }
        }
    }
    let played = play(arguments, &host, "playing")?;
    let faulty = table(&played);
    if arguments.check && arguments.only.is_none() {
        draw(arguments, &played)?;
    }
    match faulty {
        0 => Ok(()),
        _ if arguments.check => Err(Failure::Faults(faulty)),
        _ => Ok(()),
    }
}

/// Plays and measures all of them, as many at a time as there are cores.
fn play(arguments: &Arguments, host: &Host, what: &str) -> Result<Vec<Played>, Failure> {
    let files = presets::files(&arguments.folder)?;
    let named = |file: &PresetFile| {
        let only = arguments.only.as_ref();
        only.is_none_or(|only| file.stem().contains(only.as_str()))
    };
    let files: Vec<PresetFile> = files.into_iter().filter(named).collect();
    let bar = progress(files.len(), what);
    let one = |file: PresetFile| {
        let rendering = file.render(host)?;
        keep(arguments, &file, &rendering)?;
        let measured = file.measure(&rendering);
        let spectrogram = small(spectrogram(&rendering.mono(), RATE_HZ, PICTURE));
        bar.inc(1);
        Ok(Played {
            file,
            measured,
            spectrogram,
        })
    };
    let played = files.into_par_iter().map(one).collect();
    bar.finish_and_clear();
    played
}

/// A spectrogram with fewer columns.
fn small(mut spectrogram: Spectrogram) -> Spectrogram {
    let columns = spectrogram.columns.into_iter().step_by(DRAWN);
    spectrogram.columns = columns.collect();
    spectrogram.hop_s *= DRAWN as f64;
    spectrogram
}

fn keep(arguments: &Arguments, file: &PresetFile, rendering: &Rendering) -> Result<(), Failure> {
    let Some(folder) = &arguments.wav else {
        return Ok(());
    };
    std::fs::create_dir_all(folder).map_err(|error| Failure::Write {
        path: folder.clone(),
        reason: error.to_string(),
    })?;
    let path = folder.join(format!("{}.wav", file.stem()));
    Ok(betwixt_host::wav::write(&path, rendering)?)
}

fn progress(count: usize, what: &str) -> indicatif::ProgressBar {
    let bar = indicatif::ProgressBar::new(count as u64);
    let template = "{prefix:>20} [{bar:32}] {pos}/{len} presets, {eta} left";
    if let Ok(style) = indicatif::ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.set_prefix(what.to_owned());
    bar
}

/// Brings every preset to the target by its gain; false where all were there.
fn level(played: &[Played]) -> Result<bool, Failure> {
    let mut is_changed = false;
    for Played { file, measured, .. } in played {
        let off = TARGET_LUFS - measured.loudness_lufs;
        if off.is_finite() && off.abs() > 0.05 {
            let text = with_gain(&file.text, off);
            std::fs::write(&file.path, text).map_err(|error| Failure::Write {
                path: file.path.clone(),
                reason: error.to_string(),
            })?;
            is_changed = true;
        }
    }
    Ok(is_changed)
}

/// The text with another gain: the line in the table of the sound, or a new one at its beginning.
fn with_gain(text: &str, louder_db: f64) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let begins = lines.iter().position(|line| line.trim() == "[sound]");
    let Some(begins) = begins else {
        return format!("{text}\n[sound]\ngain = {:.1}\n", gain(louder_db));
    };
    let within = lines.iter().enumerate().skip(begins + 1);
    let mut within = within.take_while(|(_, line)| !line.starts_with('['));
    let old = within.find_map(|(at, line)| Some((at, line.strip_prefix("gain = ")?.to_owned())));
    match old {
        Some((at, old)) => {
            let old: f64 = old.trim().parse().unwrap_or(0.0);
            lines[at] = format!("gain = {:.1}", gain(old + louder_db));
        }
        None => lines.insert(begins + 1, format!("gain = {:.1}", gain(louder_db))),
    }
    lines.join("\n") + "\n"
}

/// In the range of the parameter, in tenths, and never a negative zero.
fn gain(db: f64) -> f64 {
    (db.clamp(-59.0, 12.0) * 10.0).round() / 10.0 + 0.0
}

/// Prints one line for each; how many have faults.
fn table(played: &[Played]) -> usize {
    println!(
        "name                       category  LUFS    peak   cents  attack  decay  centre  faults"
    );
    let mut faulty = 0;
    for Played { file, measured, .. } in played {
        let faults = file.faults(measured);
        faulty += usize::from(!faults.is_empty());
        let figure = |value: Option<f64>, digits: usize| {
            value.map_or_else(|| "-".to_owned(), |value| format!("{value:.digits$}"))
        };
        println!(
            "{:<26} {:<9} {:>5.1} {:>6.1} {:>7} {:>7} {:>6.1} {:>7}  {}",
            file.name,
            file.category,
            measured.loudness_lufs,
            measured.peak_dbfs,
            figure(measured.worst_cents(), 1),
            figure(measured.attack_ms, 0),
            measured.decay_db,
            figure(measured.centroid_hz, 0),
            faults.join("; "),
        );
    }
    println!("{} presets, {faulty} with faults", played.len());
    faulty
}

fn draw(arguments: &Arguments, played: &[Played]) -> Result<(), Failure> {
    let cell = |played: &Played| Contact {
        name: played.file.name.clone(),
        about: played.file.category.clone(),
        spectrogram: played.spectrogram.clone(),
    };
    let cells: Vec<Contact> = played.iter().map(cell).collect();
    let title = "The factory presets: C3, C4, C5 and a chord through the built plugin";
    let below = "60 Hz to 16 kHz, 84 dB; made by `cargo xtask presets --check`";
    if let Some(folder) = arguments.picture.parent() {
        std::fs::create_dir_all(folder).map_err(|error| Failure::Write {
            path: folder.to_path_buf(),
            reason: error.to_string(),
        })?;
    }
    contact_sheet(&arguments.picture, (title, below), &cells)?;
    println!("{}", arguments.picture.display());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The gain is replaced where it stands in the sound, added where it is not, and nowhere else.
    #[test]
    fn the_gain_is_a_line_of_the_sound() {
        let text = "gain = 9\n[sound]\nlatent_1 = 0.5\ngain = -3.0\n[movement]\ngain = 7\n";
        let louder = "gain = 9\n[sound]\nlatent_1 = 0.5\ngain = -1.5\n[movement]\ngain = 7\n";
        assert_eq!(with_gain(text, 1.5), louder);
        assert_eq!(
            with_gain("[sound]\na = 1\n", 0.04),
            "[sound]\ngain = 0.0\na = 1\n"
        );
        assert_eq!(
            with_gain("[sound]\ngain = 11.0\n", 3.0),
            "[sound]\ngain = 12.0\n"
        );
    }
}

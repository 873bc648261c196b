//! Sources of phase side by side: every mode on a folder of recordings, at three sizes.
//!
//! ```text
//!  --input *.wav ─► measured: every size × every mode ─┬─► JSON: file → fft_len → mode → figures
//!                   held: steady frames, noise frames ┘   phase.md: means, held frames
//!                        └─► --wav every resynthesis, --png a sheet for each file
//! ```

mod drawing;
mod measured;
mod tables;

use crate::failure::Failure;
use crate::{make_folder, progress_of};
use betwixt_evaluation::phase::{Recording, recordings};
use betwixt_host::json;
use clap::Args;
use measured::{HeldBySize, Measured, QualityBySize, measure, noises};
use rayon::prelude::*;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Transform lengths; hops are a quarter.
const SIZES: [usize; 3] = [4096, 2048, 1024];

/// Measures every source of phase on a folder of recordings.
///
/// Each recording is analysed at 4096/1024, 2048/512 and 1024/256, loses its phases, and gets those
/// of each mode. Told are spectral convergence and log-spectral distance (two transform lengths at
/// both ends left out) and the time of a frame's phases, the least of five runs where it works in
/// real time; and, of a frame held for 3 s, modulation
/// at the hop's rate, crest factor, wander of the level, convergence and pitch. Stored noise is
/// without the make-up gain that a voice gives it.
///
/// Beside the figures a page `phase.md` is written. Recordings that begin with `gm_` are means of
/// their own (real instruments), and so are those with `syn_` (made by formulas).
#[derive(Args)]
pub(crate) struct Arguments {
    /// A folder of WAV files, 8 to 192 kHz, half a second or longer; channels are averaged.
    #[arg(long)]
    input: PathBuf,
    /// Where the figures go.
    #[arg(long, default_value = "target/evaluation/phase.json")]
    json: PathBuf,
    /// A folder for every resynthesis, as long as its original and aligned with it, and the original.
    #[arg(long)]
    wav: Option<PathBuf>,
    /// A folder for a picture of each recording: original and modes, at every size.
    #[arg(long)]
    png: Option<PathBuf>,
    /// Seed of everything that is drawn at random.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// The file's content.
#[derive(Serialize)]
struct Report {
    command: String,
    files: BTreeMap<String, QualityBySize>,
    /// By the recording that a frame is of, the steadiest of its loud ones; flat, pink, rippled.
    held: BTreeMap<String, HeldBySize>,
    /// Over all files, over `gm_*` and over `syn_*`; of `worst_us` the largest.
    means: BTreeMap<&'static str, QualityBySize>,
}

impl Arguments {
    /// What was asked for, to be asked for again.
    fn command(&self) -> String {
        let mut command = format!(
            "cargo xtask evaluate phase --input {} --json {}",
            self.input.display(),
            self.json.display()
        );
        for (name, folder) in [("wav", &self.wav), ("png", &self.png)] {
            if let Some(folder) = folder {
                command += &format!(" --{name} {}", folder.display());
            }
        }
        if self.seed != 1 {
            command += &format!(" --seed {}", self.seed);
        }
        command
    }

    fn folders(&self) -> impl Iterator<Item = &Path> {
        let beside = self.json.parent().filter(|folder| *folder != Path::new(""));
        let asked = self.wav.iter().chain(&self.png);
        beside.into_iter().chain(asked.map(PathBuf::as_path))
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let paths = recordings(&arguments.input)?;
    let read: Result<Vec<Recording>, _> = paths.iter().map(|path| Recording::read(path)).collect();
    let read = read?;
    for folder in arguments.folders() {
        make_folder(folder)?;
    }
    let bar = progress_of(read.len(), "files", "resynthesised");
    let one = |recording: &Recording| {
        let measured = measure(recording, arguments);
        bar.inc(1);
        measured
    };
    let measured: Result<Vec<Measured>, Failure> = read.par_iter().map(one).collect();
    bar.finish_and_clear();
    let rate_hz = read.first().map_or(44_100, |recording| recording.rate_hz);
    let noises = noises(rate_hz, arguments.seed)?;
    let report = report(arguments, measured?, noises);
    json::write(&arguments.json, &report)?;
    let page = arguments.json.with_file_name("phase.md");
    tables::write(&page, &report, arguments.png.as_deref())?;
    println!("{}", tables::means(&report.means));
    println!("{}\n{}", arguments.json.display(), page.display());
    Ok(())
}

fn report(
    arguments: &Arguments,
    measured: Vec<Measured>,
    held: BTreeMap<String, HeldBySize>,
) -> Report {
    let mut report = Report {
        command: arguments.command(),
        files: BTreeMap::new(),
        held,
        means: BTreeMap::new(),
    };
    for one in measured {
        report.held.insert(one.name.clone(), one.held);
        report.files.insert(one.name, one.quality);
    }
    for (group, prefix) in [("all", ""), ("real", "gm_"), ("synthetic", "syn_")] {
        let files = report.files.iter();
        let members: Vec<_> = files.filter(|file| file.0.starts_with(prefix)).collect();
        let members: Vec<_> = members.into_iter().map(|file| file.1).collect();
        if !members.is_empty() {
            report.means.insert(group, measured::mean(&members));
        }
    }
    report
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(input: &Path, json: &Path) -> Arguments {
        Arguments {
            input: input.into(),
            json: json.into(),
            wav: None,
            png: None,
            seed: 1,
        }
    }

    /// What cannot be measured is told with its place and what to do, and no file is written.
    #[test]
    fn bad_folders_are_told() {
        let place = tempfile::tempdir().unwrap();
        let json = place.path().join("figures/phase.json");
        let told = |input: &Path| run(&arguments(input, &json)).unwrap_err().to_string();
        let missing = told(&place.path().join("nowhere"));
        assert!(
            missing.contains("nowhere") && missing.contains("--input"),
            "{missing}"
        );
        let empty = told(place.path());
        assert!(empty.contains("holds no WAV file"), "{empty}");
        std::fs::write(place.path().join("broken.wav"), "RIFFraff").unwrap();
        let broken = told(place.path());
        assert!(
            broken.contains("broken.wav") && broken.contains("remove"),
            "{broken}"
        );
        assert!(!json.exists());
    }

    /// The command in the figures makes them again.
    #[test]
    fn the_command_is_kept() {
        let mut arguments = arguments(Path::new("sounds"), Path::new("a.json"));
        arguments.wav = Some("out".into());
        arguments.seed = 7;
        assert_eq!(
            arguments.command(),
            "cargo xtask evaluate phase --input sounds --json a.json --wav out --seed 7"
        );
    }
}

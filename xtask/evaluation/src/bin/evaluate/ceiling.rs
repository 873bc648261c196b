//! What the best decoder could sound like: real notes, analysed and painted again.
//!
//! ```text
//!  62 notes of the soundfont ─► analysis (every 256 samples) ─► painter ─► likeness, rise
//!   program, key, velocity                                             └─► pictures, WAV files
//! ```

use crate::comparison::{Compared, Figures};
use crate::failure::Failure;
use crate::{make_folder, progress};
use betwixt_analysis::partials::analyse;
use betwixt_corpus::instruments::instrument;
use betwixt_corpus::soundfont::Soundfont;
use betwixt_engine::painter::resynthesise;
use betwixt_evaluation::picture::spectrogram;
use betwixt_evaluation::player::RATE_HZ;
use betwixt_host::{Rendering, json, wav};
use betwixt_picture::{Sheet, SheetRow, sheet};
use clap::Args;
use rayon::prelude::*;
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Their windows of five periods are longer than 57 ms.
const LOW_HZ: f64 = 88.0;
const SEED: u64 = 1;
const GATES: (f64, f64, f64) = (-20.0, 3.85, 0.985);

/// Program, key, velocity: keys 24 to 100 spread evenly, soft and hard in turn.
const NOTES: [(u8, u8, u8); 62] = [
    (0, 24, 110),
    (0, 33, 60),
    (0, 48, 110),
    (0, 60, 60),
    (0, 72, 110),
    (0, 96, 60),
    (1, 55, 110),
    (4, 40, 60),
    (4, 64, 110),
    (5, 76, 60),
    (6, 36, 110),
    (6, 67, 60),
    (9, 84, 110),
    (11, 58, 110),
    (11, 79, 60),
    (12, 50, 60),
    (12, 84, 110),
    (14, 60, 110),
    (16, 43, 110),
    (16, 74, 60),
    (19, 30, 60),
    (19, 53, 110),
    (19, 88, 60),
    (24, 45, 110),
    (24, 69, 60),
    (25, 57, 60),
    (32, 28, 110),
    (33, 26, 60),
    (33, 38, 110),
    (40, 62, 110),
    (40, 81, 60),
    (40, 93, 110),
    (42, 39, 60),
    (42, 59, 110),
    (43, 35, 110),
    (45, 52, 110),
    (45, 77, 60),
    (46, 31, 60),
    (46, 65, 110),
    (46, 91, 60),
    (48, 47, 60),
    (48, 71, 110),
    (52, 56, 60),
    (53, 68, 110),
    (56, 63, 110),
    (56, 82, 60),
    (58, 27, 110),
    (60, 49, 110),
    (60, 66, 60),
    (65, 61, 60),
    (65, 73, 110),
    (68, 70, 60),
    (68, 86, 110),
    (70, 44, 60),
    (71, 54, 60),
    (71, 78, 110),
    (73, 75, 60),
    (73, 93, 110),
    (74, 85, 110),
    (80, 42, 110),
    (80, 87, 60),
    (81, 51, 110),
];

/// Measures how close analysis and painter alone come to real notes.
///
/// Needs the soundfont (`cargo xtask setup soundfont`). Each note's key is held for the whole
/// length. Prints the mean over all notes, and apart over those below 88 Hz; fails when the mean
/// over all leaves its bounds: convergence at most −20 dB, distance at most 3.85 dB, mel
/// correlation at least .985. Notes of one's own are not held against them.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Notes other than the fixed set, as program:key:velocity (programs count from 0).
    #[arg(long, num_args = 1.., value_name = "NOTE")]
    notes: Vec<String>,
    /// Seconds of each note.
    #[arg(long, default_value_t = 1.5)]
    length: f64,
    /// Where the figures go.
    #[arg(long, default_value = "target/evaluation/ceiling.json")]
    json: PathBuf,
    /// A folder for a picture of each note: real, painted, what they differ by.
    #[arg(long)]
    png: Option<PathBuf>,
    /// A folder for the sounds: the real note on the left, the painted one on the right.
    #[arg(long)]
    wav: Option<PathBuf>,
}

/// A note of the soundfont.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Asked {
    program: u8,
    key: u8,
    velocity: u8,
}

/// The file's content.
#[derive(Serialize)]
struct Report {
    command: &'static str,
    seconds: f64,
    all: Figures,
    below_88_hz: Figures,
    from_88_hz: Figures,
    notes: Vec<Compared>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let asked = asked(&arguments.notes)?;
    for folder in arguments
        .json
        .parent()
        .into_iter()
        .chain(arguments.png.as_deref())
    {
        make_folder(folder)?;
    }
    if let Some(folder) = &arguments.wav {
        make_folder(folder)?;
    }
    let font = Soundfont::load()?;
    let bar = progress(asked.len(), "analysed and painted");
    let one = |note: &Asked| {
        let found = measure(&font, *note, arguments);
        bar.inc(1);
        found
    };
    let found: Result<Vec<Option<Compared>>, Failure> = asked.par_iter().map(one).collect();
    bar.finish_and_clear();
    let notes: Vec<Compared> = found?.into_iter().flatten().collect();
    let low = |note: &&Compared| note.hz() < LOW_HZ;
    let report = Report {
        command: "cargo xtask evaluate ceiling",
        seconds: arguments.length,
        all: Figures::of(&notes),
        below_88_hz: Figures::of(notes.iter().filter(low)),
        from_88_hz: Figures::of(notes.iter().filter(|note| !low(note))),
        notes,
    };
    json::write(&arguments.json, &report)?;
    print(&report, &arguments.json);
    if arguments.notes.is_empty() {
        gates(&report.all)
    } else {
        Ok(())
    }
}

fn asked(notes: &[String]) -> Result<Vec<Asked>, Failure> {
    if notes.is_empty() {
        let note = |&(program, key, velocity): &(u8, u8, u8)| Asked {
            program,
            key,
            velocity,
        };
        return Ok(NOTES.iter().map(note).collect());
    }
    notes.iter().map(|note| note.parse()).collect()
}

impl FromStr for Asked {
    type Err = Failure;

    fn from_str(text: &str) -> Result<Self, Failure> {
        let refuse = || Failure::Note {
            found: text.to_owned(),
        };
        let numbers: Option<Vec<u8>> = text.split(':').map(|word| word.parse().ok()).collect();
        let Some([program, key, velocity]) = numbers.as_deref() else {
            return Err(refuse());
        };
        let known = instrument(*program).is_some() && *key < 104 && (1..128).contains(velocity);
        let asked = Self {
            program: *program,
            key: *key,
            velocity: *velocity,
        };
        known.then_some(asked).ok_or_else(refuse)
    }
}

/// One note; `None` where the soundfont is silent.
fn measure(
    font: &Soundfont,
    note: Asked,
    arguments: &Arguments,
) -> Result<Option<Compared>, Failure> {
    let Asked {
        program,
        key,
        velocity,
    } = note;
    let (name, raised) = instrument(program).map_or(("?", 0), |told| (told.name, told.raised));
    let real = font.note(program, key + raised, velocity, arguments.length)?;
    let pitch = f64::from(key);
    let analysis = analyse(&real, f64::from(RATE_HZ), pitch)?;
    let mut painted = resynthesise(&analysis.frames, pitch, f64::from(RATE_HZ), SEED);
    painted.resize(real.len(), 0.0);
    let file = format!("{program:03}-{key:03}-{velocity:03}");
    let compared = Compared::new((name, key, velocity), &real, &painted)?;
    if let (Some(folder), Some(compared)) = (&arguments.png, &compared) {
        let path = folder.join(file.clone() + ".png");
        draw(&path, compared, (&real, &painted), arguments.length)?;
    }
    if let Some(folder) = &arguments.wav {
        let rendering = Rendering {
            rate_hz: f64::from(RATE_HZ),
            left: real,
            right: painted,
            block_times: Vec::new(),
        };
        wav::write(&folder.join(file + ".wav"), &rendering)?;
    }
    Ok(compared)
}

/// Real, painted, and the samples that they differ by; all three by the real note's colours.
fn draw(
    path: &Path,
    compared: &Compared,
    (real, painted): (&[f32], &[f32]),
    seconds: f64,
) -> Result<(), Failure> {
    let rate_hz = f64::from(RATE_HZ);
    let mut spectrograms: Vec<_> = [real, painted]
        .map(|signal| spectrogram(signal, rate_hz, (2048, 256)))
        .into();
    let shown_db = spectrograms[0].shown_db;
    let mut residual = spectrograms[0].clone();
    let columns = residual.columns.iter_mut().zip(&spectrograms[1].columns);
    for (column, played) in columns {
        let bins = column.iter_mut().zip(played);
        bins.for_each(|(real, played)| *real = difference_db(*real, *played));
    }
    spectrograms.push(residual);
    spectrograms.iter_mut().for_each(|s| s.shown_db = shown_db);
    let picture = Sheet {
        title: format!(
            "{}, key {}, velocity {}",
            compared.sound, compared.key, compared.velocity
        ),
        subtitle: Figures::of([compared]).line(),
        columns: [
            "real",
            "analysed and painted",
            "difference of the magnitudes",
        ]
        .map(String::from)
        .into(),
        rows: vec![SheetRow {
            name: String::new(),
            seconds,
            spectrograms,
        }],
    };
    Ok(sheet(path, &picture)?)
}

/// The level of |a − b| of two amplitudes given by their levels.
fn difference_db(a: f32, b: f32) -> f32 {
    let amplitude = |db: f32| 10_f32.powf(db / 20.0);
    20.0 * ((amplitude(a) - amplitude(b)).abs() + 1e-9).log10()
}

fn print(report: &Report, path: &Path) {
    let mut notes: Vec<&Compared> = report.notes.iter().collect();
    notes.sort_by(|a, b| b.convergence_db.total_cmp(&a.convergence_db));
    println!("farthest off:");
    for note in notes.iter().take(8) {
        println!(
            "  {:<20} key {:>3} velocity {:>3}   SC {:6.2}   LSD {:5.2}   mel r {:.3}",
            note.sound,
            note.key,
            note.velocity,
            note.convergence_db,
            note.distance_db,
            note.mel_correlation.unwrap_or(0.0)
        );
    }
    println!("all          {}", report.all.line());
    println!("below 88 Hz  {}", report.below_88_hz.line());
    println!("from 88 Hz   {}", report.from_88_hz.line());
    println!("{}", path.display());
}

fn gates(all: &Figures) -> Result<(), Failure> {
    let (convergence, distance, mel) = GATES;
    let mut failed = Vec::new();
    if all.convergence_db > convergence {
        failed.push(format!(
            "SC {:.2} dB, expected at most −20",
            all.convergence_db
        ));
    }
    if all.distance_db > distance {
        failed.push(format!(
            "LSD {:.2} dB, expected at most 3.85",
            all.distance_db
        ));
    }
    if all.mel_correlation < mel {
        failed.push(format!(
            "mel r {:.4}, expected at least .985",
            all.mel_correlation
        ));
    }
    if failed.is_empty() {
        return Ok(());
    }
    Err(Failure::Gates(failed.join("; ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every note of the fixed set can be played, the set spans the keyboard, and no note is twice.
    #[test]
    fn the_fixed_set_spans_the_keyboard() {
        let notes = asked(&[]).unwrap();
        assert!(notes.len() >= 40);
        for note in &notes {
            let (low, high) = instrument(note.program).unwrap().keys;
            assert!((low..=high).contains(&note.key), "{note:?}");
        }
        for from in (24..100).step_by(10) {
            assert!(
                notes.iter().any(|n| (from..from + 10).contains(&n.key)),
                "{from}"
            );
        }
        let same = |i: usize| notes[..i].contains(&notes[i]);
        assert!(!(0..notes.len()).any(same));
    }

    /// Notes are read as they are asked for, or named in the refusal.
    #[test]
    fn notes_are_read_or_refused() {
        let piano = Asked {
            program: 0,
            key: 60,
            velocity: 110,
        };
        assert_eq!("0:60:110".parse::<Asked>().unwrap(), piano);
        for wrong in ["0:60", "0:60:0", "0:200:60", "x", "127:60:60"] {
            let refused = wrong.parse::<Asked>().unwrap_err().to_string();
            assert!(refused.contains(wrong), "{refused}");
        }
    }

    /// The gates are those that were announced: just inside passes, just outside is named.
    #[test]
    fn gates_are_as_announced() {
        let inside = Figures {
            notes: 62,
            convergence_db: -20.0,
            distance_db: 3.85,
            mel_correlation: 0.985,
            ..Figures::default()
        };
        assert!(gates(&inside).is_ok());
        let outside = Figures {
            convergence_db: -19.9,
            distance_db: 3.9,
            mel_correlation: 0.98,
            ..inside
        };
        let said = gates(&outside).unwrap_err().to_string();
        assert!(
            said.contains("SC") && said.contains("LSD") && said.contains("mel"),
            "{said}"
        );
    }
}

//! How sharply struck sounds begin: real notes, the same painted again, and the model's.
//!
//! ```text
//!  struck and plucked sounds × keys, velocity 100
//!    soundfont ─► real ─┬─► analysis ─► painter ─────► painted ─┐
//!                       │                                       ├─► 10–90 % of the level ─► table
//!    corpus ─► knobs ───┴─► engine ─────────────────► played ───┘
//! ```
//!
//! Three figures for each note tell where time is lost: what is slow in the recording is no fault,
//! what only the painting makes slow is the analysis' or the painter's, the rest is the network's.

use super::gesture::is_struck;
use super::material::told;
use super::subject::Subject;
use super::{load, rounded};
use crate::failure::Failure;
use crate::{make_folder, progress};
use betwixt_analysis::partials::{Free, analyse_with};
use betwixt_corpus::{Material as Told, Source, instruments};
use betwixt_engine::painter::resynthesise;
use betwixt_evaluation::measure::onset::level_rise_s;
use betwixt_evaluation::player::{RATE_HZ, Take};
use betwixt_host::json;
use betwixt_model::Model;
use betwixt_spectral::number::index;
use betwixt_spectral::pitch;
use clap::Args;
use rayon::prelude::*;
use serde::Serialize;
use std::path::{Path, PathBuf};

const VELOCITY: u8 = 100;
/// The measure reads the first 0.6 s; the analysis likes to see a little more.
const SECONDS: f64 = 1.0;
/// What is sharp, in milliseconds.
const SHARP_MS: f64 = 6.0;
/// Where the partials of a painted note start in their turns.
const DRAW: u64 = 1;

/// Measures how sharply a factory model's struck and plucked sounds begin.
///
/// Needs the soundfont (`cargo xtask setup soundfont`). Prints, for keys across each sound's range
/// at velocity 100, the time from 10 to 90 % of the level: of the real note, of the same note
/// analysed and painted without a network, and of the model's. The measure itself reads an instant
/// onset as 4 ms, and as 0.8 periods where those are longer (below 200 Hz).
#[derive(Args)]
pub(crate) struct Arguments {
    /// The folder in models/.
    name: String,
    /// Every how many semitones a key is played.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u8).range(1..))]
    every: u8,
    /// Where the figures go; target/evaluation/NAME-attack.json without it.
    #[arg(long)]
    json: Option<PathBuf>,
}

/// One note's rise in milliseconds.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Attack {
    sound: String,
    key: u8,
    real_ms: f64,
    painted_ms: f64,
    played_ms: f64,
}

/// What is sharp in the recordings, and what is left of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Summary {
    notes: usize,
    real_sharp: usize,
    /// Of the real notes that are.
    painted_sharp: usize,
    /// Of the real notes that are.
    played_sharp: usize,
    /// Of the real notes that are, median and nine in ten.
    played_ms: (f64, f64),
    /// Of those that are not, the median of played − real.
    slow_error_ms: f64,
}

#[derive(Serialize)]
struct Report<'a> {
    command: String,
    summary: &'a Summary,
    notes: &'a [Attack],
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let name = &arguments.name;
    let folder = Path::new("models").join(name);
    let (model, _) = Model::read(&folder.join("weights.safetensors"))?;
    let default = Path::new("target/evaluation").join(format!("{name}-attack.json"));
    let json = arguments.json.clone().unwrap_or(default);
    make_folder(json.parent().unwrap_or(Path::new(".")))?;
    let told = struck(told(&folder.join("recipe.toml"))?, arguments)?;
    let material = load(&told)?;
    let subject = Subject::new((&model, None), &material)?;
    let mut chosen = material.of_part(|_| true);
    chosen.retain(|note| is_struck(material.sounds[material.notes[*note].sound].1));
    let bar = progress(chosen.len(), "struck");
    let one = |note: &usize| {
        let attack = attack(&subject, *note);
        bar.inc(1);
        attack
    };
    let found: Result<Vec<Option<Attack>>, Failure> = chosen.par_iter().map(one).collect();
    bar.finish_and_clear();
    let notes: Vec<Attack> = found?.into_iter().flatten().collect();
    let summary = Summary::of(&notes);
    println!("{}\n{}", table(&notes), summary.lines());
    let report = Report {
        command: format!(
            "cargo xtask evaluate attack {name} --every {}",
            arguments.every
        ),
        summary: &summary,
        notes: &notes,
    };
    json::write(&json, &rounded(&report)?)?;
    println!("{}", json.display());
    Ok(())
}

/// The struck and plucked sounds of a recipe, held-out ones too, at the one velocity.
fn struck(mut told: Told, arguments: &Arguments) -> Result<Told, Failure> {
    let Told::Partials(settings) = &mut told else {
        return Err(Failure::Frames {
            model: arguments.name.clone(),
        });
    };
    (settings.key_step, settings.velocities) = (arguments.every, vec![VELOCITY]);
    if let Source::Soundfont { programs, held_out } = &mut settings.source {
        let of = |program: &u8| instruments::instrument(*program).map(|told| told.family);
        let is_struck = |program: &u8| of(program).is_some_and(is_struck);
        programs.retain(is_struck);
        held_out.retain(is_struck);
    }
    Ok(told)
}

/// `None` where the recorded note is silent; what is silent only when it is played never rises.
fn attack(subject: &Subject<'_>, note: usize) -> Result<Option<Attack>, Failure> {
    let (key, sound) = (
        subject.material.notes[note].key,
        subject.material.notes[note].sound,
    );
    let rate_hz = f64::from(RATE_HZ);
    let mut real = subject.material.real(note)?;
    real.truncate(index(SECONDS * rate_hz));
    let analysis = analyse_with(&real, rate_hz, f64::from(key), Free::Kept)?;
    let painted = resynthesise(&analysis.frames, f64::from(key), rate_hz, DRAW);
    let played = subject.player.play(&Take {
        knobs: subject.knobs(note),
        key,
        velocity: VELOCITY,
        seconds: SECONDS,
        natural_tuning: true,
        frozen_s: None,
    });
    let rise = |signal: &[f32]| level_rise_s(signal, rate_hz, pitch::hz(f64::from(key)));
    let Some(real_s) = rise(&real) else {
        return Ok(None);
    };
    let [painted_s, played_s] = [&painted, &played].map(|made| rise(made).unwrap_or(f64::INFINITY));
    Ok(Some(Attack {
        sound: subject.material.sounds[sound].0.clone(),
        key,
        real_ms: 1000.0 * real_s,
        painted_ms: 1000.0 * painted_s,
        played_ms: 1000.0 * played_s,
    }))
}

/// One line for each sound: key, and the three times.
fn table(notes: &[Attack]) -> String {
    let head = "| sound | key: real / painted / played, ms; ! where only the model is slow |\n\
                | --- | --- |\n";
    let lines = notes.chunk_by(|a, b| a.sound == b.sound).map(|notes| {
        let note = |note: &Attack| {
            let missed = note.real_ms <= SHARP_MS && note.played_ms > SHARP_MS;
            format!(
                "{}: {:.1} / {:.1} / {:.1}{}",
                note.key,
                note.real_ms,
                note.painted_ms,
                note.played_ms,
                if missed { " !" } else { "" }
            )
        };
        let cells: Vec<String> = notes.iter().map(note).collect();
        format!("| {} | {} |\n", notes[0].sound, cells.join(" · "))
    });
    head.to_owned() + &lines.collect::<String>()
}

impl Summary {
    fn of(notes: &[Attack]) -> Self {
        let sharp: Vec<&Attack> = notes.iter().filter(|n| n.real_ms <= SHARP_MS).collect();
        let count = |pick: fn(&Attack) -> f64| sharp.iter().filter(|n| pick(n) <= SHARP_MS).count();
        let slow = notes.iter().filter(|n| n.real_ms > SHARP_MS);
        let errors: Vec<f64> = slow.map(|n| n.played_ms - n.real_ms).collect();
        let played: Vec<f64> = sharp.iter().map(|n| n.played_ms).collect();
        let of = |values: &[f64], share| super::anywhere::percentile(values, share).unwrap_or(0.0);
        Self {
            notes: notes.len(),
            real_sharp: sharp.len(),
            painted_sharp: count(|n| n.painted_ms),
            played_sharp: count(|n| n.played_ms),
            played_ms: (of(&played, 0.5), of(&played, 0.9)),
            slow_error_ms: of(&errors, 0.5),
        }
    }

    fn lines(&self) -> String {
        format!(
            "{} notes; the real one is sharp (at most {SHARP_MS} ms) in {}: of these {} are sharp \
             when painted, {} when played by the model (median {:.1} ms, 90 % below {:.1}). Of the \
             others the model's are {:+.1} ms off (median).",
            self.notes,
            self.real_sharp,
            self.painted_sharp,
            self.played_sharp,
            self.played_ms.0,
            self.played_ms.1,
            self.slow_error_ms
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attack(sound: &str, real_ms: f64, painted_ms: f64, played_ms: f64) -> Attack {
        Attack {
            sound: sound.into(),
            key: 60,
            real_ms,
            painted_ms,
            played_ms,
        }
    }

    /// What the recording has slow counts against nobody; what only the model has slow is marked.
    #[test]
    fn only_the_model_s_own_slowness_counts() {
        let notes = [
            attack("Harp", 4.0, 5.0, 9.0),
            attack("Harp", 5.9, 6.1, 5.0),
            attack("Bass", 20.0, 21.0, 23.0),
        ];
        let summary = Summary::of(&notes);
        assert_eq!((summary.real_sharp, summary.notes), (2, 3));
        assert_eq!((summary.painted_sharp, summary.played_sharp), (1, 1));
        assert!((summary.slow_error_ms - 3.0).abs() < 1e-12);
        let lines = table(&notes);
        assert_eq!(lines.matches(" !").count() - 1, 1, "{lines}");
        assert_eq!(lines.lines().count(), 4, "{lines}");
    }
}

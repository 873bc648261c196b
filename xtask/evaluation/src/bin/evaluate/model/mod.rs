//! A factory model against the sounds that it was made from, through the real engine.
//!
//! ```text
//!  models/NAME: weights, recipe ─► Subject ─┬─► likeness   learnt, held out, transposed
//!                                           ├─► anywhere   in tune, silent, steady
//!                                           ├─► places     the encoder's and the best
//!                                           ├─► gesture    velocity, decay
//!                                           ├─► unaided    pitch of frames whose note is not told
//!                                           ├─► calibration  frames without and with gate, correction
//!                                           └─► report     Markdown, pictures, JSON
//! ```

mod anywhere;
pub(crate) mod attack;
mod calibration;
mod gesture;
mod likeness;
mod material;
mod places;
mod report;
mod subject;
mod unaided;

use crate::failure::Failure;
use crate::{make_folder, progress};
use betwixt_engine::{Controls, PhaseMode};
use betwixt_host::json;
use betwixt_model::Model;
use betwixt_model::header::Output;
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use likeness::{Means, Set};
use material::Material;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use subject::Subject;

/// Measures a factory model on real notes, on random knobs and on long ones.
///
/// Everything goes through the engine that ships, at 44.1 kHz. A played note is brought to the real
/// one's energy before they are compared. Deterministic: the same model gives the same figures.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The folder in models/.
    name: String,
    /// Where the figures go; target/evaluation/NAME.json without it.
    #[arg(long)]
    json: Option<PathBuf>,
    /// How many notes of each set are played.
    #[arg(long, default_value_t = 150)]
    notes: usize,
    /// How many random knob positions are played, on 25 keys each.
    #[arg(long, default_value_t = 40)]
    positions: usize,
    /// Where the phases of a model of frames come from; figures then go to NAME-MODE.json.
    ///
    /// The instrument's own modes, as its parameter has them; the instrument begins with gradient.
    #[arg(long, value_name = "MODE", value_parser = modes(), conflicts_with = "keep")]
    phase: Option<PhaseMode>,
    /// Also writes models/NAME/figures.json, from which the card takes them.
    #[arg(long)]
    keep: bool,
}

/// Takes a mode by its name; another word is refused with all of them.
fn modes() -> impl TypedValueParser<Value = PhaseMode> {
    let names = PossibleValuesParser::new(PhaseMode::ALL.map(PhaseMode::name));
    names.try_map(|name| PhaseMode::named(&name).ok_or("no mode has this name"))
}

impl Arguments {
    /// What was asked for, to be asked for again.
    fn command(&self) -> String {
        let phase = self.phase.map(|mode| format!(" --phase {}", mode.name()));
        format!(
            "cargo xtask evaluate model {}{}",
            self.name,
            phase.unwrap_or_default()
        )
    }

    /// What the files are called that are written.
    fn stem(&self) -> String {
        let phase = self.phase.map(|mode| format!("-{}", mode.name()));
        self.name.clone() + &phase.unwrap_or_default()
    }

    /// The mode that a model is played in; `None` for a model of partials, which has none.
    fn mode_of(&self, model: &Model) -> Result<Option<PhaseMode>, Failure> {
        match (model.header.output, self.phase) {
            (Output::Frames(_), asked) => Ok(Some(asked.unwrap_or(Controls::default().phase))),
            (Output::Partials(_), None) => Ok(None),
            (Output::Partials(_), Some(_)) => Err(Failure::Phase {
                model: self.name.clone(),
            }),
        }
    }
}

/// All means.
#[derive(Serialize)]
pub(crate) struct Figures {
    likeness: Means,
    knobs_anywhere: anywhere::Tuning,
    held_still: anywhere::Steadiness,
    #[serde(skip_serializing_if = "Option::is_none")]
    pitch_unaided: Option<unaided::Unaided>,
    #[serde(skip_serializing_if = "Option::is_none")]
    calibration: Option<calibration::Calibration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    places: Option<places::Places>,
    #[serde(skip_serializing_if = "Option::is_none")]
    velocity: Option<gesture::Velocity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    held_for_20_s: Option<gesture::Decay>,
}

/// The file's content.
#[derive(Serialize)]
struct Report<'a> {
    command: String,
    model: &'a str,
    /// The mode that it was played in, if it is a model of frames.
    #[serde(skip_serializing_if = "Option::is_none")]
    phase: Option<&'static str>,
    figures: &'a Figures,
    /// What the trainer measured on the numbers themselves, baselines included.
    card: &'a BTreeMap<String, f64>,
    /// Knobs anywhere that are not heard as their key.
    elsewhere: &'a [anywhere::Elsewhere],
    notes: BTreeMap<&'static str, &'a [crate::comparison::Compared]>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let name = &arguments.name;
    let folder = Path::new("models").join(name);
    let (model, _) = Model::read(&folder.join("weights.safetensors"))?;
    let phase = arguments.mode_of(&model)?;
    let default = Path::new("target/evaluation").join(arguments.stem() + ".json");
    let json = arguments.json.clone().unwrap_or(default);
    let beside = json.parent().unwrap_or(Path::new("."));
    make_folder(beside)?;
    let material = load(&material::told(&folder.join("recipe.toml"))?)?;
    let subject = Subject::new((&model, phase), &material)?;
    let sets = likeness::sets(&subject, arguments.notes)?;
    let few = arguments.positions.div_ceil(4);
    let figures = Figures {
        likeness: Means::of(&sets),
        knobs_anywhere: anywhere::tuning(&subject, (arguments.positions, arguments.notes))?,
        held_still: anywhere::steadiness(&subject, few),
        pitch_unaided: unaided::unaided(&subject, (few, arguments.notes)),
        calibration: calibration::calibration(&subject, few),
        places: places::places(&subject, arguments.notes.div_ceil(3))?,
        velocity: gesture::velocity(&subject, arguments.notes)?,
        held_for_20_s: gesture::decay(&subject, arguments.notes.div_ceil(3)),
    };
    let lines = figures.lines(&sets);
    println!("{}\n{lines}", subject.called());
    write(arguments, &json, (&subject, &figures, &sets))?;
    let page = (arguments.stem(), arguments.command());
    report::write(beside, &page, &subject, (&sets, &lines))?;
    println!("{}", json.display());
    Ok(())
}

fn load(told: &betwixt_corpus::Material) -> Result<Material, Failure> {
    let bar = progress(0, "sounds");
    let loaded = Material::load(told, Path::new("target/corpus"), &|done, of| {
        bar.set_length(of as u64);
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    loaded
}

fn write(
    arguments: &Arguments,
    json: &Path,
    (subject, figures, sets): (&Subject<'_>, &Figures, &[Set]),
) -> Result<(), Failure> {
    let header = &subject.model.header;
    let notes = sets.iter().map(|set| (set.name, set.notes.as_slice()));
    let report = Report {
        command: arguments.command(),
        model: &header.name,
        phase: subject.phase.map(PhaseMode::name),
        figures,
        card: &header.measures,
        elsewhere: &figures.knobs_anywhere.elsewhere,
        notes: notes.collect(),
    };
    json::write(json, &rounded(&report)?)?;
    if arguments.keep {
        let kept = Path::new("models").join(&arguments.name);
        let kept = kept.join("figures.json");
        json::write(&kept, &rounded(figures)?)?;
        println!("{}", kept.display());
    }
    Ok(())
}

/// A figure is read, not computed with: three decimals.
fn rounded(value: &impl Serialize) -> Result<serde_json::Value, Failure> {
    let refuse = |error: serde_json::Error| Failure::Json {
        reason: error.to_string(),
    };
    let mut value = serde_json::to_value(value).map_err(refuse)?;
    round(&mut value);
    Ok(value)
}

fn round(value: &mut serde_json::Value) {
    use serde_json::Value;
    match value {
        Value::Array(values) => values.iter_mut().for_each(round),
        Value::Object(fields) => fields.values_mut().for_each(round),
        Value::Number(number) if number.is_f64() => {
            let rounded = number.as_f64().map(|x| (x * 1e3).round() / 1e3);
            *value = rounded.map_or(Value::Null, Value::from);
        }
        _ => {}
    }
}

impl Figures {
    /// The report's table as plain lines.
    fn lines(&self, sets: &[Set]) -> String {
        let likeness = sets
            .iter()
            .map(|set| format!("{:<20} {}\n", set.name, set.figures.line()));
        let mut text: String = likeness.collect();
        let rest = [
            ("knobs anywhere", Some(self.knobs_anywhere.line())),
            ("held still", Some(self.held_still.line())),
            (
                "pitch of frames",
                self.pitch_unaided.as_ref().map(unaided::Unaided::line),
            ),
            ("places", self.places.as_ref().map(places::Places::line)),
            (
                "gate, correction",
                self.calibration
                    .as_ref()
                    .map(calibration::Calibration::line),
            ),
            (
                "velocity",
                self.velocity.as_ref().map(gesture::Velocity::line),
            ),
            (
                "held for 20 s",
                self.held_for_20_s.as_ref().map(gesture::Decay::line),
            ),
        ];
        for (name, line) in rest {
            if let Some(line) = line {
                text += &format!("{name:<20} {line}\n");
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{Command, FromArgMatches};

    fn asked(words: &[&str]) -> Result<Arguments, String> {
        let command = Arguments::augment_args(Command::new("model"));
        let words = std::iter::once(&"model").chain(words);
        let matches = command.try_get_matches_from(words);
        let matches = matches.map_err(|error| error.to_string())?;
        Arguments::from_arg_matches(&matches).map_err(|error| error.to_string())
    }

    /// Numbers are cut to three decimals wherever they stand; counts and words stay.
    #[test]
    fn figures_are_rounded_everywhere() {
        let value = serde_json::json!({"a": [1.23456, {"b": -0.0004}], "count": 7, "c": "x"});
        let expected = serde_json::json!({"a": [1.235, {"b": -0.0}], "count": 7, "c": "x"});
        assert_eq!(rounded(&value).unwrap(), expected);
    }

    fn model(name: &str) -> Model {
        let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
        Model::read(&models.join(name).join("weights.safetensors"))
            .unwrap()
            .0
    }

    /// A model of frames is played in the mode that is asked for, and files and command say so;
    /// without one in the instrument's own, under the model's own name.
    #[test]
    fn frames_are_played_in_the_mode_that_is_asked_for() {
        let other = asked(&["notes", "--phase", "peak_lock"]).unwrap();
        let notes = model("notes");
        assert_eq!(other.mode_of(&notes).unwrap(), Some(PhaseMode::PeakLock));
        assert_eq!(other.stem(), "notes-peak_lock");
        let command = "cargo xtask evaluate model notes --phase peak_lock";
        assert_eq!(other.command(), command);
        let own = asked(&["notes"]).unwrap();
        assert_eq!(own.mode_of(&notes).unwrap(), Some(PhaseMode::Gradient));
        assert_eq!(own.stem(), "notes");
        assert_eq!(own.command(), "cargo xtask evaluate model notes");
    }

    /// Partials have no phase to choose, and are measured without one.
    #[test]
    fn partials_have_no_mode() {
        let synth = model("synth");
        let told = asked(&["synth", "--phase", "zero"]).unwrap();
        let told = told.mode_of(&synth).unwrap_err().to_string();
        assert!(told.contains("synth: has no phase: its partials"), "{told}");
        assert_eq!(asked(&["synth"]).unwrap().mode_of(&synth).unwrap(), None);
    }

    /// An unknown mode is refused with all that there are; figures of another mode are not kept as
    /// the card's.
    #[test]
    fn unknown_modes_are_told_the_known_ones() {
        let told = asked(&["notes", "--phase", "loud"]).err().unwrap();
        let all = PhaseMode::ALL.map(PhaseMode::name);
        assert!(all.iter().all(|name| told.contains(name)), "{told}");
        assert!(asked(&["notes", "--phase", "zero", "--keep"]).is_err());
    }
}

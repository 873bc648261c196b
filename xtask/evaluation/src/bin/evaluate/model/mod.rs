//! A factory model against the sounds that it was made from, through the real engine.
//!
//! ```text
//!  models/NAME: weights, recipe ─► Subject ─┬─► likeness   learnt, held out, transposed
//!                                           ├─► anywhere   in tune, silent, steady
//!                                           ├─► gesture    velocity, decay
//!                                           └─► report     Markdown, pictures, JSON
//! ```

mod anywhere;
mod gesture;
mod likeness;
mod material;
mod report;
mod subject;

use crate::failure::Failure;
use crate::{make_folder, progress};
use betwixt_host::json;
use betwixt_model::Model;
use clap::Args;
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
    /// Also writes models/NAME/figures.json, from which the card takes them.
    #[arg(long)]
    keep: bool,
}

/// All means.
#[derive(Serialize)]
pub(crate) struct Figures {
    likeness: Means,
    knobs_anywhere: anywhere::Tuning,
    held_still: anywhere::Steadiness,
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
    figures: &'a Figures,
    /// What the trainer measured on the numbers themselves, baselines included.
    card: &'a BTreeMap<String, f64>,
    notes: BTreeMap<&'static str, &'a [crate::comparison::Compared]>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let name = &arguments.name;
    let folder = Path::new("models").join(name);
    let (model, _) = Model::read(&folder.join("weights.safetensors"))?;
    let default = Path::new("target/evaluation").join(format!("{name}.json"));
    let json = arguments.json.clone().unwrap_or(default);
    let beside = json.parent().unwrap_or(Path::new("."));
    make_folder(beside)?;
    let material = load(&folder.join("recipe.toml"))?;
    let subject = Subject::new(&model, &material)?;
    let sets = likeness::sets(&subject, arguments.notes)?;
    let figures = Figures {
        likeness: Means::of(&sets),
        knobs_anywhere: anywhere::tuning(&subject, (arguments.positions, arguments.notes))?,
        held_still: anywhere::steadiness(&subject, arguments.positions.div_ceil(4)),
        velocity: gesture::velocity(&subject, arguments.notes)?,
        held_for_20_s: gesture::decay(&subject, arguments.notes.div_ceil(3)),
    };
    let lines = figures.lines(&sets);
    println!("{}\n{lines}", model.header.name);
    write(arguments, &json, (&model, &figures, &sets))?;
    report::write(beside, name, &subject, (&sets, &lines))?;
    println!("{}", json.display());
    Ok(())
}

fn load(recipe: &Path) -> Result<Material, Failure> {
    let bar = progress(0, "sounds");
    let loaded = Material::load(recipe, Path::new("target/corpus"), &|done, of| {
        bar.set_length(of as u64);
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    loaded
}

fn write(
    arguments: &Arguments,
    json: &Path,
    (model, figures, sets): (&Model, &Figures, &[Set]),
) -> Result<(), Failure> {
    let name = &arguments.name;
    let notes = sets.iter().map(|set| (set.name, set.notes.as_slice()));
    let report = Report {
        command: format!("cargo xtask evaluate model {name}"),
        model: &model.header.name,
        figures,
        card: &model.header.measures,
        notes: notes.collect(),
    };
    json::write(json, &rounded(&report)?)?;
    if arguments.keep {
        let kept = Path::new("models").join(name).join("figures.json");
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

    /// Numbers are cut to three decimals wherever they stand; counts and words stay.
    #[test]
    fn figures_are_rounded_everywhere() {
        let value = serde_json::json!({"a": [1.23456, {"b": -0.0004}], "count": 7, "c": "x"});
        let expected = serde_json::json!({"a": [1.235, {"b": -0.0}], "count": 7, "c": "x"});
        assert_eq!(rounded(&value).unwrap(), expected);
    }
}

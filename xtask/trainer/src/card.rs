//! The card of a model: what it is, how it was made, how good it is, beside what is simpler.
//!
//! ```text
//!  Recipe, Notes, Progress, Report ─► models/NAME/card.md, loss.png, the header's measures
//! ```

use crate::attack::AttackError;
use crate::checkpoint::{Progress, write_whole};
use crate::error::TrainerError;
use crate::evaluation::{COLUMNS, Report, Row};
use crate::kept::layers;
use crate::notes::Notes;
use crate::places::Places;
use crate::recipe::{LatentOf, Recipe};
use crate::score::Score;
use betwixt_corpus::Part;
use betwixt_model::Model;
use betwixt_model::header::{Activation, Latent, Output};
use betwixt_picture::{LineChart, Series, line_chart};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// Everything that a card tells.
pub(crate) struct Card<'a> {
    pub(crate) recipe: &'a Recipe,
    pub(crate) places: &'a Places,
    pub(crate) notes: &'a dyn Notes,
    pub(crate) correlations: &'a [f64],
    pub(crate) progress: &'a Progress,
    pub(crate) report: &'a Report,
    pub(crate) model: &'a Model,
}

/// The figures that go into the file, by name.
pub(crate) fn measures(progress: &Progress, report: &Report) -> BTreeMap<String, f64> {
    let mut measures = BTreeMap::new();
    let mut add = |name: &str, value: f64| measures.insert(name.to_owned(), value);
    add("core_minutes", progress.seconds / 60.0);
    for (name, score) in ["notes", "hole", "sounds"].into_iter().zip(report.model.0) {
        add(
            &format!("test_{name}_convergence_db"),
            score.convergence_db(),
        );
        add(&format!("test_{name}_distance_db"), score.distance_db());
    }
    add("learnt_convergence_db", report.learnt.convergence_db());
    add(
        "key_mean_convergence_db",
        report.key_mean.all().convergence_db(),
    );
    add("random_knobs_silent", report.random.silent);
    if let Some(share) = report.random.in_tune {
        add("random_knobs_in_tune", share);
    }
    if let Some(row) = &report.other_key {
        add("other_key_convergence_db", row.all().convergence_db());
    }
    if let Some(strikes) = &report.strikes {
        add("velocity_share", strikes.share);
    }
    measures.retain(|_, value| value.is_finite());
    for value in measures.values_mut() {
        // A figure is read, not computed with: three decimals.
        *value = (*value * 1e3).round() / 1e3;
    }
    measures
}

impl Card<'_> {
    /// Writes card and loss picture beside the recipe.
    pub(crate) fn write(&self) -> Result<(), TrainerError> {
        line_chart(&self.places.model.join("loss.png"), &self.chart())?;
        write_whole(&self.places.model.join("card.md"), self.text().as_bytes())
    }

    fn chart(&self) -> LineChart {
        let points = |curve: &[(usize, f64)]| {
            let point = |(step, loss): &(usize, f64)| (*step as f64, *loss);
            curve.iter().map(point).collect()
        };
        LineChart {
            title: format!("{}: loss", self.recipe.name),
            x_label: "step".into(),
            y_label: "squared error / variance".into(),
            log_y: true,
            series: vec![
                Series {
                    name: "training".into(),
                    points: points(&self.progress.train),
                },
                Series {
                    name: "validation".into(),
                    points: points(&self.progress.validation),
                },
            ],
        }
    }

    /// The card, in Markdown.
    pub(crate) fn text(&self) -> String {
        let mut text = format!(
            "# {}\n\n{}\n\n*Made by `cargo xtask train {}`; do not edit.*\n\n![loss](loss.png)\n\n",
            self.recipe.name, self.recipe.description, self.places.name
        );
        text.push_str(&self.what_it_is());
        text.push_str(&self.figures());
        text.push_str(&self.playing());
        text.push_str(&attack(self.model).unwrap_or_default());
        text.push_str(&rendered(self.places).unwrap_or_default());
        text
    }

    fn what_it_is(&self) -> String {
        let recipe = self.recipe;
        let latent = match recipe.training.latent_of {
            LatentOf::Frame => "one vector per frame",
            LatentOf::Note { .. } => "one vector per note; time since onset to the decoder",
        };
        let lines = [
            ("what", "value".to_owned()),
            ("---", "---".to_owned()),
            ("licence of the weights", recipe.licence.clone()),
            ("sounds", self.sounds()),
            ("a moment", self.moment()),
            ("encoder", widths(recipe.encoder_layers())),
            ("decoder", widths(recipe.decoder_layers())),
            ("latents", latent.to_owned()),
            ("training", self.training()),
            ("first sound", self.first_sound()),
        ];
        let line = |(name, value)| format!("| {name} | {value} |\n");
        lines.map(line).concat() + "\n"
    }

    fn sounds(&self) -> String {
        let count = |wanted: fn(Part) -> bool| {
            let notes = self.notes.notes().iter();
            notes.filter(|note| wanted(note.part)).count()
        };
        format!(
            "{}: {} notes to learn, {} to validate, {} to test",
            self.notes.describe(),
            count(|part| part == Part::Train),
            count(|part| matches!(part, Part::Validation(_))),
            count(|part| matches!(part, Part::Test(_)))
        )
    }

    fn moment(&self) -> String {
        match self.recipe.material.output() {
            Output::Frames(format) => format!(
                "magnitudes of {} / {} at {} Hz, {:?}, {:?}",
                format.geometry.fft_len(),
                format.geometry.hop(),
                format.geometry.sample_rate_hz(),
                format.scale,
                format.level
            ),
            Output::Partials(format) => format!(
                "{} numbers: partials, noise, level, tuning, stiffness{}; amplitudes to the power \
                 of {}",
                format.numbers(),
                if format.free { ", free lines" } else { "" },
                format.exponent
            ),
        }
    }

    fn training(&self) -> String {
        format!(
            "{} steps of {}, seed {}, {:.1} core-minutes",
            self.progress.step,
            self.recipe.training.batch,
            self.recipe.training.seed,
            self.progress.seconds / 60.0
        )
    }

    fn first_sound(&self) -> String {
        let latents = self.model.header.latents.iter();
        let knobs: Vec<String> = latents
            .map(|latent| format!("{:.2}", latent.default))
            .collect();
        let export = &self.recipe.export;
        format!(
            "{}, key {}: knobs {}",
            export.default_sound,
            export.default_key,
            knobs.join(" ")
        )
    }

    fn figures(&self) -> String {
        let report = self.report;
        let per = match self.recipe.training.latent_of {
            LatentOf::Frame => "frame",
            LatentOf::Note { .. } => "note",
        };
        let components = format!(
            "principal components, {} per {per}",
            self.recipe.network.latents
        );
        let counts = report.model.0.map(|score| score.notes());
        let told = COLUMNS.iter().zip(counts).filter(|(_, count)| *count > 0);
        let titles = told.map(|((_, title), count)| format!(" {title} ({count}) |"));
        let mut text = format!(
            "## On sounds that it never heard\n\n\
             Spectral convergence (dB, lower is better) / log-spectral distance (dB) of the linear \
             amplitudes, mean over notes, with the rounded weights that are in the file and without \
             phases. A convergence of −10 dB means that a tenth of the power is in the wrong place.\n\n\
             | |{}\n| --- |{}\n",
            titles.collect::<String>(),
            " --- |".repeat(counts.iter().filter(|count| **count > 0).count())
        );
        let mut line = |name: &str, row: &Row| {
            let scores = row.0.iter().zip(counts).filter(|(_, count)| *count > 0);
            let figures: String = scores
                .map(|(score, _)| format!(" {} |", figure(score)))
                .collect();
            let _ = writeln!(text, "| {name} |{figures}");
        };
        line("**this model**", &report.model);
        if let Some(row) = &report.other_key {
            line("this model, latents from another key of the sound", row);
        }
        line("mean moment", &report.mean_frame);
        line("mean moment of the key", &report.key_mean);
        line(&components, &report.components);
        let learnt = figure(&report.learnt);
        text + &format!("\nOn notes that it learnt: {learnt}.\n\n")
    }

    fn playing(&self) -> String {
        let report = self.report;
        let mut text = String::from("## Under the fingers\n\n");
        let mut say = |sentence: String| {
            let _ = writeln!(text, "* {sentence}");
        };
        let latents = self.model.header.latents.iter();
        let knobs = latents.zip(self.correlations).zip(&report.knob_travel_db);
        let knob = |((latent, follows), db): ((&Latent, &f64), &f64)| {
            format!("{} ({follows:.2}, {db:.1} dB)", latent.name)
        };
        say(format!(
            "Knobs, how closely each follows its name over the learnt sounds (1 is exactly), and how \
             far it moves the first sound from 0 to 1 relative to it: {}.",
            knobs.map(knob).collect::<Vec<_>>().join(", ")
        ));
        let silent = 100.0 * report.random.silent;
        say(match report.random.in_tune {
            Some(share) => format!(
                "Knobs anywhere at random, every trained key: the strongest pitch class is the key's \
                 in {:.1} %, {silent:.1} % are silent.",
                100.0 * share
            ),
            None => format!(
                "Knobs anywhere at random, every trained key: {silent:.1} % are silent; all are in \
                 tune by construction."
            ),
        });
        if let Some(strikes) = &report.strikes {
            say(format!(
                "From velocity {} to {} at fixed knobs the centroid rises by {:.2} octaves, that of \
                 the real notes by {:.2}; of each note's own change {:.0} % is made.",
                strikes.velocities.low,
                strikes.velocities.high,
                strikes.model_octaves,
                strikes.real_octaves,
                100.0 * strikes.share
            ));
        }
        if let Some(decays) = &report.decays {
            say(format!(
                "Over its last second a note changes by {:.1} dB/s, the real ones by {:.1} dB/s; half \
                 of them are less than {:.1} dB/s off.",
                decays.model_db_s, decays.real_db_s, decays.off_db_s
            ));
        }
        text
    }
}

/// Where the parts of a card begin that need no training.
const ATTACK: &str = "\n## The attack\n";
const RENDERED: &str = "\n## Through the instrument\n";

/// Writes the end of a card anew: what its model's file tells of the attack network, and what was
/// measured on the instrument since (`figures.json`); all before it stays.
///
/// # Errors
///
/// [`TrainerError::File`] when there is no card or nothing measured, or the card cannot be written; then
/// it stays as it is.
pub(crate) fn renew(places: &Places, model: &Model) -> Result<(), TrainerError> {
    let card = read(places)?;
    let measured = rendered(places).ok_or_else(|| {
        let command = format!("cargo xtask evaluate model {} --keep", places.name);
        let reason = format!("is no JSON that can be read; write it with `{command}`");
        refuse(&places.model.join("figures.json"), reason)
    })?;
    write_end(places, &card, (model, &measured))
}

/// Writes what a card tells of its model's attack network anew; all else stays.
///
/// # Errors
///
/// [`TrainerError::File`] when there is no card, or it cannot be written.
pub(crate) fn renew_attack(places: &Places, model: &Model) -> Result<(), TrainerError> {
    let card = read(places)?;
    let measured = card.find(RENDERED).map_or("", |at| &card[at..]);
    write_end(places, &card, (model, measured))
}

fn write_end(
    places: &Places,
    card: &str,
    (model, measured): (&Model, &str),
) -> Result<(), TrainerError> {
    let ends = [ATTACK, RENDERED]
        .into_iter()
        .filter_map(|end| card.find(end));
    let before = &card[..ends.min().unwrap_or(card.len())];
    let text = before.to_owned() + &attack(model).unwrap_or_default() + measured;
    write_whole(&places.model.join("card.md"), text.as_bytes())
}

fn read(places: &Places) -> Result<String, TrainerError> {
    let path = places.model.join("card.md");
    std::fs::read_to_string(&path).map_err(|error| {
        let reason = format!("{error}; a card is first written by a training");
        refuse(&path, reason)
    })
}

fn refuse(path: &Path, reason: String) -> TrainerError {
    TrainerError::File {
        file: path.display().to_string(),
        reason,
    }
}

/// What a model's attack network is and does; `None` without one.
fn attack(model: &Model) -> Option<String> {
    let network = model.header.attack.as_ref()?;
    let widths = widths(layers(network));
    let error = AttackError::of(&model.header.measures)?;
    Some(format!(
        "{ATTACK}\nA network of {widths} tells how the gain runs through the first 48 ms. On {} notes that \
         were held out, the gain that makes the played attack the real one (with a margin where that is \
         sharp) is {:.1} dB, rms over the points of the curve; what a network that has not learnt them \
         tells is {:.1} dB away from it. The network in the file has learnt them too, so that they begin \
         as they should: below, their rise errors and some tenths of a decibel of their convergence are \
         owed to that.\n",
        error.notes, error.without_db, error.with_db
    ))
}

/// What the instrument makes of a model, as measured on its output; `None` where nothing has been.
fn rendered(places: &Places) -> Option<String> {
    let path = places.model.join("figures.json");
    let told = std::fs::read_to_string(path).ok();
    let figures = told.and_then(|text| serde_json::from_str(&text).ok())?;
    let mut text = format!(
        "{RENDERED}\nMeasured on rendered notes by `cargo xtask evaluate model {}`.\n\n| figure | value \
         |\n| --- | --- |\n",
        places.name
    );
    flatten("", &figures, &mut text);
    Some(text)
}

/// Lines of a table: one for each number or text, named by its path.
fn flatten(path: &str, value: &serde_json::Value, text: &mut String) {
    use serde_json::Value;
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let below = if path.is_empty() {
                    name.clone()
                } else {
                    format!("{path}, {name}")
                };
                flatten(&below.replace('_', " "), value, text);
            }
        }
        Value::Number(number) => {
            let number = number.as_f64().unwrap_or(f64::NAN);
            let _ = writeln!(text, "| {path} | {} |", (number * 1e3).round() / 1e3);
        }
        Value::String(words) => {
            let _ = writeln!(text, "| {path} | {words} |");
        }
        Value::Null | Value::Bool(_) | Value::Array(_) => {}
    }
}

fn figure(score: &Score) -> String {
    format!("{:.1} / {:.1}", score.convergence_db(), score.distance_db())
}

/// As `192–256–128–8`.
pub(crate) fn widths((inputs, layers): (usize, Vec<(usize, Activation)>)) -> String {
    let widths = layers.iter().map(|layer| layer.0);
    let all = [inputs].into_iter().chain(widths);
    all.map(|width| width.to_string())
        .collect::<Vec<_>>()
        .join("–")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attack::tests::model_of;
    use crate::recipe::tests::tiny_partials;

    /// What training has said stays to the letter; what is measured later takes the place of what was
    /// measured before, however often.
    #[test]
    fn only_the_end_of_a_card_is_renewed() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let places = Places {
            name: "bells".into(),
            model: folder.path().into(),
            training: at("training"),
            corpus: at("corpus"),
            pairs: at("pairs"),
        };
        let mut model = model_of(&Recipe::parse(&tiny_partials()).unwrap());
        let missing = renew(&places, &model).unwrap_err().to_string();
        assert!(
            missing.contains("card.md") && missing.contains("training"),
            "{missing}"
        );
        let learnt = "# Bells\n\n## Under the fingers\n\n* Knobs.\n";
        std::fs::write(at("card.md"), learnt).unwrap();
        let unmeasured = renew(&places, &model).unwrap_err().to_string();
        assert!(unmeasured.contains("figures.json") && unmeasured.contains("bells --keep"));
        assert_eq!(std::fs::read_to_string(at("card.md")).unwrap(), learnt);
        let old = "\n## Through the instrument\n\n| a, b | 0.5 |\n";
        std::fs::write(at("card.md"), format!("{learnt}{old}")).unwrap();
        std::fs::write(at("figures.json"), "{\"a\": {\"b\": 0.7512}}").unwrap();
        for _ in 0..2 {
            renew(&places, &model).unwrap();
            let card = std::fs::read_to_string(at("card.md")).unwrap();
            assert!(card.starts_with(&format!("{learnt}\n## Through the instrument\n")));
            assert!(card.ends_with("| a, b | 0.751 |\n"), "{card}");
            assert_eq!(card.matches("## Through").count(), 1);
        }
        // An attack network that it has since comes before that, and is told once.
        model.header.attack = Some(model.header.decoder.clone());
        for name in ["attack_notes", "attack_without_db", "attack_with_db"] {
            model.header.measures.insert(name.into(), 3.0);
        }
        for _ in 0..2 {
            renew(&places, &model).unwrap();
            let card = std::fs::read_to_string(at("card.md")).unwrap();
            assert!(
                card.starts_with(&format!("{learnt}\n## The attack\n")),
                "{card}"
            );
            assert!(card.ends_with("| a, b | 0.751 |\n"), "{card}");
            assert_eq!(card.matches("## ").count(), 3, "{card}");
        }
    }
}

//! The card of a model: what it is, how it was made, how good it is, beside what is simpler.
//!
//! ```text
//!  Recipe, Corpus, Progress, Report ─► models/NAME/card.md, loss.png, the header's measures
//! ```

use crate::checkpoint::{Progress, write_whole};
use crate::error::TrainerError;
use crate::evaluation::{Report, Row};
use crate::places::Places;
use crate::recipe::{LatentOf, Recipe};
use betwixt_corpus::{Corpus, Part};
use betwixt_model::Model;
use betwixt_model::header::Activation;
use betwixt_picture::{LineChart, Series, line_chart};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Everything that a card tells.
pub(crate) struct Card<'a> {
    pub(crate) recipe: &'a Recipe,
    pub(crate) places: &'a Places,
    pub(crate) corpus: &'a Corpus,
    pub(crate) progress: &'a Progress,
    pub(crate) report: &'a Report,
    pub(crate) model: &'a Model,
}

/// The figures that go into the file, by name.
pub(crate) fn measures(progress: &Progress, report: &Report) -> BTreeMap<String, f64> {
    let model = report.model;
    let mut measures = BTreeMap::from([
        ("core_minutes".to_owned(), progress.seconds / 60.0),
        (
            "test_notes_convergence_db".to_owned(),
            model.notes.convergence_db(),
        ),
        (
            "test_notes_distance_db".to_owned(),
            model.notes.distance_db(),
        ),
        (
            "test_patches_convergence_db".to_owned(),
            model.patches.convergence_db(),
        ),
        (
            "test_patches_distance_db".to_owned(),
            model.patches.distance_db(),
        ),
        (
            "key_mean_convergence_db".to_owned(),
            report.key_mean.all().convergence_db(),
        ),
        ("random_knobs_in_tune".to_owned(), report.random.in_tune),
        ("random_knobs_silent".to_owned(), report.random.silent),
    ]);
    if let Some(row) = &report.other_key {
        measures.insert(
            "other_key_convergence_db".into(),
            row.all().convergence_db(),
        );
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
            ("frames", self.frames()),
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
        let (low, high) = self.recipe.frames.note.keys();
        let count = |wanted: fn(Part) -> bool| {
            let notes = self.corpus.notes().iter();
            notes.filter(|note| wanted(note.part)).count()
        };
        format!(
            "{} patches made by formula (seed {}), keys {low}–{high}, 1.5 s: {} notes to learn, {} to \
             validate, {} to test",
            self.corpus.patches().len(),
            self.recipe.corpus.seed,
            count(|part| part == Part::Train),
            count(|part| matches!(part, Part::Validation(_))),
            count(|part| matches!(part, Part::Test(_)))
        )
    }

    fn frames(&self) -> String {
        let frames = self.recipe.frames;
        let geometry = frames.geometry;
        format!(
            "{} / {} at {} Hz, {:?}, {:?}",
            geometry.fft_len(),
            geometry.hop(),
            geometry.sample_rate_hz(),
            frames.scale,
            frames.level
        )
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
            export.default_patch,
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
        let mut text = String::from(
            "## On sounds that it never heard\n\n\
             Spectral convergence (dB, lower is better) / log-spectral distance (dB), of linear \
             magnitudes, with the rounded weights that are in the file.\n\n\
             | | held-out notes | held-out patches |\n| --- | --- | --- |\n",
        );
        let mut line = |name: &str, row: &Row| {
            let figure = |score: &crate::score::Score| {
                format!("{:.1} / {:.1}", score.convergence_db(), score.distance_db())
            };
            let (notes, patches) = (figure(&row.notes), figure(&row.patches));
            let _ = writeln!(text, "| {name} | {notes} | {patches} |");
        };
        line("**this model**", &report.model);
        if let Some(row) = &report.other_key {
            line("this model, latents from another key of the patch", row);
        }
        line("mean frame", &report.mean_frame);
        line("mean frame of the key", &report.key_mean);
        line(&components, &report.components);
        text + "\n"
    }

    fn playing(&self) -> String {
        let report = self.report;
        let travel = report.knob_travel_db.iter().map(|db| format!("{db:.1}"));
        format!(
            "## Under the fingers\n\n\
             * Knobs anywhere at random, every trained key: the strongest pitch class is the key's in \
             {:.1} %, {:.1} % are silent.\n\
             * One knob from 0 to 1 at the first sound moves the frame by (dB relative to it, knob by \
             knob): {}.\n\
             * The chroma computed from a frame is the key's in {:.2} % of test frames; the networks \
             are told the key.\n",
            100.0 * report.random.in_tune,
            100.0 * report.random.silent,
            travel.collect::<Vec<_>>().join(", "),
            100.0 * report.chroma_agrees
        )
    }
}

fn widths((inputs, layers): (usize, Vec<(usize, Activation)>)) -> String {
    let widths = layers.iter().map(|layer| layer.0);
    let all = [inputs].into_iter().chain(widths);
    all.map(|width| width.to_string())
        .collect::<Vec<_>>()
        .join("–")
}

//! What a sound is to be called, and where it is saved.
//!
//! ```text
//!  name, bank, category, author, tags, comment ─► Preset ─► presets/BANK/NAME.toml
//! ```
//!
//! What is there already is replaced only by a button that says so.

use super::super::hand::Hand;
use super::super::{theme, words};
use super::View;
use crate::parameters::Parameters;
use crate::presets::{Category, Head, Place, Preset, file_name};
use crate::sound::Sound;
use std::path::PathBuf;
use std::sync::Arc;

use egui::{ComboBox, Grid, RichText, TextEdit, Ui};

/// Size of the lines.
const LINE: [f32; 2] = [320.0, 20.0];

/// The form while it is filled in.
pub(super) struct Saving {
    head: Head,
    tags: String,
    bank: String,
    problem: Option<String>,
}

impl Saving {
    /// As the preset that is loaded says; but its author is who saves it. Who has not said yet who
    /// that is, is the author of a preset of their own.
    pub(super) fn of(parameters: &Parameters, saves: Option<String>, is_own: bool) -> Self {
        let loaded = parameters.loaded.preset(parameters);
        let head = loaded.map_or_else(|| Head::named(""), |preset| preset.head.clone());
        let before = is_own.then(|| head.author.clone());
        let saves = saves.filter(|name| !name.is_empty());
        let author = saves.or(before).unwrap_or_default();
        let head = Head { author, ..head };
        Self {
            tags: head.tags.join(", "),
            head,
            bank: String::new(),
            problem: None,
        }
    }

    /// Where it will lie, below the folder of presets; none where it has no name.
    fn place(&self) -> Option<PathBuf> {
        let mut name = file_name(&self.head.name)?;
        name.push_str(".toml");
        let bank = file_name(&self.bank).unwrap_or_default();
        Some(PathBuf::from(bank).join(name))
    }

    fn preset(&self, parameters: &Parameters) -> Preset {
        let tags = self.tags.split(',').map(str::trim);
        let tags = tags.filter(|tag| !tag.is_empty()).map(str::to_owned);
        let loaded = parameters.loaded.preset(parameters);
        Preset {
            head: Head {
                tags: tags.collect(),
                name: self.head.name.trim().to_owned(),
                ..self.head.clone()
            },
            sound: Sound::of(parameters),
            later: loaded
                .map(|preset| preset.later.clone())
                .unwrap_or_default(),
        }
    }
}

/// The form; ends with a file or without.
pub(super) fn show(ui: &mut Ui, view: &mut View, ears: (&Arc<Parameters>, &Hand<'_>)) {
    let Some(mut form) = view.saving.take() else {
        return;
    };
    ui.label(
        RichText::new(words::saving::HEADING)
            .color(theme::ink().dim)
            .size(11.0),
    );
    fields(ui, &mut form);
    let place = form.place();
    let path = view.folder.as_ref().zip(place.as_ref());
    let path = path.map(|(folder, place)| folder.join(place));
    let is_there = path.as_ref().is_some_and(|path| path.exists());
    let words = if is_there {
        words::saving::REPLACE
    } else {
        words::saving::SAVE
    };
    let mut is_done = false;
    ui.horizontal(|ui| {
        let button = egui::Button::new(words);
        if ui.add_enabled(path.is_some(), button).clicked() {
            is_done = save(view, &mut form, ears);
        }
        is_done |= ui.button(words::saving::CANCEL).clicked();
    });
    let (said, colour) = match (&form.problem, path) {
        (Some(problem), _) => (problem.clone(), theme::ink().warm),
        (None, Some(path)) => (path.display().to_string(), theme::ink().dim),
        (None, None) => (words::saving::NAMELESS.into(), theme::ink().dim),
    };
    ui.label(RichText::new(said).color(colour).size(12.0));
    if !is_done {
        view.saving = Some(form);
    }
}

fn fields(ui: &mut Ui, form: &mut Saving) {
    let head = &mut form.head;
    Grid::new("saving").spacing([14.0, 6.0]).show(ui, |ui| {
        let line = |ui: &mut Ui, name: &str, words: &mut String| {
            let label = ui.label(name);
            // A grid leaves a line no more room than it thinks that it needs.
            let line = ui.add_sized(LINE, TextEdit::singleline(words));
            line.labelled_by(label.id);
            ui.end_row();
        };
        line(ui, words::saving::NAME, &mut head.name);
        line(ui, words::saving::BANK, &mut form.bank);
        line(ui, words::saving::AUTHOR, &mut head.author);
        line(ui, words::saving::TAGS, &mut form.tags);
        line(ui, words::saving::COMMENT, &mut head.comment);
        ui.label(words::saving::CATEGORY);
        let list = ComboBox::from_id_salt("category").selected_text(head.category.name());
        list.show_ui(ui, |ui| {
            for category in Category::ALL {
                ui.selectable_value(&mut head.category, category, category.name());
            }
        });
        ui.end_row();
    });
}

/// Writes it; true where that was possible. What could not be read again is not written.
fn save(view: &mut View, form: &mut Saving, ears: (&Arc<Parameters>, &Hand<'_>)) -> bool {
    let (parameters, hand) = ears;
    let Some((folder, place)) = view.folder.as_ref().zip(form.place()) else {
        return false;
    };
    let preset = form.preset(parameters);
    let text = preset.text(parameters);
    let written = Preset::read(&preset.head.name, &text, parameters)
        .and_then(|_| preset.write_file(&folder.join(&place), parameters));
    match written {
        Ok(()) => {
            view.author = Some(preset.head.author.clone());
            parameters.loaded.remember(Arc::new(preset), parameters);
            parameters.mark_changed(hand);
            view.place = Some(Place::Own(place));
            view.begin(parameters, true);
            true
        }
        Err(error) => {
            form.problem = Some(error.to_string());
            false
        }
    }
}

//! A line with a path for what is written and read, and what came of it.
//!
//! ```text
//!  path ______________________  Browse…  Import  Export …
//!  what came of it, or what can be done
//! ```
//!
//! Files are written and read where the button is pressed: on the window's thread.

use super::dialog::{Dialog, Wanted};
use super::{theme, words};
use crate::folder;

use egui::{Button, Rect, RichText, TextEdit, Ui, UiBuilder};
use std::fmt::Display;
use std::path::{Path, PathBuf};

/// Room for the button that opens the dialog.
const BROWSE: f32 = 80.0;

/// What a view with files remembers between pictures.
pub(super) struct Files {
    path: String,
    wanted: Wanted,
    pub(super) dialog: Dialog,
    /// What came of the last file, and whether that was what was wanted.
    said: Option<(String, bool)>,
}

impl Files {
    /// Nothing done yet; the path is a file among the player's own.
    pub(super) fn new(file: &str, wanted: Wanted) -> Self {
        let path = folder::data().map(|data| data.join(file));
        Self {
            wanted,
            dialog: Dialog::default(),
            path: path.map_or(file.into(), |path| path.display().to_string()),
            said: None,
        }
    }

    /// The line with the path, which leaves some room beside it.
    pub(super) fn path(&mut self, ui: &mut Ui, beside: f32) -> PathBuf {
        if let Some(chosen) = self.dialog.take() {
            self.path = chosen.display().to_string();
        }
        let room = (ui.available_width() - beside - BROWSE).max(60.0);
        ui.add(TextEdit::singleline(&mut self.path).desired_width(room));
        let path = PathBuf::from(self.path.trim());
        let button = Button::new(words::files::BROWSE);
        if ui.add_enabled(!self.dialog.is_open(), button).clicked() {
            self.dialog.open(ui.ctx(), self.wanted, &path);
        }
        path
    }

    /// Remembers what came of a file; `told` says so of a path if all is well.
    pub(super) fn done<E: Display>(
        &mut self,
        done: Result<(), E>,
        told: fn(&str) -> String,
        path: &Path,
    ) -> bool {
        let is_well = done.is_ok();
        let words = match done {
            Ok(()) => told(&path.display().to_string()),
            Err(error) => error.to_string(),
        };
        self.say(words, is_well);
        is_well
    }

    /// Remembers something else.
    pub(super) fn say(&mut self, words: impl Into<String>, is_well: bool) {
        self.said = Some((words.into(), is_well));
    }

    /// Says what came of it, or what could be done.
    pub(super) fn answer(&self, ui: &mut Ui, hint: &str) {
        let (words, colour) = match &self.said {
            Some((words, true)) => (words.as_str(), theme::ink().text),
            Some((words, false)) => (words.as_str(), theme::ink().warm),
            None => (hint, theme::ink().dim),
        };
        ui.label(RichText::new(words).color(colour).size(12.0));
    }
}

/// egui's own widgets in a part of the window.
pub(super) fn within(ui: &mut Ui, area: Rect, show: impl FnOnce(&mut Ui)) {
    ui.scope_builder(UiBuilder::new().max_rect(area), |ui| {
        ui.set_clip_rect(area.intersect(ui.clip_rect()));
        show(ui);
    });
}

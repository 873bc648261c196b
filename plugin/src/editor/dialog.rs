//! The system's own dialog for files, beside the window: it waits for nobody.
//!
//! ```text
//!  Browse… ─► the system's dialog ─► a thread that waits ─► Answer ─► taken with the next picture
//! ```
//!
//! Where the system has no dialog (a Linux without a desktop portal and zenity) nothing is answered;
//! a path can be typed everywhere.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use egui::Context;

/// What is looked for: in words, and by the ends of names.
#[derive(Clone, Copy)]
pub(super) struct Wanted {
    /// As the dialog says.
    pub(super) title: &'static str,
    /// What such files are called.
    pub(super) kind: &'static str,
    /// How their names end, without a dot.
    pub(super) ends: &'static [&'static str],
}

/// A dialog that may be open.
#[derive(Clone, Default)]
pub(super) struct Dialog(Arc<Mutex<Answer>>);

#[derive(Default)]
enum Answer {
    /// Nobody has asked.
    #[default]
    None,
    /// The dialog is open.
    Waiting,
    /// The player has chosen.
    Chosen(PathBuf),
}

impl Dialog {
    /// Opens it where a path leads, unless it is open; the window is painted anew with its answer.
    pub(super) fn open(&self, context: &Context, wanted: Wanted, near: &Path) {
        if self.is_open() {
            return;
        }
        *self.lock() = Answer::Waiting;
        let mut dialog = rfd::AsyncFileDialog::new()
            .set_title(wanted.title)
            .add_filter(wanted.kind, wanted.ends);
        if let Some(folder) = near.ancestors().find(|folder| folder.is_dir()) {
            dialog = dialog.set_directory(folder);
        }
        // Some systems want it made on the window's thread; anybody may wait for it.
        let choice = dialog.pick_file();
        let (own, context) = (self.clone(), context.clone());
        let waits = thread::Builder::new().name("betwixt-dialog".into());
        let begun = waits.spawn(move || {
            let chosen = pollster::block_on(choice);
            own.answer(chosen.map(|file| file.path().to_owned()));
            context.request_repaint();
        });
        if begun.is_err() {
            self.answer(None);
        }
    }

    /// Whether it waits for the player.
    pub(super) fn is_open(&self) -> bool {
        matches!(*self.lock(), Answer::Waiting)
    }

    /// What has been chosen, once.
    pub(super) fn take(&self) -> Option<PathBuf> {
        let mut answer = self.lock();
        match std::mem::take(&mut *answer) {
            Answer::Chosen(path) => Some(path),
            other => {
                *answer = other;
                None
            }
        }
    }

    /// The player has chosen a file, or none.
    pub(super) fn answer(&self, chosen: Option<PathBuf>) {
        *self.lock() = chosen.map_or(Answer::None, Answer::Chosen);
    }

    fn lock(&self) -> MutexGuard<'_, Answer> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is chosen is taken once; nothing chosen is nothing taken.
    #[test]
    fn an_answer_is_taken_once() {
        let dialog = Dialog::default();
        assert_eq!(dialog.take(), None);
        *dialog.lock() = Answer::Waiting;
        assert_eq!(dialog.take(), None);
        assert!(dialog.is_open());
        dialog.answer(Some("a.toml".into()));
        assert!(!dialog.is_open());
        assert_eq!(dialog.take(), Some("a.toml".into()));
        assert_eq!(dialog.take(), None);
        dialog.answer(None);
        assert_eq!(dialog.take(), None);
    }
}

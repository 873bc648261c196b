//! The presets that the player has marked: names in a text file of the player's, not in presets.
//!
//! ```text
//!  favourites.txt:  factory/glass_marimba      a line each; what is not there any more stays
//!                   own/bells/mine.toml
//! ```

use super::Place;
use crate::folder;
use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;

/// No file of favourites is larger, in bytes.
const LARGEST: u64 = 1024 * 1024;
/// Its name.
const FILE: &str = "favourites.txt";

/// The marked presets.
#[derive(Clone, Debug, Default)]
pub(crate) struct Favourites {
    file: Option<PathBuf>,
    names: BTreeSet<String>,
}

impl Favourites {
    /// Those in the player's folder; none where there is no file.
    pub(crate) fn of_the_user() -> Self {
        Self::at(folder::data().map(|data| data.join(FILE)))
    }

    /// Those of any file.
    pub(crate) fn at(file: Option<PathBuf>) -> Self {
        let mut favourites = Self {
            file,
            names: BTreeSet::new(),
        };
        favourites.look();
        favourites
    }

    /// Reads the file again: another instance may have written it.
    pub(crate) fn look(&mut self) {
        let text = self.file.as_ref();
        let text = text.and_then(|file| folder::read_text(file, LARGEST).ok());
        let Some(text) = text else {
            return;
        };
        let names = text.lines().map(str::trim).filter(|line| !line.is_empty());
        self.names = names.map(str::to_owned).collect();
    }

    /// Whether a preset is one of them.
    pub(crate) fn has(&self, place: &Place) -> bool {
        self.names.contains(&place.name())
    }

    /// Marks a preset, or takes the mark away, and writes the file.
    ///
    /// # Errors
    ///
    /// What the system says; the mark holds for as long as the window is open.
    pub(crate) fn turn(&mut self, place: &Place) -> io::Result<()> {
        let (name, was_marked) = (place.name(), self.has(place));
        self.look();
        if was_marked {
            self.names.remove(&name);
        } else {
            self.names.insert(name);
        }
        let Some(file) = &self.file else {
            return Ok(());
        };
        let lines: Vec<&str> = self.names.iter().map(String::as_str).collect();
        folder::write(file, lines.join("\n") + "\n")
    }
}

//! What a player sets once for all instances: how the window looks, and which hints are done with.
//!
//! ```text
//!  settings.toml ─► Settings ─► window;  changed there ─► written whole
//! ```
//!
//! A file that cannot be read counts as none: nothing that is heard depends on it.

use crate::folder;
use serde::{Deserialize, Serialize};
use std::io;
use std::path::PathBuf;

/// No file of settings is larger, in bytes.
const LARGEST: u64 = 64 * 1024;
/// Its name.
const FILE: &str = "settings.toml";

/// The colours of the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Theme {
    /// Light words on dark surfaces.
    #[default]
    Dark,
    /// Dark words on light surfaces.
    Light,
}

/// What the colours of the map's sounds say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Colours {
    /// Which instrument it is.
    #[default]
    Instrument,
    /// Which key it is.
    Note,
}

/// What is set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Settings {
    /// The colours of the window.
    pub(crate) theme: Theme,
    /// Whether the hints of the first minute are shown.
    pub(crate) hints: bool,
    /// Whether the computer's keys play notes.
    pub(crate) typing: bool,
    /// Who saves presets: the name that was given last.
    pub(crate) author: String,
    /// The size of a new instance's window in logical points.
    pub(crate) window: Option<[u32; 2]>,
    /// Whether a sound is heard when it is clicked on on the map.
    pub(crate) audition: bool,
    /// What the colours of the map's sounds say.
    pub(crate) colours: Colours,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::Dark,
            hints: true,
            typing: true,
            author: String::new(),
            window: None,
            audition: true,
            colours: Colours::Instrument,
        }
    }
}

/// The settings and the file that keeps them.
#[derive(Debug)]
pub(crate) struct Keeper {
    file: Option<PathBuf>,
    settings: Settings,
}

impl Keeper {
    /// The player's own.
    pub(crate) fn of_the_user() -> Self {
        Self::at(folder::data().map(|data| data.join(FILE)))
    }

    /// Those of any file; of none, they are not kept.
    pub(crate) fn at(file: Option<PathBuf>) -> Self {
        let text = file.as_ref();
        let text = text.and_then(|file| folder::read_text(file, LARGEST).ok());
        let settings = text.and_then(|text| toml::from_str(&text).ok());
        Self {
            file,
            settings: settings.unwrap_or_default(),
        }
    }

    /// What is set.
    pub(crate) fn get(&self) -> &Settings {
        &self.settings
    }

    /// Changes something and writes the file, if it is another one than before.
    ///
    /// # Errors
    ///
    /// What the system says; the change holds for as long as the window is open.
    pub(crate) fn change(&mut self, change: impl FnOnce(&mut Settings)) -> io::Result<()> {
        let before = self.settings.clone();
        change(&mut self.settings);
        let (Some(file), false) = (&self.file, before == self.settings) else {
            return Ok(());
        };
        let text = toml::to_string(&self.settings).map_err(io::Error::other)?;
        folder::write(file, text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was set is there again, and what another version wrote beside it does no harm.
    #[test]
    fn settings_come_back() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE);
        let mut keeper = Keeper::at(Some(file.clone()));
        assert_eq!(*keeper.get(), Settings::default());
        keeper
            .change(|settings| {
                settings.theme = Theme::Light;
                settings.window = Some([1_200, 800]);
            })
            .unwrap();
        assert_eq!(Keeper::at(Some(file.clone())).get(), keeper.get());
        std::fs::write(&file, "theme = \"light\"\nlater = 3\n").unwrap();
        assert_eq!(Keeper::at(Some(file)).get().theme, Theme::Light);
    }

    /// A damaged file counts as none.
    #[test]
    fn a_damaged_file_counts_as_none() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE);
        for text in ["theme = 3", "][", "window = [1]", "theme = \"loud\""] {
            std::fs::write(&file, text).unwrap();
            let keeper = Keeper::at(Some(file.clone()));
            assert_eq!(*keeper.get(), Settings::default(), "{text}");
        }
    }
}

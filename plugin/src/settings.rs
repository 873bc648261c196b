//! What a player sets once for all instances: how the window looks, and which hints are done with.
//!
//! ```text
//!  settings.toml ─► Settings ─► window;  changed there ─► written whole
//! ```
//!
//! Each line counts for itself: one that this version cannot read has its default, and stays in the
//! file, beside whatever else another version has written. A change is made to the file as it is then:
//! another window may have changed it since.

use crate::folder;
use serde::{Deserialize, Serialize};
use std::io;
use std::path::{Path, PathBuf};
use toml::Table;

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

/// How the letters of the computer's keyboard lie.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Letters {
    /// As in America and Britain.
    #[default]
    Qwerty,
    /// Y and Z change places, as in Germany.
    Qwertz,
    /// A and Q, W and Z change places, as in France.
    Azerty,
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
    /// How its letters lie.
    pub(crate) letters: Letters,
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
            letters: Letters::Qwerty,
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
        let settings = read(file.as_deref()).map(|table| readable(&table));
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
    /// What the system says; the change holds until the next one.
    pub(crate) fn change(&mut self, change: impl FnOnce(&mut Settings)) -> io::Result<()> {
        let kept = read(self.file.as_deref());
        let before = kept.as_ref().map_or(self.settings.clone(), readable);
        self.settings = before.clone();
        change(&mut self.settings);
        let (Some(file), false) = (&self.file, before == self.settings) else {
            return Ok(());
        };
        let written = |settings| Table::try_from(settings).map_err(io::Error::other);
        // Where there is no file, all that is not as it would be without one is written.
        let stands = kept.as_ref().map_or_else(Settings::default, readable);
        let (was, now) = (written(&stands)?, written(&self.settings)?);
        let mut table = kept.unwrap_or_default();
        // What has not been changed stays as it was written, whether it could be read or not.
        for (name, value) in now {
            if was.get(&name) != Some(&value) {
                table.insert(name, value);
            }
        }
        folder::write(file, table.to_string())
    }
}

/// What the file says; none where there is no file, or no table in it.
fn read(file: Option<&Path>) -> Option<Table> {
    let text = folder::read_text(file?, LARGEST).ok()?;
    text.parse().ok()
}

/// The settings of a table, line by line.
fn readable(table: &Table) -> Settings {
    let alone = |name: &String, value: &toml::Value| {
        let line = Table::from_iter([(name.clone(), value.clone())]);
        line.try_into::<Settings>().is_ok()
    };
    let sound = table.iter().filter(|(name, value)| alone(name, value));
    let sound: Table = sound
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    sound.try_into().unwrap_or_default()
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

    /// A file that is no table counts as none; of any other each line counts for itself, and what
    /// cannot be read here stays as it was written when something else is changed.
    #[test]
    fn each_line_counts_for_itself() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE);
        for text in ["][", "theme = 3", "window = [1]", "theme = \"loud\""] {
            std::fs::write(&file, text).unwrap();
            let keeper = Keeper::at(Some(file.clone()));
            assert_eq!(*keeper.get(), Settings::default(), "{text}");
        }
        std::fs::write(&file, "theme = \"sepia\"\nauthor = \"Ann\"\nlater = 3\n").unwrap();
        let mut keeper = Keeper::at(Some(file.clone()));
        assert_eq!(keeper.get().author, "Ann");
        keeper.change(|settings| settings.hints = false).unwrap();
        let table: Table = std::fs::read_to_string(&file).unwrap().parse().unwrap();
        let expected = "theme = \"sepia\"\nauthor = \"Ann\"\nlater = 3\nhints = false\n";
        assert_eq!(table, expected.parse().unwrap());
    }

    /// What one window sets, another one does not take back.
    #[test]
    fn two_windows_agree() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE);
        let [mut one, mut other] = [0, 1].map(|_| Keeper::at(Some(file.clone())));
        one.change(|settings| settings.theme = Theme::Light)
            .unwrap();
        other.change(|settings| settings.hints = false).unwrap();
        let kept = Keeper::at(Some(file));
        assert_eq!((kept.get().theme, kept.get().hints), (Theme::Light, false));
        assert_eq!(other.get().theme, Theme::Light);
    }
}

//! What a project remembers of its tuning: the files themselves, so that it sounds as it did where
//! they are missing.
//!
//! ```text
//!  { "scale": { "name", "text" } | null, "keyboard": … | null, "follow": true }
//! ```

use super::keyboard::Keyboard;
use super::lines::{LONGEST_FILE, Refused};
use super::scale::Scale;
use super::table;
use betwixt_engine::Tuning;
use serde::{Deserialize, Serialize};

/// A name is repeated in messages; a longer one is no file's.
const LONGEST_NAME: usize = 1_024;

/// A file and what stood in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TextFile {
    /// Without its folder.
    pub(crate) name: String,
    /// As it was read.
    pub(crate) text: String,
}

/// Letters of a description that are shown.
const LONGEST_SHOWN: usize = 200;

/// What a project remembers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Saved {
    /// Twelve equal steps where there is none.
    pub(crate) scale: Option<TextFile>,
    /// Every key the next degree, middle C the first one, where there is none.
    pub(crate) keyboard: Option<TextFile>,
    /// Whether a master of MTS-ESP has the word while there is one.
    pub(crate) follow: bool,
    /// Set when the project's own could not be read; said to the player, and never saved.
    #[serde(skip_serializing)]
    pub(crate) is_damaged: bool,
}

impl Default for Saved {
    fn default() -> Self {
        Self {
            scale: None,
            keyboard: None,
            follow: true,
            is_damaged: false,
        }
    }
}

impl Saved {
    /// The field's value in a state, for a field that was damaged.
    pub(crate) const DAMAGED: &'static str = r#"{"is_damaged":true}"#;

    /// Whether a state's field can be loaded.
    pub(crate) fn is_sound(text: &str) -> bool {
        let fits = |file: &TextFile| {
            file.name.len() <= LONGEST_NAME && file.text.len() <= 2 * LONGEST_FILE
        };
        let saved = serde_json::from_str::<Self>(text);
        saved.is_ok_and(|saved| [saved.scale, saved.keyboard].iter().flatten().all(fits))
    }

    /// The tuning that the files describe, and what it is called.
    ///
    /// # Errors
    ///
    /// The first line of the first file that is not as its format says.
    pub(crate) fn tuning(&self) -> Result<(Tuning, String), Refused> {
        let scale = self.scale.as_ref();
        let scale = scale.map(|file| Scale::parse(&file.name, &file.text));
        let keyboard = self.keyboard.as_ref();
        let keyboard = keyboard.map(|file| Keyboard::parse(&file.name, &file.text));
        let (scale, keyboard) = (scale.transpose()?, keyboard.transpose()?);
        let name = self.name(scale.as_ref());
        if scale.is_none() && keyboard.is_none() {
            return Ok((Tuning::default(), name));
        }
        let scale = scale.unwrap_or_else(|| Scale::equal(12));
        Ok((table(&scale, &keyboard.unwrap_or_default()), name))
    }

    /// The scale's description, or its file; without one, equal steps and their keyboard.
    fn name(&self, scale: Option<&Scale>) -> String {
        let file = |file: &Option<TextFile>| file.as_ref().map(|file| file.name.clone());
        let description = scale.map(|scale| scale.description.clone());
        let own = description.filter(|words| !words.is_empty());
        let name = own.or_else(|| file(&self.scale)).unwrap_or_else(|| {
            let on = file(&self.keyboard).map(|keyboard| format!("{EQUAL}, {keyboard}"));
            on.unwrap_or_else(|| EQUAL.to_owned())
        });
        name.chars().take(LONGEST_SHOWN).collect()
    }
}

/// What the tuning is called that needs no file.
pub(crate) const EQUAL: &str = "12 equal steps";

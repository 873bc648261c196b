//! Two sounds to compare: one is heard, the other waits.
//!
//! ```text
//!  heard ◄─ change over ─► other        copy: heard ─► other
//! ```
//!
//! Until the player has changed over or copied there is no other one: it then begins as a copy. A
//! project remembers it as the text of a preset.

use super::{History, Kept, Parameters, Preset, Sound};
use nice_plug::prelude::ParamSetter;
use serde::{Deserialize, Serialize};

/// What the text calls the sound that waits.
const NAME: &str = "The other one";

/// Which one is heard, and the other.
#[derive(Debug, Default)]
pub(super) struct Compare {
    /// Whether the second one is heard.
    pub(super) is_b: bool,
    /// None until there is one.
    pub(super) other: Option<Box<Side>>,
}

/// A sound, and the preset that it came from.
#[derive(Clone, Debug)]
pub(super) struct Side {
    text: String,
    /// What the text says, where somebody has read it.
    sound: Option<Sound>,
    preset: Kept,
}

/// What a project remembers.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Saved {
    is_b: bool,
    other: Option<String>,
    loaded: Option<String>,
}

impl Side {
    /// What is heard.
    pub(super) fn of(parameters: &Parameters) -> Self {
        let sound = Sound::told(parameters);
        Self {
            text: Preset::new(NAME, sound.clone()).text(parameters),
            sound: Some(sound),
            preset: parameters.loaded.kept(),
        }
    }

    /// The sound; none where a project's text cannot be read.
    fn sound(&self, parameters: &Parameters) -> Option<Sound> {
        self.sound.clone().or_else(|| {
            let read = Preset::read("The other one of the two sounds", &self.text, parameters);
            read.ok().map(|preset| preset.sound)
        })
    }

    pub(super) fn bytes(&self) -> usize {
        self.text.len() + self.preset.text().map_or(0, str::len)
    }
}

/// The two change places.
pub(super) fn change_over(history: &History, parameters: &Parameters, setter: &ParamSetter<'_>) {
    let heard = Box::new(Side::of(parameters));
    let mut steps = history.lock();
    steps.compare.is_b = !steps.compare.is_b;
    let other = steps.compare.other.replace(heard);
    drop(steps);
    if let Some(side) = other
        && let Some(sound) = side.sound(parameters)
    {
        sound.apply(parameters, setter);
        parameters.loaded.put_back(side.preset);
    }
    parameters.mark_changed(setter);
}

impl From<Saved> for Compare {
    fn from(saved: Saved) -> Self {
        let side = |text| Side {
            text,
            sound: None,
            preset: Kept::of(saved.loaded.clone()),
        };
        Self {
            is_b: saved.is_b,
            other: saved.other.clone().map(side).map(Box::new),
        }
    }
}

impl From<&Compare> for Saved {
    fn from(compare: &Compare) -> Self {
        let other = compare.other.as_deref();
        Self {
            is_b: compare.is_b,
            other: other.map(|side| side.text.clone()),
            loaded: other.and_then(|side| side.preset.text().map(str::to_owned)),
        }
    }
}

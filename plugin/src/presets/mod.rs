//! Presets: sounds with names, as text that can be read, written, shared and searched.
//!
//! ```text
//!  assets/presets/*.toml (embedded) ──┐                    ┌─► rows that match ─► window
//!  user data/presets/BANK/*.toml ─────┴─► List (a thread) ─┤
//!  user data/favourites.txt ──────────────► Favourites ────┘
//!
//!  text ─ read ─► Preset { head, sound, later } ─ apply ─► host ─► parameters
//!  text ◄─ write ─┘          └─► Loaded: the project's field `loaded`: its name, and what it was
//! ```
//!
//! | module       | what it holds                                                         |
//! |--------------|-----------------------------------------------------------------------|
//! | `head`       | name, category, author, tags, comment                                  |
//! | `reader`     | text → preset, whole or refused with the place                         |
//! | `writer`     | preset → text                                                          |
//! | `file`       | presets in files, and why one is refused                               |
//! | `factory`    | those that are built in                                                |
//! | `list`       | all presets that there are: factory and the player's own               |
//! | `search`     | which of them match, in which order                                    |
//! | `favourites` | those that the player has marked                                       |
//! | `loaded`     | the preset that was loaded last, as a project remembers it             |
//! | `state`      | a project that carries a preset to be loaded                           |
//!
//! **The format** is TOML (`docs/presets.md` tells all of it):
//! ```toml
//! format = 1
//! name = "Glass Marimba"
//! category = "Mallets"           # one of a fixed list
//! author = "Betwixt"
//! tags = ["bright", "short"]
//! comment = "The wheel opens it."
//!
//! [models]
//! a = "struck"                   # or { name = "Mine", hash = "64 hexadecimal digits" }
//!
//! [sound]                        # one line for each parameter that is not at its default
//! latent_1 = 0.25
//! attack = 0.01
//! mod_source_1 = "velocity"
//!
//! [movement]                     # only where latents move
//! text = '''
//! { "format": 1, … }             # as in an exported movement
//! '''
//! ```
//! A preset holds a [`Sound`](crate::sound::Sound) and nothing of the player's set-up. Fields and
//! parameters of later versions are kept through reading and writing, and said.
//!
//! *Promise:* a preset is taken whole or refused with the file, the line, what was found, what was
//! expected and what to do; then nothing changes.
//!
//! Not for the audio thread.

mod factory;
mod favourites;
mod file;
mod head;
mod list;
mod loaded;
mod reader;
mod search;
mod state;
#[cfg(test)]
mod tests;
mod writer;

use crate::parameters::Parameters;
use crate::sound::Sound;
use crate::sound::Value as Setting;
#[cfg(test)]
pub(crate) use factory::TEXTS;
pub(crate) use favourites::Favourites;
use file::Problem;
pub(crate) use head::{Category, Head};
pub(crate) use list::{Item, List, Place, Scan, file_name, own_folder};
pub(crate) use loaded::{Kept, Loaded, Shown};
pub(crate) use search::{Query, beside};
pub(crate) use state::take_wanted;
use toml::Table;

/// Version of the format written by this build.
const FORMAT: i64 = 1;
/// No preset is larger, in bytes: as large as the largest movement.
const LARGEST: u64 = 32 * 1024 * 1024;

/// A sound with a name.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Preset {
    /// What it is called and who made it.
    pub(crate) head: Head,
    /// What is heard.
    pub(crate) sound: Sound,
    /// What a later version has written into it.
    pub(crate) later: Later,
}

/// Fields that this version does not know: kept, and said.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Later {
    fields: Table,
    models: Table,
    sound: Table,
}

impl Later {
    /// What it is that this version leaves alone; nothing if there is nothing.
    pub(crate) fn words(&self) -> Option<String> {
        let parts = [("", &self.fields), ("models.", &self.models)];
        let parts = parts.into_iter().chain([("sound.", &self.sound)]);
        let names = parts.flat_map(|(stem, table)| table.keys().map(move |k| format!("{stem}{k}")));
        let names: Vec<String> = names.collect();
        (!names.is_empty()).then(|| {
            let names = names.join(", ");
            format!("this version does not know {names}: kept, not heard")
        })
    }
}

impl Preset {
    /// A sound under a name, with nothing else said of it.
    pub(crate) fn new(name: &str, sound: Sound) -> Self {
        Self {
            head: Head::named(name),
            sound,
            later: Later::default(),
        }
    }

    /// Every parameter at its default, the default model.
    pub(crate) fn initial(parameters: &Parameters) -> Self {
        Self::new("Init", Sound::initial(parameters))
    }
}

//! A model as texts name it: projects, presets.
//!
//! ```text
//!  { "name": "My cello", "hash": "3f2a…" }   exactly that content, whatever its file is called
//!  { "name": "struck" }                      the factory's model of that name, as it is now
//! ```

use serde::{Deserialize, Serialize};

/// A content hash is 64 characters; what is longer is none.
const LONGEST_HASH: usize = 64;
/// Letters of a name that are remembered: as many as a preset may have.
const LONGEST_NAME: usize = 100;
/// The hash of no model.
const NO_HASH: &str = "unreadable";

/// A model as texts name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Wanted {
    /// What the player knows it by; without a hash the factory's own name for it.
    #[serde(default)]
    pub(crate) name: String,
    /// What it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) hash: Option<String>,
}

impl Wanted {
    /// A model of the factory.
    pub(crate) fn factory(id: &str) -> Self {
        Self {
            name: id.to_owned(),
            hash: None,
        }
    }

    /// Whether this can name a model at all.
    pub(crate) fn is_sound(&self) -> bool {
        let hash = self.hash.as_deref().unwrap_or("");
        !self.name.is_empty() || !hash.is_empty()
    }

    /// With a name that can be shown and written on a line. Models may have longer ones: it is their
    /// hash that says which they are, and one that can be none names a model that is not there.
    pub(crate) fn shortened(mut self) -> Self {
        let is_shown = |letter: &char| !letter.is_control();
        let name = self.name.chars().filter(is_shown).take(LONGEST_NAME);
        self.name = name.collect();
        self.hash = self.hash.map(|hash| match hash.len() <= LONGEST_HASH {
            true => hash,
            false => NO_HASH.to_owned(),
        });
        self
    }

    /// The name, or the beginning of the hash where there is none.
    pub(crate) fn words(&self) -> String {
        if !self.name.is_empty() {
            return self.name.clone();
        }
        let hash = self.hash.as_deref().unwrap_or("");
        hash.chars().take(12).chain(['…']).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The hash says which model it is: a name that is too long for a line costs no project its
    /// model, and a hash that is too long is that of no model, never of another one.
    #[test]
    fn names_are_shortened_and_hashes_are_not() {
        let wanted = Wanted {
            name: "Ü\n".repeat(300),
            hash: Some("a".repeat(64)),
        };
        let short = wanted.clone().shortened();
        assert_eq!(short.name, "Ü".repeat(100));
        assert_eq!(short.hash, wanted.hash);
        assert_eq!(short.clone().shortened(), short);
        let hash = Some("a".repeat(65));
        let damaged = Wanted { hash, ..wanted }.shortened();
        assert!(damaged.is_sound() && damaged.hash.is_some_and(|hash| !hash.starts_with('a')));
    }
}

//! A model as texts name it: projects, presets.
//!
//! ```text
//!  { "name": "My cello", "hash": "3f2a…" }   exactly that content, whatever its file is called
//!  { "name": "struck" }                      the factory's model of that name, as it is now
//! ```

use serde::{Deserialize, Serialize};

/// A content hash is 64 characters; nothing longer is remembered.
const LONGEST_HASH: usize = 64;
/// Nor a longer name.
const LONGEST_NAME: usize = 256;

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
        let names = !self.name.is_empty() || !hash.is_empty();
        names && self.name.len() <= LONGEST_NAME && hash.len() <= LONGEST_HASH
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

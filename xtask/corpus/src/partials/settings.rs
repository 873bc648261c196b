//! What a corpus of partials is made of: which notes, and how they are told.
//!
//! ```text
//!  [material.partials] ─► PartialsSettings ─► Plan: sounds, keys, velocities, parts
//! ```

use crate::CorpusError;
use crate::plan::{Plan, Source};
use betwixt_spectral::partials::PartialsFormat;
use serde::{Deserialize, Serialize};

/// What decides every number of a corpus.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartialsSettings {
    /// Where the sounds come from.
    pub source: Source,
    /// Seed of the patches, the split and the noise.
    pub seed: u64,
    /// Lowest and highest key, both included; sounds may have narrower ranges.
    pub keys: (u8, u8),
    /// Every how many semitones a key is played; sounds start at different ones.
    pub key_step: u8,
    /// MIDI velocities; formulas know none and are played once.
    pub velocities: Vec<u8>,
    /// How long a key is held, in seconds.
    pub length_s: f64,
    /// Whether nine keys in a row of each sound are held out.
    pub hole: bool,
    /// How frames are told by numbers.
    pub format: PartialsFormat,
}

impl PartialsSettings {
    /// Which notes are played.
    pub(crate) fn plan(&self) -> Plan {
        Plan {
            source: self.source.clone(),
            seed: self.seed,
            keys: self.keys,
            key_step: self.key_step,
            velocities: self.velocities.clone(),
            length_s: self.length_s,
            hole: self.hole,
        }
    }

    /// One sentence about all notes.
    #[must_use]
    pub fn describe(&self) -> String {
        self.plan().describe()
    }

    pub(crate) fn check(&self) -> Result<(), CorpusError> {
        self.plan().check()?;
        if self.format.is_valid() {
            return Ok(());
        }
        let found = self.format.exponent.to_string();
        Err(CorpusError::settings("format.exponent", "0.1 to 1", found))
    }
}

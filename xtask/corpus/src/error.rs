//! Why a corpus cannot be made or kept, and what helps.
//!
//! ```text
//!  settings, soundfont, cache folder ─► CorpusError: what, where, what was expected, what to do
//! ```

/// Why a corpus could not be made or kept.
#[derive(Debug, thiserror::Error)]
pub enum CorpusError {
    /// The cache could not be written.
    #[error("{file}: {reason}; check that the folder may be written and has room for the frames")]
    Write {
        /// Its path.
        file: String,
        /// The system's words.
        reason: String,
    },
    /// The settings ask for something that the source cannot make.
    #[error("corpus setting `{field}`: found {found}, expected {expected}")]
    Settings {
        /// Which setting.
        field: &'static str,
        /// What would have been right.
        expected: String,
        /// What it says.
        found: String,
    },
    /// The soundfont is not there or cannot be read.
    #[error(
        "soundfont {file}: {reason}; install it with `cargo xtask setup soundfont` (Debian and \
         Ubuntu: `apt-get install fluid-soundfont-gm`), or let {variable} name a copy of \
         FluidR3_GM.sf2"
    )]
    Soundfont {
        /// Its path.
        file: String,
        /// The system's words, or the reader's.
        reason: String,
        /// The environment variable that names another path.
        variable: &'static str,
    },
    /// The soundfont is another one.
    #[error(
        "soundfont {file}: its SHA-256 is {found}, expected {expected}; models are only \
         reproducible from the very file of Debian's package fluid-soundfont-gm 3.1"
    )]
    OtherSoundfont {
        /// Its path.
        file: String,
        /// Its hash.
        found: String,
        /// The hash of the right one.
        expected: &'static str,
    },
    /// A note makes no sound.
    #[error(
        "{sound}, key {key}, velocity {velocity}: silent; narrow its range of keys in \
         instruments.rs or leave it out"
    )]
    Silent {
        /// Which sound.
        sound: String,
        /// Which key.
        key: u8,
        /// Which velocity.
        velocity: u8,
    },
    /// A note cannot be analysed.
    #[error("{sound}, key {key}, velocity {velocity}: {reason}")]
    Note {
        /// Which sound.
        sound: String,
        /// Which key.
        key: u8,
        /// Which velocity.
        velocity: u8,
        /// The analysis' words.
        reason: betwixt_analysis::AnalysisError,
    },
}

impl CorpusError {
    pub(crate) fn settings(
        field: &'static str,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> Self {
        Self::Settings {
            field,
            expected: expected.into(),
            found: found.into(),
        }
    }
}

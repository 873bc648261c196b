//! Presets in files, and why one is refused.
//!
//! ```text
//!  file ─ at most 32 MiB ─► text ─► Preset, or PresetError: file, line, field, found, expected
//!  Preset ─► text ─► file, whole or not at all
//! ```

use super::{LARGEST, Preset, reader};
use crate::folder::{self, Refused, Unread};
use crate::movement::MovementProblem;
use crate::parameters::Parameters;
use std::path::Path;

/// Why a preset is refused.
pub(crate) type PresetError = Refused<Problem>;

/// What is wrong with a preset.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Problem {
    /// The operating system would not give or take it.
    #[error("{reason}; check the path, and that the file may be read and written")]
    Access {
        /// The system's words.
        reason: String,
    },
    /// No preset is that large.
    #[error("larger than {LARGEST} bytes; expected a preset; choose another file")]
    TooLarge,
    /// It is no text.
    #[error("{reason}; expected a preset in TOML, as UTF-8; save it again as UTF-8")]
    NoText {
        /// Where it is none.
        reason: String,
    },
    /// It is no TOML.
    #[error("line {line}, column {column}: {reason}; expected a preset in TOML; mend that line")]
    Syntax {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// The reader's words.
        reason: String,
    },
    /// A field that is not as it should be.
    #[error("line {line}: `{field}` is {found}; expected {expected}")]
    Field {
        /// Where it stands, from 1.
        line: usize,
        /// Its name, with its table's.
        field: String,
        /// What stands there.
        found: String,
        /// What should, and what to do.
        expected: String,
    },
    /// A field that must be there.
    #[error("`{field}` is not there; expected {expected}")]
    Missing {
        /// Its name, with its table's.
        field: &'static str,
        /// What should be there, and what to do.
        expected: String,
    },
    /// The movement in it.
    #[error("line {line}: the movement: {problem}")]
    Movement {
        /// Where it begins, from 1.
        line: usize,
        /// What is wrong with it.
        #[source]
        problem: MovementProblem,
    },
}

impl From<Unread> for Problem {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::Access(error) => Self::access(&error),
            Unread::TooLarge => Self::TooLarge,
            Unread::NoText(error) => Self::NoText {
                reason: error.to_string(),
            },
        }
    }
}

impl Problem {
    /// What the operating system says.
    pub(super) fn access(error: &std::io::Error) -> Self {
        let reason = error.to_string();
        Self::Access { reason }
    }

    /// Of a file.
    pub(super) fn of(self, file: &str) -> PresetError {
        let file = file.to_owned();
        Refused {
            file,
            problem: self,
        }
    }
}

impl Preset {
    /// Reads a preset's text; `file` is what it is called in errors.
    ///
    /// # Errors
    ///
    /// The first thing that is not as the format says.
    pub(crate) fn read(
        file: &str,
        text: &str,
        parameters: &Parameters,
    ) -> Result<Self, PresetError> {
        let is_small = u64::try_from(text.len()).is_ok_and(|len| len <= LARGEST);
        let read = match is_small {
            true => reader::read(text, parameters),
            false => Err(Problem::TooLarge),
        };
        read.map_err(|problem| problem.of(file))
    }

    /// Reads a preset's file.
    ///
    /// # Errors
    ///
    /// As [`Preset::read`], and what the system says.
    pub(crate) fn read_file(path: &Path, parameters: &Parameters) -> Result<Self, PresetError> {
        let file = path.display().to_string();
        let text = folder::read_text(path, LARGEST);
        let text = text.map_err(|unread| Problem::from(unread).of(&file))?;
        Self::read(&file, &text, parameters)
    }

    /// Writes it to a file, whole or not at all.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub(crate) fn write_file(
        &self,
        path: &Path,
        parameters: &Parameters,
    ) -> Result<(), PresetError> {
        let written = folder::write(path, self.text(parameters));
        written.map_err(|error| Problem::access(&error).of(&path.display().to_string()))
    }
}

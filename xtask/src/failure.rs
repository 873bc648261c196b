//! What went wrong, and what to do about it.

use std::fmt;
use std::path::Path;

/// A failed verb or step.
#[derive(Debug)]
pub(crate) struct Failure {
    /// What went wrong; may have many lines.
    pub(crate) what: String,
    /// What to do.
    pub(crate) remedy: String,
}

impl Failure {
    pub(crate) fn new(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            remedy: remedy.into(),
        }
    }

    /// A file or folder that could not be handled.
    pub(crate) fn file(attempt: &str, path: &Path, error: &std::io::Error) -> Self {
        let what = format!("could not {attempt} {}: {error}", path.display());
        Self::new(what, "see that the place exists, is yours and is not full")
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n→ {}", self.what, self.remedy)
    }
}

impl std::error::Error for Failure {}

//! Writes figures as a JSON file, whole or not at all.

use crate::error::HostError;
use serde::Serialize;
use std::path::Path;

/// Writes a value, indented, with a closing newline.
///
/// # Errors
///
/// [`HostError::File`]; no file is left then.
pub fn write(path: &Path, value: &impl Serialize) -> Result<(), HostError> {
    let failed = |reason: String| HostError::File {
        path: path.to_path_buf(),
        attempt: "write the figures",
        reason,
    };
    let text = serde_json::to_string_pretty(value).map_err(|e| failed(e.to_string()))?;
    let unfinished = path.with_extension("json-unfinished");
    std::fs::write(&unfinished, text + "\n")
        .and_then(|()| std::fs::rename(&unfinished, path))
        .map_err(|e| failed(e.to_string()))
}

//! Analysed notes on disk, so that the second training starts at once.
//!
//! ```text
//!  [ BLAKE3 of the rest: 32 bytes | payload … ]
//! ```
//!
//! A cache that is cut short or altered counts as none.

use crate::CorpusError;
use std::path::Path;

const HASH_BYTES: usize = 32;

/// The payload of a cache file if it is there and whole.
pub(crate) fn read(path: &Path) -> Option<Vec<u8>> {
    let mut bytes = std::fs::read(path).ok()?;
    let (hash, payload) = bytes.split_at_checked(HASH_BYTES)?;
    let whole = blake3::hash(payload).as_bytes() == hash;
    whole.then(|| bytes.split_off(HASH_BYTES))
}

/// Writes a cache file whole or not at all.
pub(crate) fn write(path: &Path, payload: &[u8]) -> Result<(), CorpusError> {
    let mut bytes = blake3::hash(payload).as_bytes().to_vec();
    bytes.extend(payload);
    let beside = path.with_extension(format!("part-{}", std::process::id()));
    let folder = path.parent().map_or(Ok(()), std::fs::create_dir_all);
    let written = folder
        .and_then(|()| std::fs::write(&beside, &bytes))
        .and_then(|()| std::fs::rename(&beside, path));
    written.map_err(|error| CorpusError::Write {
        file: path.display().to_string(),
        reason: error.to_string(),
    })
}

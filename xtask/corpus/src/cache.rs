//! Rendered frames on disk, so that the second training starts at once.
//!
//! ```text
//!  [ BLAKE3 of the rest: 32 bytes | bf16, little endian … ]
//! ```
//!
//! A cache that is cut short or altered counts as none.

use half::bf16;
use std::path::Path;

const HASH_BYTES: usize = 32;

/// Why a corpus could not be made or kept.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    /// The cache could not be written.
    #[error("{file}: {reason}; check that the folder may be written and has room for the frames")]
    Write {
        /// Its path.
        file: String,
        /// The system's words.
        reason: String,
    },
    /// The settings ask for something that the formulas cannot make.
    #[error("corpus setting `{field}`: found {found}, expected {expected}")]
    Settings {
        /// Which setting.
        field: &'static str,
        /// What would have been right.
        expected: String,
        /// What it says.
        found: String,
    },
}

/// The values of a cache file if it is there, whole and `length` values long.
pub(crate) fn read(path: &Path, length: usize) -> Option<Vec<bf16>> {
    let bytes = std::fs::read(path).ok()?;
    let (hash, payload) = bytes.split_at_checked(HASH_BYTES)?;
    let whole = payload.len() == 2 * length && blake3::hash(payload).as_bytes() == hash;
    let value = |bytes: &[u8]| bf16::from_le_bytes([bytes[0], bytes[1]]);
    whole.then(|| payload.chunks_exact(2).map(value).collect())
}

/// Writes a cache file whole or not at all.
pub(crate) fn write(path: &Path, values: &[bf16]) -> Result<(), CacheError> {
    let mut bytes = vec![0; HASH_BYTES];
    bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    let hash = blake3::hash(&bytes[HASH_BYTES..]);
    bytes[..HASH_BYTES].copy_from_slice(hash.as_bytes());
    let beside = path.with_extension(format!("part-{}", std::process::id()));
    let folder = path.parent().map_or(Ok(()), std::fs::create_dir_all);
    let written = folder
        .and_then(|()| std::fs::write(&beside, &bytes))
        .and_then(|()| std::fs::rename(&beside, path));
    written.map_err(|error| CacheError::Write {
        file: path.display().to_string(),
        reason: error.to_string(),
    })
}

//! Where the player's own files lie: one folder for all instances, made when something is written.
//!
//! ```text
//!  BETWIXT_DATA, or the platform's folder of user data / Betwixt ─┬─ controllers.toml
//!                                                                 └─ tunings/ …
//! ```
//!
//! Not for the audio thread.

use etcetera::base_strategy::{BaseStrategy, choose_native_strategy};
use std::path::{Path, PathBuf};
use std::{fs, io};

/// Names another folder: for tests, and for players who keep their files elsewhere.
const VARIABLE: &str = "BETWIXT_DATA";
/// The folder's own name.
const NAME: &str = "Betwixt";

/// The folder, whether it is there or not; none where the system knows no home.
pub(crate) fn data() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os(VARIABLE).filter(|named| !named.is_empty()) {
        return Some(PathBuf::from(named));
    }
    let strategy = choose_native_strategy().ok()?;
    Some(strategy.data_dir().join(NAME))
}

/// Writes a file whole or not at all; the folders above it are made.
pub(crate) fn write(path: &Path, content: impl AsRef<[u8]>) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    fs::write(&part, content)?;
    fs::rename(&part, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The folders above a file are made, an older file is replaced, and nothing else is left.
    #[test]
    fn files_are_written_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("one/two/map.toml");
        for text in ["first", "second"] {
            write(&path, text).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
        assert!(write(&path.join("below a file"), "x").is_err());
    }
}

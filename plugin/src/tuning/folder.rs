//! The player's own scales and keyboards: the files of one folder.
//!
//! ```text
//!  user data / Betwixt / tunings / *.scl, *.kbm ─► Listing (names in order) ─► read ─► name, text
//! ```
//!
//! It is looked through when the player opens the list, never on the audio thread.

use super::lines::{LONGEST_FILE, decode};
use super::saved::TextFile;
use crate::folder;
use std::io;
use std::path::{Path, PathBuf};

/// More files than this are not listed.
const MOST_FILES: usize = 10_000;

/// Which kind of file is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `.scl`
    Scale,
    /// `.kbm`
    Keyboard,
}

impl Kind {
    fn ending(self) -> &'static str {
        match self {
            Self::Scale => "scl",
            Self::Keyboard => "kbm",
        }
    }
}

/// The folder of the player's tunings.
#[derive(Clone, Debug, Default)]
pub(crate) struct Folder(PathBuf);

/// What lies in it, by file name.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Listing {
    /// Files that end in `.scl`.
    pub(crate) scales: Vec<String>,
    /// Files that end in `.kbm`.
    pub(crate) keyboards: Vec<String>,
}

impl Folder {
    /// Where the system keeps a user's data; an empty path where it tells no such place.
    pub(crate) fn of_the_user() -> Self {
        Self(folder::data().map_or_else(PathBuf::new, |data| data.join("tunings")))
    }

    /// Any other folder.
    #[cfg(test)]
    pub(crate) fn at(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// Where it is, as words.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Makes the folder where it is missing, so that the player finds it, and looks through it. Names
    /// that are no Unicode are left out.
    ///
    /// # Errors
    ///
    /// What the system says about the folder, with its path.
    pub(crate) fn list(&self) -> Result<Listing, String> {
        if self.0.as_os_str().is_empty() {
            return Err("The system tells no folder for user data. Set HOME, start anew".into());
        }
        self.try_list().map_err(|error| {
            let path = self.0.display();
            format!("{path}: the folder cannot be read ({error}). Check that it may be opened")
        })
    }

    fn try_list(&self) -> io::Result<Listing> {
        std::fs::create_dir_all(&self.0)?;
        let mut listing = Listing::default();
        for entry in std::fs::read_dir(&self.0)?.take(MOST_FILES) {
            let Ok(name) = entry?.file_name().into_string() else {
                continue;
            };
            let is = |kind: Kind| {
                let ending = Path::new(&name).extension();
                ending.is_some_and(|ending| ending.eq_ignore_ascii_case(kind.ending()))
            };
            if is(Kind::Scale) {
                listing.scales.push(name);
            } else if is(Kind::Keyboard) {
                listing.keyboards.push(name);
            }
        }
        for names in [&mut listing.scales, &mut listing.keyboards] {
            names.sort_by_key(|name| (name.to_lowercase(), name.clone()));
        }
        Ok(listing)
    }

    /// Reads one of the files.
    ///
    /// # Errors
    ///
    /// In words, with the file's name: it cannot be read, is too long, or is no text.
    pub(crate) fn read(&self, name: &str) -> Result<TextFile, String> {
        let most = u64::try_from(LONGEST_FILE).unwrap_or(u64::MAX);
        let bytes = folder::read(&self.0.join(name), most).map_err(|error| {
            let what = "Check that it is there and may be opened";
            format!("{name}: the file cannot be read ({error}). {what}")
        })?;
        let text = decode(name, &bytes).map_err(|refused| refused.to_string())?;
        let name = name.to_owned();
        Ok(TextFile { name, text })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Both kinds are listed in order, whatever the case of their letters; a folder that was not
    /// there is there afterwards.
    #[test]
    fn a_folder_is_listed() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::at(&place.path().join("new").join("tunings"));
        assert_eq!(folder.list(), Ok(Listing::default()));
        for name in ["b.scl", "A.SCL", "c.scl.txt", "k.kbm", "notes"] {
            std::fs::write(folder.path().join(name), "x").unwrap();
        }
        let found = folder.list().unwrap();
        assert_eq!(found.scales, ["A.SCL", "b.scl"]);
        assert_eq!(found.keyboards, ["k.kbm"]);
    }

    /// What is no UTF-8 is read as Latin-1, line ends of every system are one; what is missing, too
    /// long or no text is refused by name.
    #[test]
    fn files_are_read_or_refused_by_name() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::at(place.path());
        let write = |name: &str, bytes: &[u8]| std::fs::write(place.path().join(name), bytes);
        write("latin.scl", b"Caf\xe9\r\n0\r1").unwrap();
        assert_eq!(folder.read("latin.scl").unwrap().text, "Café\n0\n1");
        write("utf.scl", "\u{feff}Café\n".as_bytes()).unwrap();
        assert_eq!(folder.read("utf.scl").unwrap().text, "Café\n");
        write("wide.scl", b"C\0a\0f\0\xe9\0").unwrap();
        write("long.scl", &vec![b'!'; LONGEST_FILE + 1]).unwrap();
        for name in ["wide.scl", "long.scl", "missing.scl"] {
            let words = folder.read(name).unwrap_err();
            assert!(words.starts_with(name), "{words}");
        }
        assert!(Folder::default().list().is_err(), "no place at all");
        let blocked = Folder::at(&place.path().join("utf.scl"));
        assert!(blocked.list().is_err_and(|words| words.contains("utf.scl")));
    }
}

//! Where the player's own files lie, and how they are read and written: one folder for all
//! instances, made when something is written.
//!
//! ```text
//!  BETWIXT_DATA, or the platform's folder of user data / Betwixt ─┬─ controllers.toml
//!                                                                 ├─ favourites.txt
//!                                                                 ├─ presets/ BANK/ …
//!                                                                 └─ tunings/ …
//! ```
//!
//! *Promise:* a file is written whole or not at all, and never more of one is read than it may have.
//!
//! Not for the audio thread.

use etcetera::base_strategy::{BaseStrategy, choose_native_strategy};
use std::ffi::{OsStr, OsString};
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::str::Utf8Error;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;
use std::{fs, io};

/// Names another folder: for tests, and for players who keep their files elsewhere.
const VARIABLE: &str = "BETWIXT_DATA";
/// The folder's own name.
const NAME: &str = "Betwixt";
/// How the name of an unfinished file ends.
const PART: &str = ".part";
/// An unfinished file of this age is nobody's any more.
const LEFT_BEHIND: Duration = Duration::from_secs(24 * 3600);

/// The folder, whether it is there or not; none where the system knows no home.
pub(crate) fn data() -> Option<PathBuf> {
    if cfg!(test) {
        // Tests meet nobody's own files.
        return Some(PathBuf::from("/nowhere").join(NAME));
    }
    if let Some(named) = std::env::var_os(VARIABLE).filter(|named| !named.is_empty()) {
        return Some(PathBuf::from(named));
    }
    let strategy = choose_native_strategy().ok()?;
    Some(strategy.data_dir().join(NAME))
}

/// A file that is refused, and why.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {problem}")]
pub(crate) struct Refused<P: std::error::Error + 'static> {
    /// Its path, or what else it is called.
    pub(crate) file: String,
    /// What is wrong with it.
    #[source]
    pub(crate) problem: P,
}

/// Why a file of text could not be read.
#[derive(Debug)]
pub(crate) enum Unread {
    /// The operating system would not give it.
    Access(io::Error),
    /// It is larger than it may be.
    TooLarge,
    /// It is no UTF-8.
    NoText(Utf8Error),
}

/// Reads a file as text, no more than `most` bytes of it.
pub(crate) fn read_text(path: &Path, most: u64) -> Result<String, Unread> {
    let bytes = read(path, most).map_err(Unread::Access)?;
    if u64::try_from(bytes.len()).is_ok_and(|len| len > most) {
        return Err(Unread::TooLarge);
    }
    String::from_utf8(bytes).map_err(|error| Unread::NoText(error.utf8_error()))
}

/// Reads a file, no more than `most` bytes of it and one that tells that there are more. What is no
/// file is refused before it is opened: a pipe would wait for its other end.
pub(crate) fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?
        .take(most.saturating_add(1))
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Writes a file whole or not at all, whenever the power is cut; the folders above it are made.
///
/// ```text
///  .NAME.PROCESS-COUNT.part ─ write, sync ─► rename to NAME ─► sync the folder
/// ```
///
/// The bytes are on the disk before the name is theirs, and no two writers share a part. Parts that
/// a crash has left behind are removed when the same file is written again, a day later or more.
/// Where the name is a link, the file that it leads to is written.
pub(crate) fn write(path: &Path, content: impl AsRef<[u8]>) -> io::Result<()> {
    let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let nameless = || io::Error::new(io::ErrorKind::InvalidInput, "it names no file");
    let (folder, name) = place.parent().zip(place.file_name()).ok_or_else(nameless)?;
    let folder = match folder.as_os_str().is_empty() {
        true => Path::new("."),
        false => folder,
    };
    fs::create_dir_all(folder)?;
    sweep(folder, name);
    let part = folder.join(part_of(name));
    let written = write_part(&part, content.as_ref())
        .and_then(|()| fs::rename(&part, &place))
        .and_then(|()| sync_folder(folder));
    if written.is_err() {
        drop(fs::remove_file(&part));
    }
    written
}

/// A name that no other writer has, in this process or another one.
fn part_of(name: &OsStr) -> OsString {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let mut part = begin_of_parts(name);
    let (process, count) = (std::process::id(), COUNT.fetch_add(1, Relaxed));
    part.push(format!("{process}-{count}{PART}"));
    part
}

fn begin_of_parts(name: &OsStr) -> OsString {
    let mut begin = OsString::from(".");
    begin.push(name);
    begin.push(".");
    begin
}

fn write_part(part: &Path, content: &[u8]) -> io::Result<()> {
    // What a process of the same number left behind is in nobody's hands any more.
    if part.exists() {
        fs::remove_file(part)?;
    }
    let mut file = OpenOptions::new().write(true).create_new(true).open(part)?;
    file.write_all(content)?;
    file.sync_all()
}

/// A new name is on the disk once its folder is. Windows cannot open folders, and needs no such care.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Removes what crashes have left of a file's parts. What cannot be removed does no harm.
fn sweep(folder: &Path, name: &OsStr) {
    let begin = begin_of_parts(name).to_string_lossy().into_owned();
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let part = entry.file_name().to_string_lossy().into_owned();
        let is_part = part.starts_with(&begin) && part.ends_with(PART);
        let modified = || entry.metadata().and_then(|about| about.modified()).ok();
        let is_old = || modified()?.elapsed().ok().map(|age| age > LEFT_BEHIND);
        if is_part && is_old().unwrap_or(false) {
            drop(fs::remove_file(entry.path()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::SystemTime;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let name = |entry: io::Result<fs::DirEntry>| entry.unwrap().file_name();
        let mut names: Vec<String> = entries.map(|e| name(e).into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// The folders above a file are made, an older file is replaced, and nothing else is left.
    #[test]
    fn files_are_written_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("one/two/map.toml");
        for text in ["first", "second"] {
            write(&path, text).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        assert_eq!(names(path.parent().unwrap()), ["map.toml"]);
        assert!(write(&path.join("below a file"), "x").is_err());
        assert!(write(Path::new("/"), "x").is_err());
    }

    /// A file that cannot get its name leaves what was there, and no part.
    #[test]
    fn a_failed_write_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let taken = folder.path().join("taken");
        fs::create_dir(&taken).unwrap();
        fs::write(taken.join("inside"), "x").unwrap();
        assert!(write(&taken, "text").is_err());
        assert_eq!(names(folder.path()), ["taken"]);
        assert_eq!(names(&taken), ["inside"]);
    }

    /// Eight writers of one file: whenever it is looked at, one of their texts stands there, whole.
    #[test]
    fn two_writers_never_mix() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shared.txt");
        let texts: Vec<String> = (0..8u8)
            .map(|own| char::from(b'a' + own).to_string().repeat(20_000))
            .collect();
        write(&path, &texts[0]).unwrap();
        std::thread::scope(|scope| {
            for text in &texts {
                let path = &path;
                scope.spawn(move || (0..20).for_each(|_| write(path, text).unwrap()));
            }
            for _ in 0..200 {
                let found = fs::read_to_string(&path).unwrap();
                assert!(texts.contains(&found), "{} bytes", found.len());
            }
        });
        assert_eq!(names(folder.path()), ["shared.txt"]);
    }

    /// A part that a crash left goes with the next write of its file; a young one may be another
    /// writer's, and other files are nobody's business.
    #[test]
    fn parts_left_behind_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let old = [".a.txt.7-0.part", ".b.txt.7-0.part", "a.txt.part"];
        for name in old {
            let file = File::create(folder.path().join(name)).unwrap();
            file.set_modified(SystemTime::UNIX_EPOCH).unwrap();
        }
        File::create(folder.path().join(".a.txt.8-0.part")).unwrap();
        write(&folder.path().join("a.txt"), "text").unwrap();
        let left = [".a.txt.8-0.part", ".b.txt.7-0.part", "a.txt", "a.txt.part"];
        assert_eq!(names(folder.path()), left);
    }

    /// A link stays one; its file is written.
    #[cfg(unix)]
    #[test]
    fn links_are_followed() {
        let folder = tempfile::tempdir().unwrap();
        let [file, link] = ["file", "link"].map(|name| folder.path().join(name));
        fs::write(&file, "old").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        write(&link, "new").unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }

    /// As many bytes as there may be are read; one more, bytes that are no text, a folder and what
    /// is not there are told apart.
    #[test]
    fn files_are_read_within_bounds() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("text");
        fs::write(&path, "12345").unwrap();
        assert_eq!(read_text(&path, 5).unwrap(), "12345");
        assert!(matches!(read_text(&path, 4), Err(Unread::TooLarge)));
        assert_eq!(read(&path, 2).unwrap(), b"123");
        fs::write(&path, [0xc3, 0x28]).unwrap();
        assert!(matches!(read_text(&path, 5), Err(Unread::NoText(_))));
        let access = |path: &Path| matches!(read_text(path, 5), Err(Unread::Access(_)));
        assert!(access(folder.path()) && access(&path.join("below")));
    }
}

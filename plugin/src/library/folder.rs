//! The player's own models: the files of one folder and its sub-folders.
//!
//! ```text
//!  user data / Betwixt / models / **/*.safetensors ─► look ─► File (path, what it is or why not)
//!                                   ▲                   └─► find, by hash
//!  a file from anywhere ─► import ──┘
//! ```
//!
//! A file is read when it is new or has changed (by size and time), once for all instances; never on
//! the audio thread.

use super::{Description, Loaded, Wanted};
use crate::folder;
use betwixt_model::{ContentHash, Model};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;
use std::{fs, io};

/// More files than this are not looked at, nor folders deeper than that.
const MOST_FILES: usize = 4_096;
const DEEPEST: usize = 4;
/// What a model's file ends with.
const ENDING: &str = "safetensors";

/// One file of the folder.
#[derive(Clone, Debug)]
pub(crate) struct File {
    /// Where it is.
    pub(crate) path: PathBuf,
    /// What it is, or why it cannot be played.
    pub(crate) about: Result<Arc<Description>, String>,
}

/// When a file was what it is known as.
type Stamp = (u64, Option<SystemTime>);

/// Where the player's models lie; none where the system knows no folder for user data.
pub(crate) fn path() -> Option<PathBuf> {
    Some(folder::data()?.join("models"))
}

/// What is known of files.
fn known() -> MutexGuard<'static, BTreeMap<PathBuf, (Stamp, File)>> {
    static KNOWN: Mutex<BTreeMap<PathBuf, (Stamp, File)>> = Mutex::new(BTreeMap::new());
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Looks through the folder, which is made if it is missing; files in the order of their paths.
///
/// # Errors
///
/// What the system says about the folder, with its path.
pub(crate) fn look() -> Result<Vec<File>, String> {
    let Some(folder) = path() else {
        return Err("The system tells no folder for user data. Set HOME, start anew".into());
    };
    look_in(&folder)
}

/// The same in any folder.
pub(super) fn look_in(folder: &Path) -> Result<Vec<File>, String> {
    let mut paths = Vec::new();
    fs::create_dir_all(folder)
        .and_then(|()| gather(folder, 0, &mut paths))
        .map_err(|error| {
            let path = folder.display();
            format!("{path}: the folder cannot be read ({error}). Check that it may be opened")
        })?;
    paths.sort();
    Ok(paths.into_iter().map(|path| known_file(&path)).collect())
}

fn gather(folder: &Path, depth: usize, paths: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if paths.len() >= MOST_FILES {
            break;
        }
        let is_model = path
            .extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case(ENDING));
        if path.is_dir() {
            if depth < DEEPEST {
                // A folder that may not be opened hides only what is in it.
                drop(gather(&path, depth + 1, paths));
            }
        } else if is_model {
            paths.push(path);
        }
    }
    Ok(())
}

fn known_file(path: &Path) -> File {
    let stamp = fs::metadata(path).map_or((0, None), |about| (about.len(), about.modified().ok()));
    if let Some((then, file)) = known().get(path)
        && *then == stamp
    {
        return file.clone();
    }
    let file = File {
        path: path.to_owned(),
        about: read(path).map(|loaded| loaded.description),
    };
    known().insert(path.to_owned(), (stamp, file.clone()));
    file
}

/// Reads a model's file.
pub(super) fn read(path: &Path) -> Result<Loaded, String> {
    let bytes = Model::read_bytes(path).map_err(|error| error.to_string())?;
    let name = path.display().to_string();
    Loaded::from_bytes(&name, bytes).map_err(|error| error.to_string())
}

/// Finds a model in the folder by what it is.
///
/// # Errors
///
/// In words: that it is not there, and what to do.
pub(super) fn find(wanted: &Wanted, hash: &str) -> Result<Loaded, String> {
    let missing = |place: &str| {
        let (name, short) = (wanted.words(), hash.chars().take(12).collect::<String>());
        format!("{name}: no model with the content {short}… is in {place}; put its file there")
    };
    let Some(folder) = path() else {
        return Err(missing(
            "the folder of models, which the system does not tell",
        ));
    };
    let is_it = |file: &File| {
        let about = file.about.as_ref();
        about.is_ok_and(|about| about.hash.to_string() == hash)
    };
    let files = look_in(&folder)?;
    let file = files.into_iter().find(is_it);
    let loaded = read(
        &file
            .ok_or_else(|| missing(&folder.display().to_string()))?
            .path,
    )?;
    // It may have become another one since it was looked at.
    if loaded.description.hash.to_string() == hash {
        Ok(loaded)
    } else {
        Err(missing(&folder.display().to_string()))
    }
}

/// Copies a model's file into the folder, if it is one, unless its content is there already.
///
/// # Errors
///
/// In words: why it cannot be played, or why it cannot be copied.
pub(crate) fn import(from: &Path) -> Result<Wanted, String> {
    let folder = path().ok_or("The system tells no folder for user data. Set HOME, start anew")?;
    import_into(&folder, from)
}

/// The same into any folder.
pub(super) fn import_into(folder: &Path, from: &Path) -> Result<Wanted, String> {
    let loaded = read(from)?;
    let hash = loaded.description.hash;
    let same = |file: &File| file.about.as_ref().is_ok_and(|about| about.hash == hash);
    if !look_in(folder)?.iter().any(same) {
        let to = free_name(folder, from, hash);
        folder::write(&to, &loaded.bytes).map_err(|error| {
            let path = to.display();
            format!("{path}: cannot be written ({error}). Check that the folder may be written to")
        })?;
    }
    Ok(loaded.wanted())
}

/// A name in the folder that no other model has.
fn free_name(folder: &Path, from: &Path, hash: ContentHash) -> PathBuf {
    let name = from.file_name().unwrap_or("model.safetensors".as_ref());
    let plain = folder.join(name);
    if !plain.exists() {
        return plain;
    }
    let stem = from.file_stem().unwrap_or("model".as_ref());
    let short: String = hash.to_string().chars().take(8).collect();
    let mut name = stem.to_owned();
    name.push(format!(" {short}.{ENDING}"));
    folder.join(name)
}

#[cfg(test)]
mod tests {
    use super::super::tests::tiny_model;
    use super::*;

    /// Models are found in sub-folders too, what is no model says why, other files are passed over.
    #[test]
    fn the_folder_is_looked_through() {
        let place = tempfile::tempdir().unwrap();
        let write = |name: &str, bytes: &[u8]| {
            let path = place.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        };
        write("b/one.safetensors", &tiny_model(1));
        write("a.SAFETENSORS", &tiny_model(2));
        write("broken.safetensors", b"no model");
        write("readme.txt", b"words");
        let files = look_in(place.path()).unwrap();
        let latents: Vec<Option<usize>> = files
            .iter()
            .map(|file| Some(file.about.as_ref().ok()?.header.latents.len()))
            .collect();
        assert_eq!(latents, [Some(2), Some(1), None]);
        let problem = files[2].about.as_ref().unwrap_err();
        assert!(problem.contains("broken.safetensors"), "{problem}");
        // A file that has changed is read anew.
        write("broken.safetensors", &tiny_model(3));
        assert!(look_in(place.path()).unwrap()[2].about.is_ok());
        let blocked = place.path().join("readme.txt");
        let problem = look_in(&blocked).unwrap_err();
        assert!(problem.contains("readme.txt"), "{problem}");
    }

    /// An imported model is there once, whatever it was called; another one of the same name gets a
    /// name of its own; what is no model is refused and not copied.
    #[test]
    fn models_are_imported_once() {
        let (place, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let from = |name: &str, bytes: &[u8]| {
            let path = other.path().join(name);
            fs::write(&path, bytes).unwrap();
            path
        };
        let first = from("cello.safetensors", &tiny_model(1));
        let again = from("celli.safetensors", &tiny_model(1));
        let wanted = import_into(place.path(), &first).unwrap();
        assert_eq!(import_into(place.path(), &again).as_ref(), Ok(&wanted));
        assert_eq!(look_in(place.path()).unwrap().len(), 1);
        let second = from("cello.safetensors", &tiny_model(2));
        let other = import_into(place.path(), &second).unwrap();
        assert_ne!(other, wanted);
        let bad = from("bad.safetensors", b"");
        assert!(import_into(place.path(), &bad).is_err());
        let names: Vec<PathBuf> = look_in(place.path())
            .unwrap()
            .into_iter()
            .map(|file| file.path)
            .collect();
        assert_eq!(names.len(), 2);
        assert!(names.contains(&place.path().join("cello.safetensors")));
    }
}

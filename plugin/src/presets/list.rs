//! All presets that there are: the factory's, and the player's own in folders as banks.
//!
//! ```text
//!  factory texts ─────────────┐
//!  presets/*.toml ────────────┼─ a thread of its own ─► List: items in order, faults
//!  presets/BANK/…/*.toml ─────┘
//! ```
//!
//! A file that is refused is said and left out; it hides no other one.

use super::{Preset, factory};
use crate::folder;
use crate::parameters::Parameters;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::{self, JoinHandle};

/// More files than this are not listed.
const MOST_FILES: usize = 10_000;
/// Letters of a file's name, at most: four bytes each, and the ending, fit into 255.
const LONGEST_FILE_NAME: usize = 60;
/// Folders in folders, at most.
const DEEPEST: usize = 4;

/// Where a preset lies.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// It is built in; the name of its file without the ending.
    Factory(&'static str),
    /// A file of the player's, from the presets' folder on.
    Own(PathBuf),
}

impl Place {
    /// As favourites name it: the same on every system.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Factory(name) => format!("factory/{name}"),
            Self::Own(path) => {
                let parts = path.iter().map(|part| part.to_string_lossy());
                format!("own/{}", parts.collect::<Vec<_>>().join("/"))
            }
        }
    }

    /// The folder in which it lies among the player's own; the factory's has a name too.
    pub(crate) fn bank(&self) -> String {
        match self {
            Self::Factory(_) => "Factory".into(),
            Self::Own(path) => {
                let folder = path
                    .parent()
                    .filter(|folder| !folder.as_os_str().is_empty());
                folder.map_or_else(
                    || "My presets".into(),
                    |folder| folder.display().to_string(),
                )
            }
        }
    }
}

/// A preset in the list.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    /// Where it lies.
    pub(crate) place: Place,
    /// What it is.
    pub(crate) preset: Arc<Preset>,
}

/// All of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct List {
    /// By category, then by name.
    pub(crate) items: Vec<Item>,
    /// What was refused, and why.
    pub(crate) faults: Vec<String>,
}

/// The folder of the player's own presets.
pub(crate) fn own_folder() -> Option<PathBuf> {
    Some(folder::data()?.join("presets"))
}

/// A name as the name of a file or a folder on every system; none where nothing is left of it.
pub(crate) fn file_name(name: &str) -> Option<String> {
    let is_plain = |letter: char| letter.is_alphanumeric() || " -_,'()".contains(letter);
    let plain = name
        .chars()
        .map(|letter| if is_plain(letter) { letter } else { '_' });
    let plain: String = plain.take(LONGEST_FILE_NAME).collect();
    let plain = plain.trim();
    let upper = plain.to_uppercase();
    let is_device = match upper.as_bytes() {
        [b'C', b'O', b'M', digit] | [b'L', b'P', b'T', digit] => digit.is_ascii_digit(),
        other => [&b"CON"[..], b"PRN", b"AUX", b"NUL"].contains(&other),
    };
    let end = if is_device { "_" } else { "" };
    (!plain.is_empty()).then(|| format!("{plain}{end}"))
}

impl List {
    /// Reads all of them; stops where it is over.
    pub(super) fn read(own: Option<&Path>, parameters: &Parameters, is_over: &AtomicBool) -> Self {
        let mut list = Self::default();
        for (name, text) in factory::TEXTS {
            let file = format!("assets/presets/{name}.toml");
            let read = Preset::read(&file, text, parameters);
            list.add(
                Place::Factory(name),
                read.map_err(|error| error.to_string()),
            );
        }
        if let Some(own) = own {
            let mut files = Vec::new();
            find(own, Path::new(""), 0, &mut files);
            files.sort();
            for file in files {
                if is_over.load(Relaxed) {
                    break;
                }
                let read = Preset::read_file(&own.join(&file), parameters);
                list.add(Place::Own(file), read.map_err(|error| error.to_string()));
            }
        }
        list.items.sort_by_cached_key(|item| {
            let head = &item.preset.head;
            (head.category, head.name.to_lowercase(), item.place.clone())
        });
        list
    }

    fn add(&mut self, place: Place, read: Result<Preset, String>) {
        match read {
            Ok(preset) => self.items.push(Item {
                place,
                preset: Arc::new(preset),
            }),
            Err(fault) => self.faults.push(fault),
        }
    }

    /// All authors, each once, in order.
    pub(crate) fn authors(&self) -> Vec<String> {
        let authors = self
            .items
            .iter()
            .map(|item| item.preset.head.author.clone());
        let mut authors: Vec<String> = authors.filter(|author| !author.is_empty()).collect();
        authors.sort();
        authors.dedup();
        authors
    }
}

/// The presets' files below a folder. What cannot be looked into holds none.
fn find(root: &Path, within: &Path, depth: usize, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(root.join(within)) else {
        return;
    };
    for entry in entries.flatten() {
        if files.len() >= MOST_FILES {
            return;
        }
        let name = entry.file_name();
        if name.to_string_lossy().starts_with('.') {
            continue;
        }
        let path = within.join(&name);
        let is_folder = root.join(&path).is_dir();
        let is_preset = path
            .extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case("toml"));
        if is_folder && depth < DEEPEST {
            find(root, &path, depth + 1, files);
        } else if !is_folder && is_preset {
            files.push(path);
        }
    }
}

/// The list, while it is being read and afterwards.
pub(crate) struct Scan {
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<List>>,
    list: List,
}

impl Scan {
    /// Nothing has been read yet.
    pub(crate) fn new() -> Self {
        Self {
            is_over: Arc::default(),
            thread: None,
            list: List::default(),
        }
    }

    /// Reads all of them beside the window; where the system gives no thread, at once.
    pub(crate) fn start(&mut self, own: Option<PathBuf>, parameters: Arc<Parameters>) {
        self.end();
        self.is_over = Arc::default();
        let is_over = Arc::clone(&self.is_over);
        let (folder, own_parameters) = (own.clone(), Arc::clone(&parameters));
        let work = move || List::read(folder.as_deref(), &own_parameters, &is_over);
        let thread = thread::Builder::new().name("betwixt presets".into());
        match thread.spawn(work) {
            Ok(thread) => self.thread = Some(thread),
            Err(_) => self.list = List::read(own.as_deref(), &parameters, &self.is_over),
        }
    }

    /// Whether it is still being read.
    pub(crate) fn is_busy(&self) -> bool {
        self.thread.is_some()
    }

    /// The list as it was read last; true if it is another one.
    pub(crate) fn look(&mut self) -> bool {
        let is_done = self.thread.as_ref().is_some_and(JoinHandle::is_finished);
        let thread = if is_done { self.thread.take() } else { None };
        let list = thread.and_then(|thread| thread.join().ok());
        let is_new = list.is_some();
        self.list = list.unwrap_or_else(|| std::mem::take(&mut self.list));
        is_new
    }

    /// What has been read.
    pub(crate) fn list(&self) -> &List {
        &self.list
    }

    /// Waits for the thread, which is told to stop.
    fn end(&mut self) {
        self.is_over.store(true, Relaxed);
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

impl Drop for Scan {
    fn drop(&mut self) {
        self.end();
    }
}

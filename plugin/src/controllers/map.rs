//! All mappings: changed by the window, by a loaded project and by what has been learnt; read by
//! the audio thread without waiting.
//!
//! ```text
//!  window, project ─► [Mapping] (lock) ─► words (atomics) + version ─► Table, a copy (audio thread)
//!  window ─► armed ─► audio thread ─► learnt ─► settle (window or worker) ─┘
//! ```
//!
//! The version is odd while words are written: then the audio thread keeps its old copy. Words that
//! changed while it copied them are not played: nothing is mapped until its next call.
//!
//! *Real time:* [`Map::read`], [`Map::armed`], [`Map::tell_learnt`] are atomics alone; the rest locks.

use super::file::{self, MapError};
use super::mapping::Mapping;
use super::source::Source;
use nice_plug::params::persist::PersistentField;
use std::path::Path;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicU32, AtomicU64, fence};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The most mappings that there may be.
pub(crate) const MOST: usize = 256;
/// The first of the controllers that move the latents of a new instance.
const FIRST_CONTROLLER: u8 = 20;
/// How many of them there are.
const CONTROLLERS: u8 = 8;
/// Marks a word of what has been learnt as one.
const LEARNT: u64 = 1 << 63;

/// A parameter that can be a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// As it is saved.
    pub(crate) id: &'static str,
    /// Whether it can be learnt: what cannot be automated cannot.
    pub(crate) is_movable: bool,
}

/// The mappings of an instance.
#[derive(Debug)]
pub(crate) struct Map {
    targets: Vec<Target>,
    rows: Mutex<Vec<Mapping>>,
    version: AtomicU32,
    count: AtomicU32,
    words: Box<[[AtomicU32; 5]; MOST]>,
    /// The target that waits for a controller, and one; 0 for none.
    armed: AtomicU32,
    /// The target and the source that moved; 0 for none.
    learnt: AtomicU64,
}

/// The audio thread's copy of the mappings.
#[derive(Debug)]
pub(super) struct Table {
    version: u32,
    count: usize,
    rows: [Mapping; MOST],
}

impl Map {
    /// The mappings of a new instance, for these parameters in the order of their table.
    pub(crate) fn new(targets: Vec<Target>) -> Self {
        let map = Self {
            rows: Mutex::default(),
            version: AtomicU32::new(0),
            count: AtomicU32::new(0),
            words: Box::new(std::array::from_fn(|_| Default::default())),
            armed: AtomicU32::new(0),
            learnt: AtomicU64::new(0),
            targets,
        };
        map.replace(map.factory());
        map
    }

    /// Controllers 20 … 27 move latents 1 … 8.
    pub(crate) fn factory(&self) -> Vec<Mapping> {
        let row = |index: u8| {
            let source = Source::Control(FIRST_CONTROLLER + index);
            Mapping::new(source, usize::from(index))
        };
        let latents = (0..CONTROLLERS).filter(|index| usize::from(*index) < self.targets.len());
        latents.map(row).collect()
    }

    /// A new instance begins with the player's own map, if there is one that can be read.
    pub(crate) fn start(&self, own: Option<&Path>) {
        if let Some(own) = own.filter(|own| own.is_file()) {
            // What is wrong with it is said where it is imported by hand.
            drop(self.import(own));
        }
    }

    /// A parameter's place in the table, by its identifier.
    pub(crate) fn place(&self, id: &str) -> Option<usize> {
        self.targets.iter().position(|target| target.id == id)
    }

    /// Whether there is no room for another mapping.
    pub(crate) fn is_full(&self) -> bool {
        self.lock().len() == MOST
    }

    /// All mappings, in the order in which they were made.
    pub(crate) fn rows(&self) -> Vec<Mapping> {
        self.lock().clone()
    }

    /// These mappings instead; those without room are left out.
    pub(crate) fn replace(&self, mut rows: Vec<Mapping>) {
        rows.truncate(MOST);
        let mut own = self.lock();
        *own = rows;
        self.publish(&own);
    }

    /// Changes the mapping at a place, if it still is what it was when it was shown, and if there is
    /// no other one of the new origin and target.
    pub(crate) fn change(&self, place: usize, shown: &Mapping, new: Option<Mapping>) {
        let mut rows = self.lock();
        if rows.get(place) != Some(shown) {
            return;
        }
        let same = |new: &Mapping| rows.iter().position(|row| row.is_same(new));
        match new {
            Some(new) if same(&new).is_none_or(|other| other == place) => rows[place] = new,
            Some(_) => return,
            None => drop(rows.remove(place)),
        }
        self.publish(&rows);
    }

    /// No controller moves the target any more; the parameter is waited for by none either.
    pub(crate) fn clear(&self, target: usize) {
        let mut rows = self.lock();
        rows.retain(|row| row.target != target);
        self.publish(&rows);
    }

    /// Adds a mapping. One of the same origin and target is replaced; false where there is no room.
    pub(crate) fn add(&self, mapping: Mapping) -> bool {
        let mut rows = self.lock();
        let same =
            |row: &&mut Mapping| row.origin == mapping.origin && row.target == mapping.target;
        if let Some(row) = rows.iter_mut().find(same) {
            *row = mapping;
        } else if rows.len() < MOST {
            rows.push(mapping);
        } else {
            return false;
        }
        self.publish(&rows);
        true
    }

    /// The map as text.
    pub(crate) fn text(&self) -> String {
        file::write(&self.rows(), &self.targets)
    }

    /// Takes the map from a file, whole or not at all.
    pub(crate) fn import(&self, path: &Path) -> Result<(), MapError> {
        let rows = file::read_file(path, &self.targets)?;
        self.replace(rows);
        Ok(())
    }

    /// Writes the map to a file.
    pub(crate) fn export(&self, path: &Path) -> Result<(), MapError> {
        file::write_file(path, &self.text())
    }

    /// The next controller that moves will be mapped to the target; none where none is named.
    pub(crate) fn arm(&self, target: Option<usize>) {
        self.settle();
        let word = target.and_then(|target| u32::try_from(target + 1).ok());
        self.armed.store(word.unwrap_or(0), Relaxed);
    }

    /// The target that waits for a controller.
    pub(crate) fn armed(&self) -> Option<usize> {
        let word = self.armed.load(Relaxed).checked_sub(1)?;
        usize::try_from(word).ok()
    }

    /// The audio thread has heard a source move while the target was armed. False if it waits no
    /// more.
    pub(super) fn tell_learnt(&self, target: usize, source: Source) -> bool {
        let Ok(word) = u32::try_from(target) else {
            return false;
        };
        let own = self.armed.compare_exchange(word + 1, 0, Relaxed, Relaxed);
        if own.is_ok() {
            let learnt = LEARNT | u64::from(word) << 32 | u64::from(source.to_word());
            self.learnt.store(learnt, Release);
        }
        own.is_ok()
    }

    /// Whether something has been learnt that is not in the map yet.
    pub(crate) fn has_learnt(&self) -> bool {
        self.learnt.load(Relaxed) != 0
    }

    /// Puts what has been learnt into the map; true if there was something. Not for the audio
    /// thread.
    pub(crate) fn settle(&self) -> bool {
        let learnt = self.learnt.swap(0, Acquire);
        if learnt == 0 {
            return false;
        }
        let [_, _, high, low, a, b, c, d] = learnt.to_be_bytes();
        let source = Source::from_word(u32::from_be_bytes([a, b, c, d]));
        let target = usize::from(u16::from_be_bytes([high, low]));
        self.add(Mapping::new(source, target))
    }

    /// Copies the mappings if they have changed; false if they have not, or are being changed.
    pub(super) fn read(&self, table: &mut Table) -> bool {
        let before = self.version.load(Acquire);
        if before == table.version || before % 2 == 1 {
            return false;
        }
        let count = usize::try_from(self.count.load(Relaxed)).map_or(0, |count| count.min(MOST));
        for (row, words) in table.rows.iter_mut().zip(&*self.words).take(count) {
            let words = words.each_ref().map(|word| word.load(Relaxed));
            *row = Mapping::from_words(words);
        }
        fence(Acquire);
        let is_whole = self.version.load(Relaxed) == before;
        table.count = if is_whole { count } else { 0 };
        table.version = if is_whole { before } else { u32::MAX };
        true
    }

    /// Shows the mappings to the audio thread; the lock is held, so there is one writer.
    fn publish(&self, rows: &[Mapping]) {
        let version = self.version.load(Relaxed);
        self.version.store(version.wrapping_add(1), Relaxed);
        fence(Release);
        for (row, words) in rows.iter().zip(&*self.words) {
            for (shared, word) in words.iter().zip(row.to_words()) {
                shared.store(word, Relaxed);
            }
        }
        self.count
            .store(u32::try_from(rows.len()).unwrap_or(0), Relaxed);
        self.version.store(version.wrapping_add(2), Release);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Mapping>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    /// Nothing is mapped yet.
    pub(super) fn new() -> Self {
        Self {
            version: u32::MAX,
            count: 0,
            rows: [Mapping::new(Source::Bend, 0); MOST],
        }
    }

    /// The mappings.
    pub(super) fn rows(&self) -> &[Mapping] {
        &self.rows[..self.count]
    }

    /// Whether anything follows a source on a channel.
    pub(super) fn follows(&self, source: Source, channel: u8) -> bool {
        let mut rows = self.rows().iter();
        rows.any(|row| row.origin.hears(source, channel))
    }
}

/// The project has the map as the text that is in files. What is damaged in it is left out.
impl PersistentField<'_, String> for Map {
    fn set(&self, text: String) {
        if let Some(rows) = file::salvage(&text, &self.targets) {
            self.replace(rows);
        }
    }

    fn map<F: Fn(&String) -> R, R>(&self, read: F) -> R {
        read(&self.text())
    }
}

//! The tuning that is chosen: saved with the project, shown in the window, played by the audio
//! thread.
//!
//! ```text
//!  project ─► set ───┐                        ┌─► Shown ─► window
//!  window ──► choose ┴─► Saved ─► parse ─ ok ─┼─► Slot ──► Tuner (audio thread)
//!                                   └ refused ┴─► problem, in words
//! ```
//!
//! A file that the player chooses and that is refused changes nothing. One in a project that is
//! opened gives twelve equal steps, and is saved again as it came.

use super::folder::{Folder, Kind};
use super::mts::Client;
use super::saved::{EQUAL, Saved};
use super::slot::Slot;
use betwixt_engine::Tuning;
use nice_plug::params::persist::PersistentField;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

/// What is said of a project whose tuning cannot be read at all.
const DAMAGED: &str = "The project's tuning is damaged: 12 equal steps play. Choose the scale anew";

/// The tuning of an instance.
#[derive(Debug, Default)]
pub(crate) struct Choice {
    /// For the window and the host's main thread alone.
    chosen: Mutex<Chosen>,
    own: Slot,
    /// The opposite of following, so that what is new follows.
    is_alone: AtomicBool,
    client: OnceLock<Result<Option<Client>, String>>,
}

#[derive(Debug)]
struct Chosen {
    saved: Saved,
    name: String,
    problem: Option<String>,
}

impl Default for Chosen {
    fn default() -> Self {
        Self {
            saved: Saved::default(),
            name: EQUAL.into(),
            problem: None,
        }
    }
}

/// What the window says about the tuning.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Shown {
    /// The tuning in force.
    pub(crate) name: String,
    /// Whether a master of MTS-ESP has the word.
    pub(crate) is_mastered: bool,
    /// Name of the scale's file.
    pub(crate) scale: Option<String>,
    /// Name of the keyboard's file.
    pub(crate) keyboard: Option<String>,
    /// Whether a master is followed when there is one.
    pub(crate) follows: bool,
    /// The last thing that went wrong.
    pub(crate) problem: Option<String>,
}

impl Choice {
    /// Looks for the library of MTS-ESP, once. Loads files: not for the audio thread.
    pub(crate) fn connect(&self) {
        self.client.get_or_init(Client::connect);
    }

    /// Whether there is a library of MTS-ESP, whose master may come at any time.
    pub(crate) fn is_connected(&self) -> bool {
        matches!(self.client.get(), Some(Ok(Some(_))))
    }

    /// The library of MTS-ESP, if it is there, has a master and is followed.
    pub(crate) fn master(&self) -> Option<&Client> {
        let client = self.client.get()?.as_ref().ok()?.as_ref();
        client.filter(|client| !self.is_alone.load(Relaxed) && client.has_master())
    }

    /// The table that the files make, if it is another one than that of the version seen.
    pub(crate) fn read_new(&self, seen: &mut u64) -> Option<Tuning> {
        self.own.read_new(seen)
    }

    /// Takes a file of the player's, or none of this kind; whether something has changed. Reads and
    /// parses: not for the audio thread.
    pub(crate) fn choose(&self, folder: &Folder, kind: Kind, name: Option<&str>) -> bool {
        let file = match name.map(|name| folder.read(name)).transpose() {
            Ok(file) => file,
            Err(words) => return self.complain(words),
        };
        let mut chosen = self.lock();
        let mut wanted = chosen.saved.clone();
        match kind {
            Kind::Scale => wanted.scale = file,
            Kind::Keyboard => wanted.keyboard = file,
        }
        wanted.is_damaged = false;
        match wanted.tuning() {
            Ok((tuning, name)) => {
                chosen.name = name;
                chosen.problem = None;
                let is_other = chosen.saved != wanted;
                chosen.saved = wanted;
                self.own.set(&tuning);
                is_other
            }
            Err(refused) => {
                chosen.problem = Some(refused.to_string());
                false
            }
        }
    }

    /// What a project would remember of it.
    pub(crate) fn saved(&self) -> Saved {
        self.lock().saved.clone()
    }

    /// Whether a master of MTS-ESP is followed from now on.
    pub(crate) fn set_follow(&self, follow: bool) {
        let mut chosen = self.lock();
        chosen.saved.follow = follow;
        self.is_alone.store(!follow, Relaxed);
    }

    /// Says what went wrong; nothing has changed.
    pub(crate) fn complain(&self, words: String) -> bool {
        self.lock().problem = Some(words);
        false
    }

    /// What the window says. Locks: not for the audio thread.
    pub(crate) fn shown(&self) -> Shown {
        let chosen = self.lock();
        let saved = &chosen.saved;
        let master = self.master();
        let library = self.client.get().and_then(|client| client.as_ref().err());
        Shown {
            name: master.map_or_else(|| chosen.name.clone(), Client::title),
            is_mastered: master.is_some(),
            scale: saved.scale.as_ref().map(|file| file.name.clone()),
            keyboard: saved.keyboard.as_ref().map(|file| file.name.clone()),
            follows: saved.follow,
            problem: chosen.problem.as_ref().or(library).cloned(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Chosen> {
        self.chosen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PersistentField<'_, Saved> for Choice {
    fn set(&self, saved: Saved) {
        let (tuning, name, problem) = match saved.tuning() {
            Ok((tuning, name)) => (tuning, name, saved.is_damaged.then(|| DAMAGED.to_owned())),
            Err(refused) => {
                let words = format!("12 equal steps play: {refused}");
                (Tuning::default(), EQUAL.to_owned(), Some(words))
            }
        };
        let mut chosen = self.lock();
        self.is_alone.store(!saved.follow, Relaxed);
        self.own.set(&tuning);
        *chosen = Chosen {
            saved,
            name,
            problem,
        };
    }

    fn map<F: Fn(&Saved) -> R, R>(&self, read: F) -> R {
        read(&self.lock().saved)
    }
}

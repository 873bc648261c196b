//! Which model plays, and which one a project was made with.
//!
//! ```text
//!  parameter "Model" ─► choose ─┐
//!  saved hash ─► is it here? ───┼─ yes ─► chosen ─► the shell plays it, its hash is saved
//!                               └─ no ──► missing: silence, and the hash is saved as it came
//! ```

use betwixt_model::ContentHash;
use nice_plug::params::persist::PersistentField;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

/// A model that is here.
#[derive(Clone, Debug)]
pub(crate) struct Here {
    hash: String,
    latents: usize,
}

impl Here {
    /// A model by its content, and how many knobs it has.
    pub(crate) fn new(hash: ContentHash, latents: usize) -> Self {
        let hash = hash.to_string();
        Self { hash, latents }
    }
}

/// Which of the models that are here plays. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct ModelIdentity(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    here: Vec<Here>,
    chosen: AtomicUsize,
    /// The hash of a model that is not here.
    wanted: Mutex<String>,
    is_missing: AtomicBool,
}

impl ModelIdentity {
    /// The first of these plays.
    pub(crate) fn new(here: Vec<Here>) -> Self {
        Self(Arc::new(Shared {
            here,
            chosen: AtomicUsize::new(0),
            wanted: Mutex::default(),
            is_missing: AtomicBool::new(false),
        }))
    }

    /// The model that plays, in the order of the choice.
    pub(crate) fn chosen(&self) -> usize {
        self.0.chosen.load(Relaxed)
    }

    /// The player chooses a model; one that was missing is not waited for any more.
    pub(crate) fn choose(&self, model: usize) {
        self.0.chosen.store(model, Relaxed);
        self.0.is_missing.store(false, Relaxed);
    }

    /// The place of a saved hash among the models that are here.
    pub(crate) fn place(&self, hash: &str) -> Option<usize> {
        self.0.here.iter().position(|model| model.hash == hash)
    }

    /// The hash of the model at a place.
    pub(crate) fn hash(&self, place: usize) -> Option<String> {
        self.0.here.get(place).map(|model| model.hash.clone())
    }

    /// Whether the project wants a model that is not here: then nothing may sound.
    pub(crate) fn is_missing(&self) -> bool {
        self.0.is_missing.load(Relaxed)
    }

    /// The hash of the missing model.
    pub(crate) fn wanted(&self) -> String {
        self.lock().clone()
    }

    /// The player accepts the model that is there.
    pub(crate) fn adopt(&self) {
        self.choose(self.chosen());
    }

    /// How many knobs the chosen model has.
    pub(crate) fn latents(&self) -> usize {
        let model = self.0.here.get(self.chosen());
        model.map_or(0, |model| model.latents)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, String> {
        self.0.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PersistentField<'_, String> for ModelIdentity {
    fn set(&self, hash: String) {
        if let Some(model) = self.place(&hash) {
            self.choose(model);
        } else {
            *self.lock() = hash;
            self.0.is_missing.store(true, Relaxed);
        }
    }

    fn map<F: Fn(&String) -> R, R>(&self, read: F) -> R {
        let chosen = self.0.here.get(self.chosen());
        match chosen.filter(|_| !self.is_missing()) {
            Some(model) => read(&model.hash),
            None => read(&self.lock()),
        }
    }
}

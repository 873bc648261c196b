//! Another sound: near the one that is heard, or anywhere among those that the model has learnt.
//!
//! ```text
//!  press ─► Wish: present sound, models, locks, seed ─► a thread: draw ─► Ear ─┬─ taken ─► history ─► host
//!             density of the training sounds ──────────────┘   ▲               │
//!                                                              └── refused ◄───┘  at most 12 draws
//! ```
//!
//! A **mutation** goes a small step: latents towards a mixture of training sounds near by, and some of
//! the controls beside them. **Random** begins at a training sound. Either stays where training
//! sounds lie densely ([`density`]) and moves neither what is locked nor what belongs to the playing:
//! octave, tuning, voices, models.
//!
//! Every draw is listened to before it is taken ([`listen`]): it sounds, it is in tune, and the gain
//! makes it as loud as the sound before.
//!
//! *Promise:* the same presses on the same sound give the same sounds: the seed counts up and is
//! saved with the project.
//!
//! Not for the audio thread.

mod density;
mod draw;
mod listen;
mod search;
#[cfg(test)]
mod tests;

use crate::parameters::LATENT_IDS;
pub(crate) use draw::{Amount, Group, Kind, parted};
use nice_plug::params::persist::PersistentField;
pub(crate) use search::{Search, Wish};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What the player has set for it.
#[derive(Debug, Default)]
pub(crate) struct Explore(Mutex<Saved>);

/// What a project remembers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Saved {
    /// Counts what has been looked for.
    seed: u32,
    /// How far mutations go.
    amount: Amount,
    /// What never moves; names that this version does not know are kept.
    locks: BTreeSet<String>,
}

/// By which name a parameter is locked: a latent by its own, others with their group; none of what
/// never moves anyway.
pub(crate) fn lock_of(id: &str) -> Option<&str> {
    if LATENT_IDS.contains(&id) {
        return Some(id);
    }
    draw::group_of(id).map(Group::name)
}

/// What never moves.
#[derive(Clone, Debug, Default)]
pub(crate) struct Locks(BTreeSet<String>);

impl Locks {
    /// Whether something is locked, by the name of its latent or group.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains(name)
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }
}

impl Explore {
    /// What never moves.
    pub(crate) fn locks(&self) -> Locks {
        Locks(self.lock().locks.clone())
    }

    /// Locks something, or unlocks it.
    pub(crate) fn turn(&self, name: &str) {
        let mut saved = self.lock();
        if !saved.locks.remove(name) {
            saved.locks.insert(name.to_owned());
        }
    }

    /// How far mutations go.
    pub(crate) fn amount(&self) -> Amount {
        self.lock().amount
    }

    /// How far mutations go from now on.
    pub(crate) fn set_amount(&self, amount: Amount) {
        self.lock().amount = amount;
    }

    /// The seed of the next draw.
    fn next_seed(&self) -> u32 {
        let mut saved = self.lock();
        saved.seed = saved.seed.wrapping_add(1);
        saved.seed
    }

    fn lock(&self) -> MutexGuard<'_, Saved> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PersistentField<'_, Saved> for Explore {
    fn set(&self, saved: Saved) {
        *self.lock() = saved;
    }

    fn map<F: Fn(&Saved) -> R, R>(&self, read: F) -> R {
        read(&self.lock())
    }
}

//! What controllers hold: the audio thread cannot move a parameter, so it is remembered beside them.
//!
//! ```text
//!  controller ─► take ─► positions [parameters], 0…1 ─► snapshot ─► the sound
//!                            │                       └─► saved with the project, by identifier
//!  parameter moves ─► release
//! ```
//!
//! Saved as `{"held":{"latent_3":0.787,"gain":0.5},"wheel":0.0}`. Older projects have a list
//! instead: the eight latents and, since there is one, the modulation wheel; null where a parameter
//! rules.
//!
//! *Real time:* single atomics.

use crate::parameters::{Moves, ROOM};
use nice_plug::params::persist::PersistentField;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};

/// Latents in the lists of older projects.
const LISTED: usize = 8;

/// Where controllers have taken parameters that have not moved since, and the modulation wheel.
#[derive(Debug)]
pub(crate) struct Controllers {
    /// Identifiers by position.
    ids: Vec<&'static str>,
    /// Bits of a position of 0…1; not a number where the parameter rules.
    positions: Box<[AtomicU32; ROOM]>,
    /// Bits of the modulation wheel's position, 0…1.
    wheel: AtomicU32,
    is_loaded: AtomicBool,
    moves: Moves,
}

/// What a project remembers of it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Saved {
    /// By identifier.
    Named(Named),
    /// By place, as older projects have it.
    Listed(Vec<Option<f32>>),
}

/// Positions by identifier.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Named {
    held: BTreeMap<String, f32>,
    #[serde(default)]
    wheel: f32,
}

impl Saved {
    /// What is held of some parameters is held no more, by identifier.
    pub(crate) fn release(self, is_released: impl Fn(&str) -> bool) -> Self {
        let mut named = Named::from(self);
        named.held.retain(|id, _| !is_released(id));
        Self::Named(named)
    }
}

impl Controllers {
    /// Nothing is held of these parameters, whose moves are counted here.
    pub(crate) fn new(ids: Vec<&'static str>, moves: Moves) -> Self {
        Self {
            ids,
            moves,
            ..Self::default()
        }
    }

    /// A controller has moved a parameter.
    pub(crate) fn take(&self, parameter: usize, position: f32) {
        self.positions[parameter].store(position.to_bits(), Relaxed);
        self.moves.one_more();
    }

    /// The parameter has moved: it rules again.
    pub(crate) fn release(&self, parameter: usize) {
        self.take(parameter, f32::NAN);
    }

    /// Where a controller holds a parameter.
    pub(crate) fn position(&self, parameter: usize) -> Option<f32> {
        let position = f32::from_bits(self.positions[parameter].load(Relaxed));
        (!position.is_nan()).then_some(position)
    }

    /// The modulation wheel has moved.
    pub(crate) fn turn_wheel(&self, position: f32) {
        self.wheel.store(position.to_bits(), Relaxed);
    }

    /// Where the modulation wheel stands.
    pub(crate) fn wheel(&self) -> f32 {
        f32::from_bits(self.wheel.load(Relaxed))
    }

    /// Whether a state has been loaded since the last time that this was asked.
    pub(crate) fn take_loaded(&self) -> bool {
        self.is_loaded.swap(false, Relaxed)
    }

    fn get(&self) -> Named {
        let held = self.ids.iter().enumerate().filter_map(|(place, id)| {
            let position = self.position(place)?;
            Some(((*id).to_owned(), position))
        });
        Named {
            held: held.collect(),
            wheel: self.wheel(),
        }
    }
}

impl Default for Controllers {
    fn default() -> Self {
        Self {
            ids: Vec::new(),
            positions: Box::new(std::array::from_fn(|_| AtomicU32::new(f32::NAN.to_bits()))),
            wheel: AtomicU32::new(0),
            is_loaded: AtomicBool::new(false),
            moves: Moves::default(),
        }
    }
}

impl From<Saved> for Named {
    fn from(saved: Saved) -> Self {
        match saved {
            Saved::Named(named) => named,
            Saved::Listed(list) => {
                let latents = list.iter().take(LISTED).enumerate();
                let held = latents.filter_map(|(index, position)| {
                    Some(format!("latent_{}", index + 1)).zip(*position)
                });
                Self {
                    held: held.collect(),
                    wheel: list.get(LISTED).copied().flatten().unwrap_or(0.0),
                }
            }
        }
    }
}

impl PersistentField<'_, Saved> for Controllers {
    fn set(&self, saved: Saved) {
        let named = Named::from(saved);
        for (place, id) in self.ids.iter().enumerate() {
            let position = named
                .held
                .get(*id)
                .map_or(f32::NAN, |at| at.clamp(0.0, 1.0));
            self.take(place, position);
        }
        let wheel = if named.wheel.is_nan() {
            0.0
        } else {
            named.wheel
        };
        self.turn_wheel(wheel.clamp(0.0, 1.0));
        self.is_loaded.store(true, Relaxed);
    }

    fn map<F: Fn(&Saved) -> R, R>(&self, read: F) -> R {
        read(&Saved::Named(self.get()))
    }
}

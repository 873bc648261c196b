//! Tuning: which pitch each key has, from files of Scala or from a master of MTS-ESP.
//!
//! ```text
//!  .scl ─► Scale ────┐
//!  .kbm ─► Keyboard ─┴─► table [128 semitones] ─► Slot ───────────┐ (audio thread)
//!          library of MTS-ESP ─► Client: master? 128 Hz, filter ──┴─► Tuner ─► engine
//!  project ◄─► Choice (the files' texts, follow MTS-ESP) ◄─► window
//! ```
//!
//! | module     | what it holds                                               |
//! |------------|-------------------------------------------------------------|
//! | `lines`    | lines with values; why a file is refused                    |
//! | `scale`    | `.scl`                                                      |
//! | `keyboard` | `.kbm`                                                      |
//! | `folder`   | the player's files                                          |
//! | `saved`    | what a project remembers                                    |
//! | `choice`   | what is chosen, shown to the window, handed to the audio    |
//! | `slot`     | a table on its way to the audio thread                      |
//! | `tuner`    | which table holds now, on the audio thread                  |
//! | `mts`      | the library of MTS-ESP                                      |
//!
//! *Promise:* pitches are exact in 64 bits; a file that is refused leaves the tuning as it is; on
//! the audio thread nothing is parsed, allocated, freed or waited for.

mod choice;
mod folder;
mod keyboard;
mod lines;
mod mts;
mod saved;
mod scale;
mod slot;
#[cfg(test)]
mod tests;
mod tuner;

pub(crate) use choice::{Choice, Shown};
pub(crate) use folder::{Folder, Kind, Listing};
pub(crate) use saved::{EQUAL, Saved};
pub(crate) use tuner::Tuner;

use betwixt_engine::Tuning;
use keyboard::Keyboard;
use scale::Scale;

/// Pitches that can be played: 1 Hz to 82 kHz. A key beyond them has no sound.
const PLAYABLE: std::ops::RangeInclusive<f64> = -36.0..=160.0;

/// The pitch of every key of a keyboard on a scale.
fn table(scale: &Scale, keyboard: &Keyboard) -> Tuning {
    Tuning {
        pitches: keyboard.pitches(scale).map(playable),
    }
}

/// A pitch that can be played, or none.
fn playable(pitch: f64) -> f64 {
    if PLAYABLE.contains(&pitch) {
        pitch
    } else {
        f64::NAN
    }
}

//! Everything that a player reads in the window: one place, so that it can be told in other languages.
//!
//! ```text
//!  words ─┬─ frame       around the pages: presets, tuning, models, level, tabs, steps, hints, status
//!         ├─ play        the page to play on: latents, map, spectra, ring, keyboard
//!         ├─ pages       sound, playing, movement, controllers, settings
//!         ├─ modulation  what moves what
//!         ├─ common      what every control and every line with a file has
//!         └─ about       what every parameter does
//! ```
//!
//! A text without parts is a constant; one with parts is a function, so that it is told as a whole.
//! Each view has a module of its own name (`words::map::AUDITION`).
//!
//! Not here: the names of parameters, their choices and their units, which hosts know too (module
//! `parameters`); what other parts of the program say of their own problems; identifiers and names of
//! files, which are the same in every language. `cargo xtask check --only tidy` finds words that
//! stand in a view instead.

mod about;
mod common;
mod frame;
pub(super) mod modulation;
mod pages;
mod play;

pub(super) use about::about;
pub(super) use common::{control, files, stems};
pub(super) use frame::{hints, level, models, presets, saving, status, steps, tabs, tuning};
pub(super) use pages::{controllers, movement, playing, settings, sound};
pub(super) use play::{keyboard, latents, map, ring, spectrogram, spectrum};

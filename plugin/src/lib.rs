//! Betwixt, the plugin: the shell between host and engine.
//!
//! ```text
//!  host ─ controllers ─► controllers ─► held ─┐
//!       ─ note events ─► events ──► [Event] ──┼──────────┐
//!       ─ automation ──► parameters ─► snapshot ─► Controls ─┴─► engine ─► left, right ─► host
//!       ─ state ───────► state ─► parameters                       │
//!                                     ▲                            └─► telemetry ─► editor
//!                                     └──────── gestures ────────────────────────────┘
//! ```
//!
//! | module       | what it holds                                                        |
//! |--------------|----------------------------------------------------------------------|
//! | `shell`      | the plugin as the framework wants it: lifecycle and one process call |
//! | `parameters` | the table of everything that a host can automate                     |
//! | `text`       | values as words, and back                                            |
//! | `tuning`     | which pitch each key has: files of Scala, MTS-ESP                    |
//! | `snapshot`   | parameters → the engine's controls                                   |
//! | `events`     | the host's events → the engine's                                     |
//! | `controllers`| MIDI controllers → parameters: the map, learning, takeover           |
//! | `movement`   | a movement of latents: recorded, saved, handed to the engine         |
//! | `folder`     | where the player's own files lie                                     |
//! | `state`      | what is saved beside the parameters; damage repaired on loading      |
//! | `library`    | the models that can be played                                        |
//! | `history`    | what the player has done: undo, redo, A/B                            |
//! | `explore`    | other sounds near this one, and anywhere: mutate, random, locks      |
//! | `sound`      | one sound: models, values, movement                                  |
//! | `presets`    | sounds with names: as text, in lists, in the player's folder          |
//! | `settings`   | what a player sets once for all instances                            |
//! | `screen`     | what passes between the audio thread and the window                  |
//! | `editor`     | the window                                                           |
//! | `exports`    | the entry points of CLAP and VST3                                    |
//! | `fuzzing`    | what must hold of any state and any preset; not in what ships         |

#![deny(unsafe_code)]

mod controllers;
mod editor;
mod events;
mod explore;
mod exports;
mod folder;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
mod history;
mod library;
mod movement;
mod parameters;
mod presets;
mod screen;
mod settings;
mod shell;
mod snapshot;
mod sound;
mod state;
mod text;
mod tuning;

pub use editor::Window;
pub use shell::Betwixt;

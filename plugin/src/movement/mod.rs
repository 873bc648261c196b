//! A movement of latents: recorded from under the player's hands, saved, handed to the engine.
//!
//! ```text
//!  knobs as heard ─ every 10 ms ─► Recorder: Line per latent ─► Trajectory ──► engine (at that sample)
//!  host's beats ─────────────────► Pulse: whole beats ────────────┘  │ recorded [4]
//!                                                                    ▼
//!  rooms to record in ◄── prepare, settle ◄──────────────── MovementFile ◄─► project, file, window
//!  what is played no more ─ spent [32] ─► freed there                │ next [1]
//!                                                                    └─► Tape ─► engine
//! ```
//!
//! | module     | what it holds                                                        |
//! |------------|----------------------------------------------------------------------|
//! | `bend`     | a movement bent by hand                                              |
//! | `line`     | one latent's course in as few points as tell it within 0.002         |
//! | `pulse`    | a recording's length in the host's beats                             |
//! | `recorder` | what is being recorded                                               |
//! | `tape`     | the audio thread's side: what is recorded, and what is played        |
//! | `keeper`   | what is saved and shown; the slots to and from the audio thread      |
//! | `file`     | a movement as text, and why a text is none                           |
//!
//! **Recording.** While *Movement Record* is on, the latents are written down as the player, the
//! host's automation or a controller moves them, before modulation. The movement that was there
//! is silent meanwhile: what is heard is what is recorded. Latents that move by no more than 0.002
//! take no part; where none moved, the movement that was there stays. Ten minutes at most.
//!
//! **With the host playing** a recording is as long as the nearest whole number of beats, and begins
//! at the beat nearest to where it was switched on, so that it loops in time however the hand met the
//! beat. Nothing in it is stretched or shifted: what lies beyond the last beat is cut, and what is
//! missing to it, or from the first one, holds the nearest position. Played in sync it is heard at the
//! same beats at which it was recorded. Half a beat or less, and what is recorded with the host
//! standing still, is as long as it was.
//!
//! **The end** comes at the very sample at which *Movement Record* goes off, and there the new
//! movement begins to play if *Movement* says so. Nothing waits for another thread as long as no more
//! than sixteen instances begin at once (then the others begin a moment later), so a recording in a
//! bounce is the one that was heard.
//!
//! **The format**, in projects (field `movement`) and in files:
//! ```json
//! {
//!   "format": 1,
//!   "length_s": 2.0,
//!   "beats": 4.0,
//!   "first_beat": 8.0,
//!   "tracks": {
//!     "latent_1": [
//!       [0.0, 0.25],
//!       [2.0, 1.0]
//!     ]
//!   }
//! }
//! ```
//! A point is a time in seconds, from 0 to `length_s` and never before the one above it, and a knob
//! position of 0 to 1; between points the knob goes straight, and two points at one time are a jump.
//! `beats` is the length in beats of the host (quarter notes) for playing in sync, `first_beat` the
//! beat of the piece at which it begins; both may be left out. Latents without a track stay under the
//! knobs. Other fields beside these are kept.
//!
//! *Real time:* [`Tape`] never allocates, frees, locks or waits.

mod bend;
mod file;
mod keeper;
mod line;
mod pulse;
mod recorder;
mod tape;
#[cfg(test)]
mod tests;

pub(crate) use bend::{Span, bent, straightened};
pub(crate) use file::Problem as MovementProblem;
pub(crate) use keeper::{Moved, MovementFile, Shown};
pub(crate) use tape::Tape;

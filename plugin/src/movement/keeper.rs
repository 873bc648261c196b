//! The movement that is kept: saved with the project, shown in the window, exchanged with the audio
//! thread.
//!
//! ```text
//!  project ─► set ──────┐                ┌─► next [1] ──► Tape (audio thread)
//!  file ────► import ───┴─► Kept (lock) ─┘                  │
//!  project, file, window ◄────┴── settle ◄── recorded [4] ──┤
//!                                 freed  ◄── spent [32] ────┘
//! ```
//!
//! A file that is refused changes nothing. A project's movement that cannot be read moves nothing, is
//! said, and is saved again as it came.
//!
//! *Real time:* `next`, `room`, `record` and `free` are a queue's atomics; the rest locks.

use super::file::{self, MovementError, Problem};
use super::recorder::Room;
use betwixt_engine::{LATENTS, Trajectory};
use crossbeam_queue::ArrayQueue;
use nice_plug::params::persist::PersistentField;
use serde_json::{Map, Value};
use std::fmt;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// Rooms that lie ready for all instances of the process: so many can begin to record at once, as when
/// a host moves the switch of all of them. A room of each one's own would be a quarter of what an
/// instance may take; untouched, these are addresses and no memory.
const ROOMS: usize = 16;
/// Recordings that have not been kept yet; with as many no other one begins.
const RECORDED: usize = 4;
/// Movements that are played no more; a few for each recording and each choice.
const SPENT: usize = 32;

/// The movement of an instance.
#[derive(Debug)]
pub(crate) struct MovementFile {
    /// For the window, the worker and the host's main thread alone.
    kept: Mutex<Kept>,
    next: ArrayQueue<Next>,
    rooms: Arc<ArrayQueue<Room>>,
    recorded: ArrayQueue<Recorded>,
    spent: ArrayQueue<Arc<Trajectory>>,
}

#[derive(Debug, Default)]
struct Kept {
    movement: Arc<Trajectory>,
    origin: Origin,
    /// Fields of its text that say nothing here.
    others: Map<String, Value>,
    /// What a project had that could not be read.
    damaged: Option<Value>,
    problem: Option<String>,
    /// Counts what the player has chosen, projects and files.
    choice: u64,
}

/// A movement that the player has chosen, on its way to the audio thread.
#[derive(Debug)]
pub(super) struct Next {
    pub(super) movement: Arc<Trajectory>,
    pub(super) choice: u64,
    /// Whether it is the one before, bent: it does not begin anew.
    pub(super) goes_on: bool,
}

/// From which recording, file or project a movement has come, however it has been bent since.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Origin(u64);

impl fmt::Debug for Origin {
    /// Movements that are the same look the same, wherever they have come from.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("_")
    }
}

impl Origin {
    /// None that there has been before.
    fn new() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(1);
        Self(COUNT.fetch_add(1, Relaxed))
    }
}

/// A movement that has been recorded, on its way from there.
#[derive(Debug)]
pub(super) struct Recorded {
    pub(super) movement: Arc<Trajectory>,
    /// The choice after which it was recorded; a later one counts more.
    pub(super) choice: u64,
}

/// What the window says about the movement.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Shown {
    /// Seconds, and the same in beats; nothing where there is no movement.
    pub(crate) length: Option<(f32, Option<f32>)>,
    /// Which latents it moves.
    pub(crate) moves: [bool; LATENTS],
    /// The last thing that went wrong.
    pub(crate) problem: Option<String>,
}

/// A movement, and what its text says beside it: part of a sound.
#[derive(Clone, Debug, Default)]
pub(crate) struct Moved {
    movement: Arc<Trajectory>,
    origin: Origin,
    others: Map<String, Value>,
}

impl PartialEq for Moved {
    fn eq(&self, other: &Self) -> bool {
        let is_same = Arc::ptr_eq(&self.movement, &other.movement);
        (is_same || self.movement == other.movement) && self.others == other.others
    }
}

impl From<file::Written> for Moved {
    fn from((movement, others): file::Written) -> Self {
        Self {
            movement: Arc::new(movement),
            origin: Origin::new(),
            others,
        }
    }
}

impl Moved {
    /// Reads what a file of a movement says.
    ///
    /// # Errors
    ///
    /// What is wrong with the text, and what to do.
    pub(crate) fn read(text: &str) -> Result<Self, Problem> {
        file::read(text).map(Self::from)
    }

    /// The text of such a file; none where nothing moves.
    pub(crate) fn text(&self) -> Option<String> {
        let is_there = *self != Self::default();
        is_there.then(|| file::write(&self.movement, &self.others))
    }

    /// What is played.
    pub(crate) fn trajectory(&self) -> Arc<Trajectory> {
        Arc::clone(&self.movement)
    }

    /// How many points its courses have.
    pub(crate) fn points(&self) -> usize {
        self.movement.tracks().iter().map(Vec::len).sum()
    }

    /// As a project has it; null where nothing moves.
    pub(crate) fn saved(&self) -> Value {
        file::saved(&self.movement, &self.others)
    }
}

impl Default for MovementFile {
    /// Nothing moves; there is no room to record in yet.
    fn default() -> Self {
        Self {
            kept: Mutex::default(),
            next: ArrayQueue::new(1),
            rooms: rooms(),
            recorded: ArrayQueue::new(RECORDED),
            spent: ArrayQueue::new(SPENT),
        }
    }
}

/// The rooms of the process; they go with the last instance.
fn rooms() -> Arc<ArrayQueue<Room>> {
    static SHARED: Mutex<Weak<ArrayQueue<Room>>> = Mutex::new(Weak::new());
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    shared.upgrade().unwrap_or_else(|| {
        let rooms = Arc::new(ArrayQueue::new(ROOMS));
        *shared = Arc::downgrade(&rooms);
        rooms
    })
}

/// For the audio thread.
impl MovementFile {
    /// What has been chosen since this was last asked.
    pub(super) fn next(&self) -> Option<Next> {
        self.next.pop()
    }

    /// Where something can be recorded, if what is recorded can also be kept.
    pub(super) fn room(&self) -> Option<Room> {
        if self.recorded.is_full() {
            return None;
        }
        self.rooms.pop()
    }

    /// Something has been recorded. Without a place for it, which cannot be after [`Self::room`], it
    /// is played and not saved.
    pub(super) fn record(&self, recorded: Recorded) {
        if let Err(Recorded { movement, .. }) = self.recorded.push(recorded) {
            self.free(movement);
        }
    }

    /// A movement is not played any more. Where nobody has freed any for long it is never freed:
    /// that would be done here.
    pub(super) fn free(&self, movement: Arc<Trajectory>) {
        self.spent.push(movement).unwrap_or_else(std::mem::forget);
    }
}

/// For all other threads.
impl MovementFile {
    /// Makes room to record in. Allocates.
    pub(crate) fn prepare(&self) {
        while !self.rooms.is_full() && self.rooms.push(Room::new()).is_ok() {}
    }

    /// Keeps what has been recorded, frees what is not played any more, makes room where it was taken;
    /// true if something is new.
    pub(crate) fn settle(&self) -> bool {
        self.prepare();
        self.settle_into(&mut self.lock())
    }

    fn settle_into(&self, kept: &mut Kept) -> bool {
        while self.spent.pop().is_some() {}
        let mut is_new = false;
        while let Some(recorded) = self.recorded.pop() {
            if recorded.choice == kept.choice {
                *kept = Kept {
                    movement: recorded.movement,
                    origin: Origin::new(),
                    choice: kept.choice,
                    ..Kept::default()
                };
                is_new = true;
            }
        }
        is_new
    }

    fn choose(&self, kept: &mut Kept, moved: Moved) {
        let is_bent = moved.origin == kept.origin;
        *kept = Kept {
            movement: moved.movement,
            origin: moved.origin,
            others: moved.others,
            choice: kept.choice + 1,
            ..Kept::default()
        };
        let (movement, choice) = (Arc::clone(&kept.movement), kept.choice);
        // One that has not been fetched is freed here, and what comes instead begins as it would have.
        let unheard = self.next.pop();
        drop(self.next.force_push(Next {
            movement,
            choice,
            goes_on: is_bent && unheard.is_none_or(|unheard| unheard.goes_on),
        }));
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// For the window.
impl MovementFile {
    /// What the window says. Locks.
    pub(crate) fn shown(&self) -> Shown {
        let kept = self.lock();
        let (movement, moves) = (&kept.movement, moves(&kept.movement));
        let is_there = moves.contains(&true);
        Shown {
            length: is_there.then(|| (movement.length_s(), movement.beats())),
            moves,
            problem: kept.problem.clone(),
        }
    }

    /// The movement as part of a sound. Locks.
    pub(crate) fn moved(&self) -> Moved {
        self.moved_and_choice().0
    }

    /// The same, and the number of the choice since which only recordings have changed it. Locks.
    pub(crate) fn moved_and_choice(&self) -> (Moved, u64) {
        let mut kept = self.lock();
        self.settle_into(&mut kept);
        let moved = Moved {
            movement: Arc::clone(&kept.movement),
            origin: kept.origin,
            others: kept.others.clone(),
        };
        (moved, kept.choice)
    }

    /// Another sound's movement, if it is another one. Locks.
    pub(crate) fn take(&self, moved: &Moved) {
        let is_same = self.moved() == *moved;
        let mut kept = self.lock();
        if !is_same || kept.damaged.is_some() {
            self.choose(&mut kept, moved.clone());
        }
    }

    /// The movement itself, to be drawn. Locks.
    pub(crate) fn movement(&self) -> Arc<Trajectory> {
        Arc::clone(&self.lock().movement)
    }

    /// Takes a movement from a file, whole or not at all.
    ///
    /// # Errors
    ///
    /// What is wrong with the file, and what to do; the window is told the same.
    pub(crate) fn import(&self, path: &Path) -> Result<(), MovementError> {
        let read = file::read_file(path);
        let mut kept = self.lock();
        self.settle_into(&mut kept);
        match read {
            Ok(written) => {
                self.choose(&mut kept, written.into());
                Ok(())
            }
            Err(error) => {
                kept.problem = Some(error.to_string());
                Err(error)
            }
        }
    }

    /// Writes the movement to a file.
    ///
    /// # Errors
    ///
    /// What the system says; the window is told the same.
    pub(crate) fn export(&self, path: &Path) -> Result<(), MovementError> {
        let mut kept = self.lock();
        self.settle_into(&mut kept);
        let written = file::write_file(path, &file::write(&kept.movement, &kept.others));
        kept.problem = written.as_ref().err().map(ToString::to_string);
        written
    }

    /// The movement is bent; what its text says beside it stays. Locks.
    pub(crate) fn bend(&self, movement: Arc<Trajectory>) {
        let mut kept = self.lock();
        self.settle_into(&mut kept);
        let (origin, others) = (kept.origin, kept.others.clone());
        let moved = Moved {
            movement,
            origin,
            others,
        };
        self.choose(&mut kept, moved);
    }

    /// Nothing moves any more.
    pub(crate) fn clear(&self) {
        let mut kept = self.lock();
        self.settle_into(&mut kept);
        self.choose(&mut kept, Moved::default());
    }
}

fn moves(movement: &Trajectory) -> [bool; LATENTS] {
    movement.tracks().each_ref().map(|track| !track.is_empty())
}

/// The project has the movement as it is in files, or nothing where nothing moves.
impl PersistentField<'_, Value> for MovementFile {
    fn set(&self, saved: Value) {
        let mut kept = self.lock();
        self.settle_into(&mut kept);
        match file::read_saved(&saved) {
            Ok(written) => {
                let mut moved = Moved::from(written);
                // Hosts whose undo opens a project do not stop what plays.
                if moved.movement == kept.movement {
                    moved.origin = kept.origin;
                }
                self.choose(&mut kept, moved);
            }
            Err(problem) => {
                self.choose(&mut kept, Moved::default());
                kept.problem = Some(format!("The project's movement: {problem}. Nothing moves"));
                kept.damaged = Some(saved);
            }
        }
    }

    fn map<F: Fn(&Value) -> R, R>(&self, read: F) -> R {
        let mut kept = self.lock();
        self.settle_into(&mut kept);
        match &kept.damaged {
            Some(damaged) => read(damaged),
            None => read(&file::saved(&kept.movement, &kept.others)),
        }
    }
}

//! How models come to the audio thread: made ready beside it, handed over through one slot each.
//!
//! ```text
//!  wanted (library's slots) ─► worker: find, Timbre::new ─► ready [1] ×4 ──► audio thread: fit
//!                              worker: freed ◄─ leftovers ◄───────────────── what was there before
//!                              worker: into the map ◄─ learnt [1] ◄───────── controllers
//!                              worker: kept with the project ◄─ recorded ◄── movement
//! ```
//!
//! The worker is a thread of the instance's own: the framework's is shared by all instances, and
//! ends for all of them when one goes away with a task under way. While a model is missing it looks
//! for it again from time to time.
//!
//! *Real time:* for the audio thread all of it is a queue's atomics and the waking of a thread.

use crate::library::{self, Found, Slots, Wanted};
use crate::parameters::Parameters;
use crate::screen::Screen;
use betwixt_engine::{Engine, Fitting, Left, MODELS, Settings, Timbre};
use crossbeam_queue::ArrayQueue;
use std::sync::atomic::{
    AtomicBool,
    Ordering::{AcqRel, Relaxed, Release},
};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// More is never left over at a time: a model on its way out, what each slot's has brought for
/// nothing, and one for each slot that came too late.
const LEFTOVERS: usize = 16;
/// How often a missing model is looked for.
const LOOK: Duration = Duration::from_secs(2);

/// What plays, as the threads beside the sound know it.
#[derive(Default)]
struct Desk {
    /// Of the present activation; none before the first.
    settings: Option<Settings>,
    fitted: [Fitted; MODELS],
    /// The version of the slots that has been seen to.
    seen: Option<u32>,
}

/// What a slot was given last.
#[derive(Clone, Debug, Default, PartialEq)]
enum Fitted {
    #[default]
    Empty,
    Missing,
    Model(Arc<str>),
}

/// The slots between audio thread and worker.
pub(super) struct Exchange {
    /// Made for the present settings, under the desk's lock.
    ready: [ArrayQueue<Fitting>; MODELS],
    /// Whether any of them may hold something: one look, where there is nothing to do.
    is_any: AtomicBool,
    leftovers: ArrayQueue<Left>,
    desk: Mutex<Desk>,
}

impl Exchange {
    /// All slots are empty.
    pub(super) fn new() -> Self {
        Self {
            ready: std::array::from_fn(|_| ArrayQueue::new(1)),
            is_any: AtomicBool::new(false),
            leftovers: ArrayQueue::new(LEFTOVERS),
            desk: Mutex::default(),
        }
    }

    /// What is ready for a slot. Real-time.
    pub(super) fn take(&self, slot: usize) -> Option<Fitting> {
        self.ready[slot].pop()
    }

    /// Whether something is ready for any slot. Real-time.
    pub(super) fn is_ready(&self) -> bool {
        // What is put there after the swap raises the flag again; what was before it is seen.
        if !self.is_any.load(Relaxed) || !self.is_any.swap(false, AcqRel) {
            return false;
        }
        let is_ready = self.ready.iter().any(|ready| !ready.is_empty());
        if is_ready {
            self.is_any.store(true, Release);
        }
        is_ready
    }

    /// Something else waits for a slot than what was made ready.
    #[cfg(test)]
    pub(super) fn put(&self, slot: usize, fitting: Fitting) {
        drop(self.ready[slot].force_push(fitting));
    }

    /// Something is not needed any more. Real-time.
    pub(super) fn free(&self, left: Left) {
        drop(self.leftovers.push(left));
    }

    /// Makes an engine with all models that are wanted now. What was made ready with the same
    /// settings and not taken yet is not made twice: a project is often opened in a running instance
    /// and the instance activated anew at once. Allocates: not for the audio thread, and not while it
    /// runs.
    pub(super) fn activate(&self, slots: &Slots, settings: Settings) -> Engine {
        let mut desk = self.desk();
        let is_same = desk.settings.replace(settings) == Some(settings);
        let version = slots.version();
        desk.seen = Some(version);
        let mut engine = Engine::empty(settings);
        for (slot, wanted) in slots.wanted().iter().enumerate() {
            let waiting = self.ready[slot].pop().filter(|_| is_same);
            let fitted = &mut desk.fitted[slot];
            if waiting.is_none() {
                *fitted = Fitted::Empty;
            }
            let fresh = fit(fitted, (slots, slot), wanted, settings);
            if let Some(fitting) = fresh.or(waiting) {
                engine.install(slot, fitting);
            }
        }
        slots.deliver(version);
        engine
    }

    /// Does everything that there is to do; tells whether a model has come or is missing. Not for
    /// the audio thread.
    pub(super) fn work(&self, slots: &Slots) -> Worked {
        while self.leftovers.pop().is_some() {}
        let mut desk = self.desk();
        let Some(settings) = desk.settings else {
            return Worked::default();
        };
        let version = slots.version();
        let is_missing = desk.fitted.contains(&Fitted::Missing);
        if desk.seen.replace(version) == Some(version) && !is_missing {
            return Worked::default();
        }
        let mut worked = Worked::default();
        for (slot, wanted) in slots.wanted().iter().enumerate() {
            let fitting = fit(&mut desk.fitted[slot], (slots, slot), wanted, settings);
            if let Some(fitting) = fitting {
                drop(self.ready[slot].force_push(fitting));
                self.is_any.store(true, Release);
                worked.has_changed = true;
            }
        }
        slots.deliver(version);
        worked.is_missing = desk.fitted.contains(&Fitted::Missing);
        worked
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the worker has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Worked {
    /// Something has been made ready.
    pub(super) has_changed: bool,
    /// A model is still missing.
    pub(super) is_missing: bool,
}

/// Finds what is wanted of a slot and makes it ready, unless that is what it has.
fn fit(
    fitted: &mut Fitted,
    (slots, slot): (&Slots, usize),
    wanted: &Option<Wanted>,
    settings: Settings,
) -> Option<Fitting> {
    let found = wanted
        .as_ref()
        .map(|wanted| library::find(wanted, &slots.carried()));
    let (now, told) = match &found {
        None => (Fitted::Empty, Found::Empty),
        Some(Err(problem)) => (Fitted::Missing, Found::Missing(problem.clone())),
        Some(Ok(loaded)) => {
            let hash = loaded.description.hash.to_string();
            (Fitted::Model(hash.into()), Found::Here(Arc::clone(loaded)))
        }
    };
    slots.tell(slot, wanted.as_ref(), told);
    if *fitted == now {
        return None;
    }
    *fitted = now;
    Some(match found {
        None => Fitting::Empty,
        Some(Err(_)) => Fitting::Missing,
        Some(Ok(loaded)) => {
            let decoder = Arc::clone(&loaded.decoder);
            Fitting::Model(Box::new(Timbre::new(decoder, settings)))
        }
    })
}

/// The thread beside an instance; it ends with it.
pub(super) struct Worker {
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// A thread that works whenever it is woken; none where the system gives none.
    pub(super) fn start(
        exchange: Arc<Exchange>,
        screen: Arc<Screen>,
        parameters: Arc<Parameters>,
    ) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let (over, slots) = (Arc::clone(&is_over), parameters.slots.clone());
        let work = move || {
            while !over.load(Relaxed) {
                let worked = exchange.work(&parameters.slots);
                let is_learnt = parameters.map.settle();
                if parameters.movement_file.settle() || is_learnt || worked.has_changed {
                    screen.wake();
                }
                if worked.is_missing {
                    thread::park_timeout(LOOK);
                } else {
                    thread::park();
                }
            }
        };
        let thread = thread::Builder::new().name("betwixt models".into());
        let thread = thread.spawn(work).ok();
        if let Some(thread) = &thread {
            slots.employ(thread.thread().clone());
        }
        Self { is_over, thread }
    }

    /// There is something to do; a word to the system, from any thread.
    pub(super) fn wake(&self) {
        if let Some(thread) = &self.thread {
            thread.thread().unpark();
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.is_over.store(true, Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            drop(thread.join());
        }
    }
}

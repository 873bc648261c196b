//! How another model comes to the audio thread: made beside it, handed over through one slot.
//!
//! ```text
//!  audio thread ── order [1] ────► worker: Engine::new ──► ready [1] ──► audio thread
//!               ── leftovers [8] ► worker: its telemetry to the window, the old engine freed
//!               ── learnt [1] ───► worker: into the map of controllers
//!               ── recorded ─────► worker: kept with the project
//! ```
//!
//! The worker is a thread of the instance's own: the framework's is shared by all instances, and
//! ends for all of them when one goes away with a task under way.
//!
//! *Real time:* for the audio thread all of it is a queue's atomics and the waking of a thread.

use crate::editor::Screen;
use crate::library;
use crate::parameters::Parameters;
use betwixt_engine::{Engine, Settings, Telemetry};
use crossbeam_queue::ArrayQueue;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::{self, JoinHandle};

/// More is never left over: an engine leaves only when another has been made.
const LEFTOVERS: usize = 8;

/// Which engine is wanted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Order {
    /// The model, in the order of the choice.
    pub(super) model: usize,
    pub(super) settings: Settings,
    /// Counts activations: an engine of an older one comes too late.
    pub(super) activation: u64,
}

/// An engine that is ready to be played.
pub(super) struct Fresh {
    pub(super) engine: Box<Engine>,
    pub(super) order: Order,
}

/// What the audio thread leaves to the worker.
enum Leftover {
    /// The window shows an engine's numbers.
    Show(Arc<Telemetry>),
    /// An engine is not needed any more.
    Free(Box<Engine>),
}

/// The slots between audio thread and worker.
pub(super) struct Exchange {
    /// The newest order alone counts.
    orders: ArrayQueue<Order>,
    ready: ArrayQueue<Fresh>,
    leftovers: ArrayQueue<Leftover>,
}

impl Exchange {
    /// All slots are empty.
    pub(super) fn new() -> Self {
        Self {
            orders: ArrayQueue::new(1),
            ready: ArrayQueue::new(1),
            leftovers: ArrayQueue::new(LEFTOVERS),
        }
    }

    /// Asks for an engine, and for no other one any more.
    pub(super) fn ask(&self, order: Order) {
        self.orders.force_push(order);
    }

    /// The engine that is ready, if there is one.
    pub(super) fn take(&self) -> Option<Fresh> {
        self.ready.pop()
    }

    /// An engine plays from now on.
    pub(super) fn show(&self, telemetry: Arc<Telemetry>) {
        drop(self.leftovers.push(Leftover::Show(telemetry)));
    }

    /// An engine is not needed any more.
    pub(super) fn free(&self, engine: Box<Engine>) {
        drop(self.leftovers.push(Leftover::Free(engine)));
    }

    /// Does everything that there is to do. Not for the audio thread.
    pub(super) fn work(&self, screen: &Screen) {
        while let Some(leftover) = self.leftovers.pop() {
            match leftover {
                Leftover::Show(telemetry) => screen.show(telemetry),
                Leftover::Free(engine) => drop(engine),
            }
        }
        while let Some(order) = self.orders.pop() {
            let engine = Box::new(make(order));
            drop(self.ready.force_push(Fresh { engine, order }));
        }
    }
}

/// Makes an engine. Allocates: not for the audio thread.
pub(super) fn make(order: Order) -> Engine {
    let decoder = Arc::clone(&library::model(order.model).decoder);
    Engine::new(decoder, order.settings)
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
        let over = Arc::clone(&is_over);
        let work = move || {
            while !over.load(Relaxed) {
                exchange.work(&screen);
                let is_learnt = parameters.map.settle();
                if parameters.movement_file.settle() || is_learnt {
                    screen.wake();
                }
                thread::park();
            }
        };
        let thread = thread::Builder::new().name("betwixt models".into());
        Self {
            is_over,
            thread: thread.spawn(work).ok(),
        }
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

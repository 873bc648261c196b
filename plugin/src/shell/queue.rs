//! The framework's queue of tasks, waited for before an instance may go.
//!
//! ```text
//!  audio thread ─► a parameter moved ─┐
//!                                     ├─► one queue for all instances ─► its thread ─► answers
//!  deactivate ───► an errand ─────────┘                                                  │
//!      └──── goes on when what lay before its errand is done ◄──────────────────────────┘
//! ```
//!
//! As a VST3 on Linux the framework hands every parameter that moves in a call to a thread that all
//! instances share. A task whose instance has gone ends that thread, for all of them, and whichever
//! instance goes last then panics inside the host, which ends with it. A host that stops and removes
//! an instance while its parameters move need only be quicker than that thread: so an instance does
//! not come to rest before its tasks are done.

use nice_plug::prelude::{AsyncExecutor, Plugin};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// What the queue carries for us: it is answered where it is done.
pub(super) type Errand = SyncSender<()>;

/// The longest that a host is kept waiting, as when the thread is busy for others.
const LONGEST: Duration = Duration::from_secs(1);
/// How long the thread is given to forget the instance that it has just worked for. Nobody can tell
/// that it has: a thread that is kept off the processor for longer may still be the last to know it.
const FORGETTING: Duration = Duration::from_millis(10);
/// How often a queue may take no errand, being full; one whose thread has ended never will.
const REFUSALS: u8 = 20;

/// Does an errand: tells whoever waits for it.
pub(super) fn run(errand: &Errand) {
    // Who waited too long has gone.
    let _answered = errand.try_send(());
}

/// Waits until all tasks are done that lie in the queue now; not for ever, where nobody does them.
pub(super) fn settle<P>(executor: &AsyncExecutor<P>)
where
    P: Plugin<BackgroundTask = Errand>,
{
    let begun = Instant::now();
    let mut left = LONGEST;
    for _ in 0..REFUSALS {
        let (errand, answer) = sync_channel(1);
        executor.execute_background(errand);
        let answer = answer.recv_timeout(left);
        sleep(FORGETTING);
        // A full queue takes no errand.
        if answer != Err(RecvTimeoutError::Disconnected) {
            return;
        }
        left = LONGEST.saturating_sub(begun.elapsed());
    }
}

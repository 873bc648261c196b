//! What passes between the audio thread and the window, without a lock on the audio thread's side.
//!
//! ```text
//!  audio thread                                         window
//!  engine ─► telemetry ──────────────────────────────► map, spectrum, keys, level
//!  output ─► Tap: the last samples ──────────────────► spectrogram
//!  call   ─► Load: its share of the time that it has ─► status line
//!  events ◄─ presses, silence ◄──────────────────────── keyboard, audition, panic
//! ```
//!
//! *Promise:* with the window closed the audio thread works out no voice, spectrum, tap or load: it
//! looks at three flags, and writes the few counters that it has anyway.

mod load;
mod tap;

pub(crate) use load::{Load, Shares};
pub(crate) use tap::{TAPPED, Tap};

use betwixt_engine::Telemetry;
use crossbeam_queue::ArrayQueue;
use nice_plug_egui::RepaintNotifier;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Presses that wait for the next call, at most.
const PRESSES: usize = 256;

/// A key of the window's keyboard goes down or comes up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Press {
    /// MIDI key.
    pub(crate) key: u8,
    /// How hard it goes down, 0…1; none when it comes up.
    pub(crate) velocity: Option<f32>,
}

/// A size that the player has chosen for the window.
struct Wish {
    /// Width and height in points.
    size: [u32; 2],
    since: Instant,
    /// Whether the host has heard of it.
    is_told: bool,
    /// How often it has been asked for again; no more once it has come.
    tries: u8,
}

/// After so long a size that has not come is asked for again, and so often.
const AGAIN: (Duration, u8) = (Duration::from_millis(400), 3);

impl Wish {
    /// Whether this is the size, to a point.
    fn is(&self, size: [f64; 2]) -> bool {
        let mut pairs = self.size.into_iter().zip(size);
        pairs.all(|(wished, length)| (f64::from(wished) - length).abs() <= 1.0)
    }
}

/// Where a key's bit is among those of all keys.
fn place_of(key: u8) -> [usize; 2] {
    [key / 64 % 2, key % 64].map(usize::from)
}

/// For so long the host hears of no other size than the one that was wished for.
const WISHED: Duration = Duration::from_secs(2);

/// What the shell tells the window, and the window the shell.
pub(crate) struct Screen {
    telemetry: Mutex<Arc<Telemetry>>,
    repaint: RepaintNotifier,
    /// The player wants every sound to end.
    silence: AtomicBool,
    presses: ArrayQueue<Press>,
    /// Keys that came up when there was no room: a bit each.
    late: [AtomicU64; 2],
    /// Windows that are open.
    watchers: AtomicU32,
    /// Samples per second; 0 before the first activation.
    rate_hz: AtomicU32,
    /// The size that the player has chosen for the window.
    wish: Mutex<Option<Wish>>,
    /// The sound that was heard last.
    pub(crate) tap: Tap,
    /// What the calls cost.
    pub(crate) load: Load,
}

impl Default for Screen {
    fn default() -> Self {
        Self {
            telemetry: Mutex::default(),
            repaint: RepaintNotifier::default(),
            silence: AtomicBool::default(),
            presses: ArrayQueue::new(PRESSES),
            late: Default::default(),
            watchers: AtomicU32::default(),
            rate_hz: AtomicU32::default(),
            wish: Mutex::default(),
            tap: Tap::default(),
            load: Load::default(),
        }
    }
}

impl Screen {
    /// A new engine plays: its numbers are shown from now on. Not for the audio thread.
    pub(crate) fn show(&self, telemetry: Arc<Telemetry>, rate_hz: f32) {
        // Under the lock, so that a window that opens or closes now meets the one or the other.
        let mut shown = self.lock();
        telemetry.set_watched(self.is_watched());
        *shown = telemetry;
        drop(shown);
        self.rate_hz.store(rate_hz.to_bits(), Relaxed);
        self.wake();
    }

    /// A window opens.
    pub(crate) fn open(&self) {
        let shown = self.lock();
        self.watchers.fetch_add(1, Relaxed);
        shown.set_watched(true);
    }

    /// A window closes.
    pub(crate) fn close(&self) {
        let shown = self.lock();
        self.watchers.fetch_sub(1, Relaxed);
        shown.set_watched(self.is_watched());
    }

    /// Whether a window is open; one atomic look.
    pub(crate) fn is_watched(&self) -> bool {
        self.watchers.load(Relaxed) > 0
    }

    /// The player wants a window of another size, in points.
    pub(crate) fn wish(&self, size: [u32; 2]) {
        *self.lock_wish() = Some(Wish {
            size,
            since: Instant::now(),
            is_told: false,
            tries: 0,
        });
    }

    /// The size that the player has chosen, where the window still has another one after a while;
    /// and when to look again.
    pub(crate) fn unfulfilled(&self, size: [f32; 2]) -> (Option<[u32; 2]>, Option<Duration>) {
        let mut lock = self.lock_wish();
        let Some(wish) = lock.as_mut().filter(|wish| wish.tries < AGAIN.1) else {
            return (None, None);
        };
        if wish.is(size.map(f64::from)) {
            // What the host or the player makes of the window from now on is another matter.
            wish.tries = AGAIN.1;
            return (None, None);
        }
        if wish.since.elapsed() < AGAIN.0 {
            return (None, Some(AGAIN.0));
        }
        (wish.since, wish.is_told) = (Instant::now(), false);
        wish.tries += 1;
        (Some(wish.size), Some(AGAIN.0))
    }

    /// Whether the host is to hear that the window has a size: any, but soon after the player has
    /// chosen one only that, once.
    pub(crate) fn tells(&self, size: [f64; 2]) -> bool {
        let mut lock = self.lock_wish();
        let Some(wish) = lock.as_mut() else {
            return true;
        };
        if wish.since.elapsed() > WISHED {
            *lock = None;
            return true;
        }
        wish.is(size) && !std::mem::replace(&mut wish.is_told, true)
    }

    fn lock_wish(&self) -> MutexGuard<'_, Option<Wish>> {
        self.wish.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Samples per second; none before the first activation.
    pub(crate) fn rate_hz(&self) -> Option<f32> {
        Some(f32::from_bits(self.rate_hz.load(Relaxed))).filter(|rate| *rate > 0.0)
    }

    /// Asks for a picture; one atomic store, from any thread.
    pub(crate) fn wake(&self) {
        self.repaint.request_repaint();
    }

    /// What wakes the window.
    pub(crate) fn notifier(&self) -> RepaintNotifier {
        self.repaint.clone()
    }

    /// Every sound is to end at once.
    pub(crate) fn silence(&self) {
        self.silence.store(true, Relaxed);
    }

    /// Whether every sound is to end, since the last time that this was asked; one atomic look.
    pub(crate) fn take_silence(&self) -> bool {
        self.silence.load(Relaxed) && self.silence.swap(false, Relaxed)
    }

    /// A key is pressed or let go. Where no call takes them and there is no more room, no key goes
    /// down; one that comes up always does.
    pub(crate) fn press(&self, press: Press) {
        let is_down = press.velocity.is_some();
        let [place, bit] = place_of(press.key);
        match self.presses.push(press) {
            // Its coming up is past, or the engine would let go what is struck now.
            Ok(()) if is_down => drop(self.late[place].fetch_and(!(1 << bit), Relaxed)),
            Err(_) if !is_down => drop(self.late[place].fetch_or(1 << bit, Relaxed)),
            _ => {}
        }
    }

    /// Forgets what was pressed for an engine that is gone.
    pub(crate) fn forget_presses(&self) {
        while self.take_press().is_some() {}
    }

    /// Whether presses wait for the next call.
    pub(crate) fn has_presses(&self) -> bool {
        !self.presses.is_empty() || self.late.iter().any(|keys| keys.load(Relaxed) != 0)
    }

    /// The next press, on the audio thread; those that had no room come last.
    pub(crate) fn take_press(&self) -> Option<Press> {
        self.presses.pop().or_else(|| self.take_late())
    }

    fn take_late(&self) -> Option<Press> {
        let is_late = |key: &u8| {
            let [place, bit] = place_of(*key);
            self.late[place].load(Relaxed) & (1 << bit) != 0
        };
        // Looked through only if there are any, which is hardly ever.
        let are_any = self.late.iter().any(|keys| keys.load(Relaxed) != 0);
        let key = are_any.then(|| (0..=127).find(is_late)).flatten()?;
        let [place, bit] = place_of(key);
        self.late[place].fetch_and(!(1 << bit), Relaxed);
        let velocity = None;
        Some(Press { key, velocity })
    }

    /// The numbers of the engine that plays.
    pub(crate) fn telemetry(&self) -> Arc<Telemetry> {
        Arc::clone(&self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Arc<Telemetry>> {
        self.telemetry
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An engine is watched while a window is open, also one that comes or goes in between.
    #[test]
    fn engines_know_whether_they_are_watched() {
        let screen = Screen::default();
        let engine = |screen: &Screen| {
            let telemetry = Arc::new(Telemetry::default());
            screen.show(Arc::clone(&telemetry), 48_000.0);
            telemetry
        };
        let first = engine(&screen);
        assert!(!first.is_watched());
        screen.open();
        assert!(first.is_watched());
        let second = engine(&screen);
        assert!(second.is_watched());
        screen.close();
        assert!(!second.is_watched() && !screen.is_watched());
    }

    /// Presses come in their order. However many go down while nobody plays, each of them comes up.
    #[test]
    fn every_key_that_goes_down_can_come_up() {
        let screen = Screen::default();
        let press = |key: u8, velocity| screen.press(Press { key, velocity });
        for key in (0..128).cycle().take(1_000) {
            press(key, Some(1.0));
        }
        (0..128).for_each(|key| press(key, None));
        let taken: Vec<Press> = std::iter::from_fn(|| screen.take_press()).collect();
        let keys = |is_down: bool| {
            let own = taken
                .iter()
                .filter(|press| press.velocity.is_some() == is_down);
            own.map(|press| press.key).collect::<Vec<_>>()
        };
        let all: Vec<u8> = (0..128).collect();
        assert_eq!(keys(true), all.repeat(2));
        assert_eq!(keys(false), all);
    }

    /// A size that has come is not asked for again when the window gets another one later.
    #[test]
    fn a_wish_that_came_true_is_over() {
        let screen = Screen::default();
        screen.wish([1_350, 900]);
        let waits = screen.unfulfilled([1_080.0, 720.0]);
        assert_eq!(waits, (None, Some(AGAIN.0)));
        assert_eq!(screen.unfulfilled([1_350.0, 900.0]), (None, None));
        assert_eq!(screen.unfulfilled([1_000.0, 700.0]), (None, None));
    }
}

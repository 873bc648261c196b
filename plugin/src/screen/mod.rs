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
//! *Promise:* with the window closed the audio thread does nothing of this but look at one flag.

mod load;
mod tap;

pub(crate) use load::{Load, Shares};
pub(crate) use tap::{TAPPED, Tap};

use betwixt_engine::Telemetry;
use crossbeam_queue::ArrayQueue;
use nice_plug_egui::RepaintNotifier;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering::Relaxed};
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
    /// How often it has been asked for again.
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

/// For so long the host hears of no other size than the one that was wished for.
const WISHED: Duration = Duration::from_secs(2);

/// What the shell tells the window, and the window the shell.
pub(crate) struct Screen {
    telemetry: Mutex<Arc<Telemetry>>,
    repaint: RepaintNotifier,
    /// The player wants every sound to end.
    silence: AtomicBool,
    presses: ArrayQueue<Press>,
    /// Windows that are open.
    watchers: AtomicU32,
    /// Samples per second; 0 before the first activation.
    rate_hz: AtomicU32,
    /// The size that the player has chosen for the window.
    wish: Mutex<Option<Wish>>,
    /// The page that was open last, by its place among the tabs.
    page: AtomicUsize,
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
            watchers: AtomicU32::default(),
            rate_hz: AtomicU32::default(),
            wish: Mutex::default(),
            page: AtomicUsize::default(),
            tap: Tap::default(),
            load: Load::default(),
        }
    }
}

impl Screen {
    /// A new engine plays: its numbers are shown from now on. Not for the audio thread.
    pub(crate) fn show(&self, telemetry: Arc<Telemetry>, rate_hz: f32) {
        telemetry.set_watched(self.is_watched());
        *self.lock() = telemetry;
        self.rate_hz.store(rate_hz.to_bits(), Relaxed);
        self.wake();
    }

    /// A window opens.
    pub(crate) fn open(&self) {
        self.watchers.fetch_add(1, Relaxed);
        self.lock().set_watched(true);
    }

    /// A window closes.
    pub(crate) fn close(&self) {
        self.watchers.fetch_sub(1, Relaxed);
        self.lock().set_watched(self.is_watched());
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
        let wish = lock.as_mut().filter(|wish| wish.tries < AGAIN.1);
        let Some(wish) = wish.filter(|wish| !wish.is(size.map(f64::from))) else {
            return (None, None);
        };
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

    /// The page that was open last, by its place among the tabs.
    pub(crate) fn page(&self) -> usize {
        self.page.load(Relaxed)
    }

    /// Another page is open.
    pub(crate) fn set_page(&self, place: usize) {
        self.page.store(place, Relaxed);
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

    /// A key is pressed or let go. What no call takes, because nothing is processed, is lost when
    /// the queue is full: the oldest first, so that a key that comes up is never what is lost.
    pub(crate) fn press(&self, press: Press) {
        self.presses.force_push(press);
    }

    /// Whether presses wait for the next call.
    pub(crate) fn has_presses(&self) -> bool {
        !self.presses.is_empty()
    }

    /// The next press, on the audio thread.
    pub(crate) fn take_press(&self) -> Option<Press> {
        self.presses.pop()
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

    /// Presses come in their order; of too many the newest are kept.
    #[test]
    fn the_newest_presses_are_kept() {
        let screen = Screen::default();
        let press = |key: u8| Press {
            key,
            velocity: None,
        };
        for key in 0..=255 {
            screen.press(press(key));
        }
        screen.press(press(7));
        let taken: Vec<u8> = std::iter::from_fn(|| screen.take_press())
            .map(|press| press.key)
            .collect();
        assert_eq!(taken[0], 1);
        assert_eq!(taken[PRESSES - 1], 7);
    }
}

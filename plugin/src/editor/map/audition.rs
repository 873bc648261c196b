//! A short listen: a training sound's own key goes down for a moment when the player goes to it.
//!
//! ```text
//!  a click on a sound ─► its latents are there ─► key down ─ 0.6 s ─► key up
//!                        or 60 ms have passed                         or when another one is struck,
//!                                                                     or the window closes
//! ```
//!
//! Hosts hand on what the window sets with their next call: a key that went down before would begin
//! with the sound before. A key that the player holds down is heard already, and is left alone.

use crate::screen::{Press, Screen};
use std::sync::Arc;
use std::time::Duration;

/// How long the key is down, in seconds.
const LENGTH_S: f64 = 0.6;
/// How hard it goes down.
const VELOCITY: f32 = 0.8;

/// How long the latents are waited for, in seconds, and how long until they are looked at again.
const PATIENCE_S: f64 = 0.06;
const AGAIN: Duration = Duration::from_millis(5);

/// The key that is down for a moment.
pub(super) struct Audition {
    screen: Arc<Screen>,
    /// The key that is about to go down, and when it does at the latest.
    waits: Option<(u8, f64)>,
    /// The key that is down, and when it comes up.
    down: Option<(u8, f64)>,
    /// The key that was struck last: who holds it now is nobody but this, or a pedal.
    last: Option<u8>,
}

impl Audition {
    /// Nothing is heard yet.
    pub(super) fn new(screen: Arc<Screen>) -> Self {
        Self {
            screen,
            waits: None,
            down: None,
            last: None,
        }
    }

    /// Has a key struck soon; one that is down comes up first.
    pub(super) fn strike(&mut self, key: u8, now_s: f64) {
        self.release();
        let telemetry = self.screen.telemetry();
        let is_held = telemetry
            .sounding()
            .any(|voice| voice.is_held && voice.key == key);
        let is_players = is_held && self.last != Some(key);
        self.waits = (!is_players).then_some((key, now_s + PATIENCE_S));
    }

    /// Strikes the key when the sound has come, and lets it up when its time has; how long until
    /// there is something to do.
    pub(super) fn pass(&mut self, now_s: f64, has_come: impl FnOnce() -> bool) -> Option<Duration> {
        if let Some((key, latest_s)) = self.waits {
            if now_s < latest_s && !has_come() {
                return Some(AGAIN);
            }
            self.waits = None;
            self.last = Some(key);
            let velocity = Some(VELOCITY);
            self.screen.press(Press { key, velocity });
            self.down = Some((key, now_s + LENGTH_S));
        }
        let left_s = self.down?.1 - now_s;
        if left_s > 0.0 {
            return Some(Duration::from_secs_f64(left_s.min(LENGTH_S)));
        }
        self.release();
        None
    }

    fn release(&mut self) {
        self.waits = None;
        if let Some((key, _)) = self.down.take() {
            let velocity = None;
            self.screen.press(Press { key, velocity });
        }
    }
}

impl Drop for Audition {
    fn drop(&mut self) {
        self.release();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(screen: &Screen) -> Vec<(u8, bool)> {
        let presses = std::iter::from_fn(|| screen.take_press());
        presses
            .map(|press| (press.key, press.velocity.is_some()))
            .collect()
    }

    /// A key is down for its time, comes up for another one, and when the window closes.
    #[test]
    fn every_key_that_goes_down_comes_up() {
        let screen = Arc::new(Screen::default());
        let mut audition = Audition::new(Arc::clone(&screen));
        let here = || true;
        assert_eq!(audition.pass(0.0, here), None);
        audition.strike(60, 1.0);
        assert!(audition.pass(1.0, here).is_some());
        assert_eq!(taken(&screen), [(60, true)]);
        assert!(audition.pass(1.59, here).is_some());
        assert_eq!(audition.pass(1.61, here), None);
        assert_eq!(taken(&screen), [(60, false)]);
        for (key, at_s) in [(61, 2.0), (62, 2.1)] {
            audition.strike(key, at_s);
            audition.pass(at_s, here);
        }
        assert_eq!(taken(&screen), [(61, true), (61, false), (62, true)]);
        drop(audition);
        assert_eq!(taken(&screen), [(62, false)]);
    }

    /// It is struck when the sound has come, or after 60 ms.
    #[test]
    fn the_sound_comes_first() {
        let screen = Arc::new(Screen::default());
        let mut audition = Audition::new(Arc::clone(&screen));
        for (later_s, has_come, struck) in [
            (0.03, true, true),
            (0.03, false, false),
            (0.061, false, true),
        ] {
            audition.strike(60, 1.0);
            audition.pass(1.0, || false);
            assert_eq!(taken(&screen), []);
            audition.pass(1.0 + later_s, || has_come);
            assert_eq!(taken(&screen).len(), usize::from(struck));
            audition.release();
            taken(&screen);
        }
    }
}

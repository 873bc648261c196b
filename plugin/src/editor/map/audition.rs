//! A short listen: a training sound's own key goes down for a moment when the player goes to it.
//!
//! ```text
//!  a click on a sound ─► key down ─ 0.6 s ─► key up      or when another one is struck, or the
//!                                                        window closes
//! ```

use crate::screen::{Press, Screen};
use std::sync::Arc;
use std::time::Duration;

/// How long the key is down, in seconds.
const LENGTH_S: f64 = 0.6;
/// How hard it goes down.
const VELOCITY: f32 = 0.8;

/// The key that is down for a moment.
pub(super) struct Audition {
    screen: Arc<Screen>,
    /// The key, and when it comes up.
    down: Option<(u8, f64)>,
}

impl Audition {
    /// Nothing is heard yet.
    pub(super) fn new(screen: Arc<Screen>) -> Self {
        Self { screen, down: None }
    }

    /// Strikes a key; one that is down comes up first.
    pub(super) fn strike(&mut self, key: u8, now_s: f64) {
        self.release();
        let velocity = Some(VELOCITY);
        self.screen.press(Press { key, velocity });
        self.down = Some((key, now_s + LENGTH_S));
    }

    /// Lets the key up when its time has come; how long it is still down.
    pub(super) fn pass(&mut self, now_s: f64) -> Option<Duration> {
        let left_s = self.down?.1 - now_s;
        if left_s > 0.0 {
            return Some(Duration::from_secs_f64(left_s.min(LENGTH_S)));
        }
        self.release();
        None
    }

    fn release(&mut self) {
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
        assert_eq!(audition.pass(0.0), None);
        audition.strike(60, 1.0);
        assert!(audition.pass(1.59).is_some());
        assert_eq!(taken(&screen), [(60, true)]);
        assert_eq!(audition.pass(1.61), None);
        assert_eq!(taken(&screen), [(60, false)]);
        audition.strike(61, 2.0);
        audition.strike(62, 2.1);
        assert_eq!(taken(&screen), [(61, true), (61, false), (62, true)]);
        drop(audition);
        assert_eq!(taken(&screen), [(62, false)]);
    }
}

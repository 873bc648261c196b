//! Notes that begin at one sample: they wait for each other, to be decoded together.
//!
//! ```text
//!  strikes [≤ 8] ─► voices ─► sources: moments, four vectors to a pass over the weights
//! ```
//!
//! *Real time:* every buffer has its length from the start.

use crate::event::{Touch, Whom};
use crate::voice::{ROWS, Strike};

/// Notes that wait; more follow in a second group.
#[derive(Debug)]
pub(super) struct Chord {
    strikes: [Option<Strike>; ROWS],
    count: usize,
}

impl Chord {
    /// Nothing waits.
    pub(super) fn new() -> Self {
        Self {
            strikes: [None; ROWS],
            count: 0,
        }
    }

    /// One voice more is to begin; true when there is no room for another.
    pub(super) fn add(&mut self, strike: Strike) -> bool {
        self.strikes[self.count] = Some(strike);
        self.count += 1;
        self.count == ROWS
    }

    /// Moves notes that have not begun yet; true when one of them has the very number asked for.
    pub(super) fn feel(&mut self, whom: &Whom, touch: Touch) -> bool {
        let mut is_named = false;
        let pending = self.strikes[..self.count].iter_mut().flatten();
        for strike in pending.filter(|strike| strike.note.answers_to(whom)) {
            is_named |= whom.id.is_some() && strike.note.id == whom.id;
            strike.finger.feel(touch);
        }
        is_named
    }

    /// How many wait; none after this.
    pub(super) fn take(&mut self) -> usize {
        std::mem::take(&mut self.count)
    }

    /// One of those that waited.
    pub(super) fn strike(&self, index: usize) -> Option<Strike> {
        self.strikes[index]
    }
}

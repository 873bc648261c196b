//! Which source moves while a target is armed.
//!
//! ```text
//!  CC 0…31 ─► candidate ─┬─ its other half within 50 ms ─► 14 bits
//!  CC 32…63 ─►           └─ nothing ─────────────────────► 7 bits
//!  other CC, data entry of a selected number, pressure or bend by a quarter ─► at once
//! ```
//!
//! A keyboard that sends a little pressure with every key is not what the player means: pressure and
//! bend count from a quarter of their way on.
//!
//! *Real time:* [`Ear::new`] allocates; nothing else does.

use super::map::Map;
use super::router::samples;
use super::source::{LOW_HALF, PAIRS, Source};

/// How long a controller that may be half a number is listened to.
const MOMENT_S: f32 = 0.05;
/// How far pressure, or bend from its middle, must move.
const FIRM: f32 = 0.25;
/// A controller that has not been heard yet.
const UNHEARD: u8 = 255;

/// What has been heard of each controller, and what may be it.
pub(super) struct Ear {
    known: Box<[[u8; 128]; 16]>,
    candidate: Option<Candidate>,
    moment_samples: u64,
}

/// A controller that moved, and may be half a number.
#[derive(Clone, Copy)]
struct Candidate {
    target: usize,
    channel: u8,
    number: u8,
    due: u64,
}

impl Ear {
    /// Nothing heard yet. Allocates.
    pub(super) fn new() -> Self {
        Self {
            known: Box::new([[UNHEARD; 128]; 16]),
            candidate: None,
            moment_samples: 0,
        }
    }

    /// Nothing heard yet, at a sample rate.
    pub(super) fn reset(&mut self, sample_rate_hz: f32) {
        *self.known = [[UNHEARD; 128]; 16];
        self.candidate = None;
        self.moment_samples = samples(MOMENT_S, sample_rate_hz);
    }

    /// Pressure or bend, 0…1.
    pub(super) fn hear(&mut self, source: Source, value: f32, map: &Map) {
        let Some(target) = map.armed().filter(|_| self.candidate.is_none()) else {
            return;
        };
        let moved = match source {
            Source::Bend => (2.0 * value - 1.0).abs(),
            _ => value,
        };
        if moved >= FIRM {
            map.tell_learnt(target, source);
        }
    }

    /// A controller on a channel; `addressed` is what it is the value of, if it is a data entry.
    pub(super) fn control(
        &mut self,
        (channel, number, step): (u8, u8, u8),
        addressed: Option<Source>,
        (at, map): (u64, &Map),
    ) {
        let known = &mut self.known[usize::from(channel)][usize::from(number)];
        let has_moved = std::mem::replace(known, step) != step;
        let Some(target) = map.armed() else {
            self.candidate = None;
            return;
        };
        if Source::is_reserved(number) {
            return;
        }
        if let Some(own) = addressed {
            self.candidate = None;
            map.tell_learnt(target, own);
            return;
        }
        let other = self
            .candidate
            .filter(|candidate| candidate.target == target);
        match other {
            Some(other) if other.channel == channel && is_pair(other.number, number) => {
                self.candidate = None;
                map.tell_learnt(target, Source::Fine(number.min(other.number)));
            }
            Some(_) => {}
            None if has_moved && number >= PAIRS + LOW_HALF => {
                map.tell_learnt(target, Source::Control(number));
            }
            None if has_moved => {
                self.candidate = Some(Candidate {
                    target,
                    channel,
                    number,
                    due: at + self.moment_samples,
                });
            }
            None => {}
        }
    }

    /// A candidate whose moment is over is what the player means. True if something was learnt
    /// since the last time.
    pub(super) fn decide(&mut self, map: &Map, now: u64) -> bool {
        if let Some(candidate) = self.candidate.filter(|candidate| candidate.due <= now) {
            self.candidate = None;
            map.tell_learnt(candidate.target, Source::Control(candidate.number));
        }
        map.has_learnt()
    }
}

/// Whether two controllers are the halves of one number.
fn is_pair(one: u8, other: u8) -> bool {
    one.abs_diff(other) == LOW_HALF && one.min(other) < PAIRS
}

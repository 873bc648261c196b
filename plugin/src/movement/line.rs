//! One latent's course in as few points as tell it.
//!
//! ```text
//!  (time, value) … ─► does one straight line from the last point kept pass all of them? ─ yes ─► go on
//!                                                                └─ no ─► keep the one before
//! ```
//!
//! From the last point kept, every later one leaves a fan of slopes that pass it closely enough. As
//! long as the newest point lies within all fans it may become the end of one line.
//!
//! *Promise:* the points kept are points that came, and no other one is farther than
//! [`TOLERANCE`] from the line between them.
//!
//! *Real time:* a few numbers.
//!
//! *Source:* the fan algorithm for polylines: R. A. Fowell and D. D. McNeil, "Faster plots by fan data
//! compression", 1989.

use betwixt_engine::TrackPoint;
use betwixt_spectral::number::narrow;

/// How far a value may lie from the line that tells it.
pub(super) const TOLERANCE: f64 = 0.002;

/// A point in full precision.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    at_s: f64,
    value: f64,
}

/// A line under way.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Line {
    kept: Place,
    newest: Place,
    /// Slopes from `kept` that pass everything since then.
    fan: [f64; 2],
    first: f64,
    has_begun: bool,
    has_moved: bool,
}

impl Line {
    /// Takes the next value; times rise. A point that has to be kept comes back.
    pub(super) fn add(&mut self, at_s: f64, value: f32) -> Option<TrackPoint> {
        let next = Place {
            at_s,
            value: f64::from(value),
        };
        if !self.has_begun {
            *self = Self {
                kept: next,
                newest: next,
                fan: EVERYTHING,
                first: next.value,
                has_begun: true,
                has_moved: false,
            };
            return Some(next.point());
        }
        self.has_moved |= (next.value - self.first).abs() > TOLERANCE;
        let slope = (next.value - self.kept.value) / (next.at_s - self.kept.at_s);
        let is_straight = (self.fan[0]..=self.fan[1]).contains(&slope);
        if !is_straight {
            self.kept = self.newest;
            self.fan = EVERYTHING;
        }
        self.newest = next;
        self.narrow_fan();
        (!is_straight).then(|| self.kept.point())
    }

    fn narrow_fan(&mut self) {
        let way_s = self.newest.at_s - self.kept.at_s;
        let slope = |value: f64| (value - self.kept.value) / way_s;
        let low = slope(self.newest.value - TOLERANCE);
        let high = slope(self.newest.value + TOLERANCE);
        self.fan = [self.fan[0].max(low), self.fan[1].min(high)];
    }

    /// The last point.
    pub(super) fn end(&self) -> TrackPoint {
        self.newest.point()
    }

    /// Whether the value has left the place where it began.
    pub(super) fn has_moved(&self) -> bool {
        self.has_moved
    }
}

/// Nothing has to be passed yet.
const EVERYTHING: [f64; 2] = [f64::NEG_INFINITY, f64::INFINITY];

impl Place {
    fn point(self) -> TrackPoint {
        TrackPoint {
            at_s: narrow(self.at_s),
            value: narrow(self.value),
        }
    }
}

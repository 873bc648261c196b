//! A painted note's attack: its samples times the course of gain that its models tell.
//!
//! ```text
//!  Story: curve ─┐
//!                ├─► mixed ─┬─► Attack ─► Shaping ─► × each hop of the overlap, until the curve ends
//!  Story: curve ─┘          │
//!  how fast time passes ────┘  at the onset: what moves it later no longer moves the attack
//! ```
//!
//! *Real time:* a few numbers, and a polynomial from point to point.

use betwixt_model::AttackCurve;

/// The course of gain of a note that begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Attack {
    pub(super) curve: AttackCurve,
    /// How fast the note's own time passes at its onset: ¼ to 4.
    pub(super) speed: f32,
}

impl Default for Attack {
    fn default() -> Self {
        Self {
            curve: AttackCurve::FLAT,
            speed: 1.0,
        }
    }
}

/// An attack on its way through a note's first hops.
#[derive(Debug)]
pub(super) struct Shaping {
    attack: Attack,
    rate_hz: f32,
    /// Samples that are behind it; none of a note that has come to its end.
    place: Option<usize>,
}

impl Shaping {
    /// Nothing is shaped yet, at a host's rate.
    pub(super) fn new(rate_hz: f32) -> Self {
        Self {
            attack: Attack::default(),
            rate_hz,
            place: None,
        }
    }

    /// Nothing is shaped any more.
    pub(super) fn clear(&mut self) {
        self.place = None;
    }

    /// A note begins with the next samples.
    pub(super) fn start(&mut self, attack: Attack) {
        self.attack = attack;
        self.place = (attack.curve != AttackCurve::FLAT).then_some(0);
    }

    /// The note's next samples, in each channel.
    pub(super) fn next(&mut self, channels: [&mut [f32]; 2]) {
        let Some(place) = self.place else {
            return;
        };
        let rate_hz = self.rate_hz / self.attack.speed;
        let count = channels[0].len();
        let mut goes_on = false;
        for channel in channels {
            goes_on = self.attack.curve.shape(rate_hz, place, channel);
        }
        self.place = goes_on.then_some(place + count);
    }
}

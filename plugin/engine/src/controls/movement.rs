//! How a recorded movement is played.

use super::within;
use crate::trajectory::Trajectory;

/// How a recorded movement is played.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Movement {
    /// Whether, and how often.
    pub course: Course,
    /// Whether all voices are at the same place of it, rather than each where its note has come to.
    pub is_common: bool,
    /// Whether it keeps to the host's beats, if its length in beats is known.
    pub is_synced: bool,
    /// Its seconds per second, ⅛…8.
    pub speed: f32,
    /// How far the latents follow it, from where the knobs stand (0) to where it is (1).
    pub depth: f32,
}

/// How often a movement is played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Course {
    /// Not at all.
    Off,
    /// To its end, and there it stays.
    Once,
    /// From its end it goes on at its beginning.
    Loop,
    /// From its end it goes back to its beginning, and so on.
    PingPong,
}

impl Course {
    /// The place in a movement of such a length, so many seconds after it began.
    #[must_use]
    pub fn place_s(self, passed_s: f64, length_s: f64) -> f64 {
        match self {
            Self::Off => 0.0,
            Self::Once => passed_s.clamp(0.0, length_s),
            Self::Loop => passed_s.rem_euclid(length_s),
            Self::PingPong => {
                let there = passed_s.rem_euclid(2.0 * length_s);
                there.min(2.0 * length_s - there)
            }
        }
    }
}

impl Default for Movement {
    fn default() -> Self {
        Self {
            course: Course::Off,
            is_common: true,
            is_synced: false,
            speed: 1.0,
            depth: 1.0,
        }
    }
}

impl Movement {
    /// The seconds that have passed of the movement that all notes share: by the host's beats, or
    /// so many as were counted.
    pub(crate) fn passed_s(&self, trajectory: &Trajectory, beat: f64, counted_s: f64) -> f64 {
        let synced = trajectory.at_beat(beat).filter(|_| self.is_synced);
        synced.map_or(counted_s, |at_s| at_s * f64::from(self.speed))
    }

    pub(super) fn sane(mut self) -> Self {
        self.speed = within(self.speed, 0.125, 8.0, 1.0);
        self.depth = within(self.depth, 0.0, 1.0, 1.0);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Once stays at the end, a loop begins anew, ping-pong turns round.
    #[test]
    fn courses_go_where_they_say() {
        let at = |course: Course| [0.5, 1.5, 2.5, 3.5, 4.5].map(|s| course.place_s(s, 2.0));
        assert_eq!(at(Course::Once), [0.5, 1.5, 2.0, 2.0, 2.0]);
        assert_eq!(at(Course::Loop), [0.5, 1.5, 0.5, 1.5, 0.5]);
        assert_eq!(at(Course::PingPong), [0.5, 1.5, 1.5, 0.5, 0.5]);
        assert_eq!(Course::Loop.place_s(-0.5, 2.0), 1.5, "before the piece");
    }
}

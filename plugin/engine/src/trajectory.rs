//! A movement of latents: where each of them is at each moment of it.
//!
//! ```text
//!  tracks: latent ─► (seconds, knob 0…1), (seconds, knob) … ─ straight lines between ─► knob
//! ```
//!
//! *Real time:* reading a value searches a sorted row; making one allocates.

use crate::controls::LATENTS;
use thiserror::Error;

/// The longest movement, in seconds.
pub const LONGEST_S: f32 = 3_600.0;
/// The shortest one.
pub const SHORTEST_S: f32 = 0.01;
/// No piece has a beat before or after this one.
const LAST_BEAT: f32 = 1_000_000.0;
/// The most points of a track.
pub const MOST_POINTS: usize = 65_536;

/// A point of a track.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrackPoint {
    /// Seconds from the movement's beginning.
    pub at_s: f32,
    /// Knob position, 0…1.
    pub value: f32,
}

/// A movement of latents.
#[derive(Clone, Debug, PartialEq)]
pub struct Trajectory {
    length_s: f32,
    beats: Option<f32>,
    first_beat: f32,
    tracks: [Vec<TrackPoint>; LATENTS],
}

/// Why something is no movement.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum TrajectoryError {
    /// Its length.
    #[error(
        "length_s is {length_s}; expected {SHORTEST_S} to {LONGEST_S} seconds: write the length of \
         the whole movement"
    )]
    Length {
        /// What was given.
        length_s: f32,
    },
    /// Its length in beats.
    #[error(
        "beats is {beats}; expected more than 0 and at most 4096: write how many of the host's beats \
         it lasts, or leave it out"
    )]
    Beats {
        /// What was given.
        beats: f32,
    },
    /// Where it begins in the piece.
    #[error(
        "first_beat is {first_beat}; expected a number of -1000000 to 1000000: write at which of the \
         host's beats it begins, or leave it out"
    )]
    FirstBeat {
        /// What was given.
        first_beat: f32,
    },
    /// A track that is too long.
    #[error(
        "latent {latent} has {points} points; expected at most {MOST_POINTS}: leave out points that \
         lie on the line between their neighbours"
    )]
    Points {
        /// Which latent, from 1.
        latent: usize,
        /// How many there are.
        points: usize,
    },
    /// A point at no place.
    #[error(
        "point {point} of latent {latent} is ({at_s} s, {value}); expected times that rise from 0 to \
         the length, and values of 0 to 1"
    )]
    Point {
        /// Which latent, from 1.
        latent: usize,
        /// Which of its points, from 1.
        point: usize,
        /// Its time.
        at_s: f32,
        /// Its value.
        value: f32,
    },
}

impl Default for Trajectory {
    /// Nothing moves.
    fn default() -> Self {
        Self {
            length_s: 1.0,
            beats: None,
            first_beat: 0.0,
            tracks: Default::default(),
        }
    }
}

impl Trajectory {
    /// A movement; a latent whose track is empty does not take part in it.
    ///
    /// # Errors
    ///
    /// When a length or a point is out of its range, or times fall.
    pub fn new(
        length_s: f32,
        beats: Option<f32>,
        tracks: [Vec<TrackPoint>; LATENTS],
    ) -> Result<Self, TrajectoryError> {
        if !(SHORTEST_S..=LONGEST_S).contains(&length_s) {
            return Err(TrajectoryError::Length { length_s });
        }
        if let Some(beats) = beats.filter(|beats| !(*beats > 0.0 && *beats <= 4_096.0)) {
            return Err(TrajectoryError::Beats { beats });
        }
        for (track, latent) in tracks.iter().zip(1..) {
            check(track, latent, length_s)?;
        }
        Ok(Self {
            length_s,
            beats,
            first_beat: 0.0,
            tracks,
        })
    }

    /// The same, beginning at another of the host's beats than that of the start of the piece.
    ///
    /// # Errors
    ///
    /// When there is no such beat.
    pub fn from_beat(self, first_beat: f32) -> Result<Self, TrajectoryError> {
        if first_beat.abs() <= LAST_BEAT {
            Ok(Self { first_beat, ..self })
        } else {
            Err(TrajectoryError::FirstBeat { first_beat })
        }
    }

    /// Seconds from its beginning to its end.
    #[must_use]
    pub fn length_s(&self) -> f32 {
        self.length_s
    }

    /// The same in beats of the host, if it keeps to them.
    #[must_use]
    pub fn beats(&self) -> Option<f32> {
        self.beats
    }

    /// The host's beat from which it is counted when it keeps to them.
    #[must_use]
    pub fn first_beat(&self) -> f32 {
        self.first_beat
    }

    /// How many of its seconds have passed at a beat of the host's, if it keeps to them.
    #[must_use]
    pub fn at_beat(&self, beat: f64) -> Option<f64> {
        let since = beat - f64::from(self.first_beat);
        let length_s = f64::from(self.length_s);
        self.beats.map(|beats| since / f64::from(beats) * length_s)
    }

    /// The points of each latent.
    #[must_use]
    pub fn tracks(&self) -> &[Vec<TrackPoint>; LATENTS] {
        &self.tracks
    }

    /// Where a latent is at a moment, if it takes part; before the first point and after the last
    /// it is there.
    #[must_use]
    pub fn value(&self, latent: usize, at_s: f32) -> Option<f32> {
        let track = self.tracks.get(latent)?;
        let after = track.partition_point(|point| point.at_s <= at_s);
        let Some(from) = after.checked_sub(1).map(|before| track[before]) else {
            return track.first().map(|point| point.value);
        };
        let Some(to) = track.get(after) else {
            return Some(from.value);
        };
        let share = (at_s - from.at_s) / (to.at_s - from.at_s);
        Some(from.value + share * (to.value - from.value))
    }
}

fn check(track: &[TrackPoint], latent: usize, length_s: f32) -> Result<(), TrajectoryError> {
    if track.len() > MOST_POINTS {
        let points = track.len();
        return Err(TrajectoryError::Points { latent, points });
    }
    let mut earliest_s = 0.0;
    for (&TrackPoint { at_s, value }, point) in track.iter().zip(1..) {
        let is_sound = (earliest_s..=length_s).contains(&at_s) && (0.0..=1.0).contains(&value);
        if !is_sound {
            return Err(TrajectoryError::Point {
                latent,
                point,
                at_s,
                value,
            });
        }
        earliest_s = at_s;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn track(points: &[(f32, f32)]) -> Vec<TrackPoint> {
        let point = |&(at_s, value)| TrackPoint { at_s, value };
        points.iter().map(point).collect()
    }

    fn one(points: &[(f32, f32)]) -> Result<Trajectory, TrajectoryError> {
        let mut tracks: [Vec<TrackPoint>; LATENTS] = Default::default();
        tracks[2] = track(points);
        Trajectory::new(4.0, None, tracks)
    }

    /// Straight lines between the points; their ends hold on; a jump is two points at one time.
    #[test]
    fn points_are_joined_by_lines() {
        let moved = one(&[(1.0, 0.2), (2.0, 0.6), (2.0, 1.0), (3.0, 0.0)]).unwrap();
        let at = |at_s| moved.value(2, at_s).unwrap();
        for (at_s, value) in [
            (0.0, 0.2),
            (1.0, 0.2),
            (1.25, 0.3),
            (2.0, 1.0),
            (2.5, 0.5),
            (9.0, 0.0),
        ] {
            assert!((at(at_s) - value).abs() < 1e-6, "{at_s}: {}", at(at_s));
        }
        assert_eq!((moved.value(1, 1.0), moved.value(99, 1.0)), (None, None));
    }

    /// What is no movement is refused, and the reason names its place.
    #[test]
    fn damage_is_refused() {
        let wild = [f32::NAN, f32::INFINITY, -1.0];
        for value in wild {
            let none = Default::default;
            assert!(Trajectory::new(value, None, none()).is_err());
            assert!(Trajectory::new(1.0, Some(value), none()).is_err());
            let sound = Trajectory::new(1.0, Some(1.0), none()).unwrap();
            assert_eq!(sound.from_beat(value).is_ok(), value == -1.0);
            assert!(one(&[(value, 0.5)]).is_err() && one(&[(0.5, value)]).is_err());
        }
        let error = one(&[(1.0, 0.5), (0.5, 0.5)]).unwrap_err();
        let TrajectoryError::Point { latent, point, .. } = error else {
            panic!("{error}");
        };
        assert_eq!((latent, point), (3, 2));
        assert!(one(&[(4.5, 0.5)]).is_err(), "beyond its end");
        assert!(one(&vec![(0.0, 0.5); MOST_POINTS + 1]).is_err());
    }
}

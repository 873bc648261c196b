//! A movement, bent by hand: at one moment it goes through another place.
//!
//! ```text
//!        from      at       to            what was recorded beside the moment moves with it, the
//!   ──────┼────────●────────┼──────       less the farther away: by a raised cosine
//!    stays│   ◜────╵────◝   │stays
//! ```
//!
//! *Promise:* outside the span nothing changes, and within it the recorded detail stays: all of it is
//! moved by one smooth hill.

use betwixt_engine::{LATENTS, TrackPoint, Trajectory};

/// A latent without a track that moves by less than this stays without one.
const NOTABLE: f32 = 0.002;
/// Points that tell the hill, on each side of its top.
const POINTS: u8 = 12;
/// Two moments that are closer than this share of the distance between such points are one.
const CLOSE: f32 = 0.3;

/// The part of a movement that bends, in seconds from its beginning.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Span {
    /// Up to here it stays.
    pub(crate) from_s: f32,
    /// Here it moves most.
    pub(crate) at_s: f32,
    /// From here on it stays.
    pub(crate) to_s: f32,
}

impl Span {
    /// How much a moment moves, 0…1.
    fn weight(&self, at_s: f32) -> f32 {
        let side_s = if at_s < self.at_s {
            self.at_s - self.from_s
        } else {
            self.to_s - self.at_s
        };
        let away = (at_s - self.at_s).abs();
        if away == 0.0 {
            return 1.0;
        }
        let share = (away / side_s).min(1.0);
        0.5 + 0.5 * (std::f32::consts::PI * share).cos()
    }

    /// The moments that tell the hill, in their order.
    fn moments(&self) -> impl Iterator<Item = f32> {
        let side = |from_s: f32, to_s: f32| {
            // The last one is the end to the bit: beyond it there may be nothing.
            let inner = (0..POINTS)
                .map(move |step| from_s + (to_s - from_s) * (f32::from(step) / f32::from(POINTS)));
            inner.chain([to_s])
        };
        let falls = side(self.at_s, self.to_s).skip(1);
        side(self.from_s, self.at_s).chain(falls)
    }

    fn contains(&self, at_s: f32) -> bool {
        (self.from_s..=self.to_s).contains(&at_s)
    }
}

/// The same movement with one moment moved by so much, in knob positions; `knobs` is where latents
/// stand that it does not move yet. None if it cannot be: there would be too many points.
pub(crate) fn bent(
    movement: &Trajectory,
    span: &Span,
    away: &[f32; LATENTS],
    knobs: &[f32; LATENTS],
) -> Option<Trajectory> {
    let mut tracks = movement.tracks().clone();
    for (latent, track) in tracks.iter_mut().enumerate() {
        let least = if track.is_empty() { NOTABLE } else { 0.0 };
        if away[latent].abs() <= least {
            continue;
        }
        if track.is_empty() {
            let value = knobs[latent].clamp(0.0, 1.0);
            let at = |at_s| TrackPoint { at_s, value };
            *track = vec![at(0.0), at(movement.length_s())];
        }
        refine(track, span);
        for point in track.iter_mut() {
            if span.contains(point.at_s) {
                let value = point.value + away[latent] * span.weight(point.at_s);
                point.value = value.clamp(0.0, 1.0);
            }
        }
    }
    with(movement, tracks)
}

/// The same movement, straight between the ends of a span.
pub(crate) fn straightened(movement: &Trajectory, span: &Span) -> Option<Trajectory> {
    let mut tracks = movement.tracks().clone();
    for track in tracks.iter_mut().filter(|track| !track.is_empty()) {
        for at_s in [span.from_s, span.to_s] {
            insert(track, at_s, 0.0);
        }
        track.retain(|point| point.at_s <= span.from_s || point.at_s >= span.to_s);
    }
    with(movement, tracks)
}

/// The same movement with other tracks.
fn with(movement: &Trajectory, tracks: [Vec<TrackPoint>; LATENTS]) -> Option<Trajectory> {
    let bent = Trajectory::new(movement.length_s(), movement.beats(), tracks);
    bent.and_then(|bent| bent.from_beat(movement.first_beat()))
        .ok()
}

/// Adds the points that the hill needs, where the line is already.
fn refine(track: &mut Vec<TrackPoint>, span: &Span) {
    let near_s = CLOSE * (span.to_s - span.from_s) / f32::from(2 * POINTS);
    for at_s in span.moments() {
        let is_corner = [span.from_s, span.at_s, span.to_s].contains(&at_s);
        insert(track, at_s, if is_corner { 0.0 } else { near_s });
    }
}

/// Adds a point on the line, if none is so near.
fn insert(track: &mut Vec<TrackPoint>, at_s: f32, near_s: f32) {
    let after = track.partition_point(|point| point.at_s <= at_s);
    let (before, next) = (
        after.checked_sub(1).map(|at| track[at]),
        track.get(after).copied(),
    );
    let is_near = |point: &TrackPoint| (point.at_s - at_s).abs() <= near_s;
    if before.iter().chain(&next).any(is_near) {
        return;
    }
    let value = match (before, next) {
        (Some(from), Some(to)) => {
            let share = (at_s - from.at_s) / (to.at_s - from.at_s);
            from.value + share * (to.value - from.value)
        }
        (Some(only), None) | (None, Some(only)) => only.value,
        (None, None) => return,
    };
    track.insert(after, TrackPoint { at_s, value });
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPAN: Span = Span {
        from_s: 1.0,
        at_s: 2.0,
        to_s: 4.0,
    };

    /// Latent 1 shakes quickly all the time, latent 2 rises, the others rest.
    fn movement() -> Trajectory {
        let mut tracks: [Vec<TrackPoint>; LATENTS] = Default::default();
        tracks[0] = (0..=200u8)
            .map(|step| TrackPoint {
                at_s: f32::from(step) * 0.025,
                value: 0.4 + if step % 2 == 0 { 0.05 } else { -0.05 },
            })
            .collect();
        tracks[1] = [(0.0, 0.1), (5.0, 0.6)]
            .map(|(at_s, value)| TrackPoint { at_s, value })
            .to_vec();
        let movement = Trajectory::new(5.0, Some(8.0), tracks).unwrap();
        movement.from_beat(16.0).unwrap()
    }

    fn moments() -> impl Iterator<Item = f32> {
        (0..=1_000u16).map(|step| f32::from(step) * 0.005)
    }

    /// The moment goes where it is taken, the rest of the span follows by the hill, so what was
    /// shaken is still shaken; beyond the span nothing moves, and length and beats stay.
    #[test]
    fn a_movement_bends_around_one_moment() {
        let (before, knobs) = (movement(), [0.5; LATENTS]);
        let mut away = [0.0; LATENTS];
        (away[0], away[1]) = (0.3, -0.2);
        let after = bent(&before, &SPAN, &away, &knobs).unwrap();
        for at_s in moments() {
            let weight = match at_s {
                at_s if at_s <= 1.0 || at_s >= 4.0 => 0.0,
                at_s if at_s <= 2.0 => 0.5 - 0.5 * (std::f32::consts::PI * (at_s - 1.0)).cos(),
                at_s => 0.5 + 0.5 * (std::f32::consts::FRAC_PI_2 * (at_s - 2.0)).cos(),
            };
            for latent in [0, 1] {
                let [was, is] = [&before, &after].map(|m| m.value(latent, at_s).unwrap());
                let expected = was + away[latent] * weight;
                // Straight lines between the points tell the hill within its second difference.
                let off = (is - expected).abs();
                assert!(
                    off < 0.004,
                    "latent {latent} at {at_s} s: {is}, not {expected}"
                );
            }
        }
        assert_eq!(after.length_s(), 5.0);
        assert_eq!((after.beats(), after.first_beat()), (Some(8.0), 16.0));
        assert!(after.tracks()[2].is_empty());
    }

    /// A latent that has not moved yet begins to, from where its knob stands; the smallest moves
    /// leave it under the knob.
    #[test]
    fn a_resting_latent_begins_to_move() {
        let (before, knobs) = (movement(), [0.25; LATENTS]);
        let mut away = [0.0; LATENTS];
        (away[4], away[5]) = (0.5, 0.001);
        let after = bent(&before, &SPAN, &away, &knobs).unwrap();
        let value = |at_s| after.value(4, at_s).unwrap();
        for (at_s, expected) in [
            (0.0, 0.25),
            (1.0, 0.25),
            (2.0, 0.75),
            (4.0, 0.25),
            (5.0, 0.25),
        ] {
            assert!((value(at_s) - expected).abs() < 1e-5, "at {at_s} s");
        }
        assert!(after.tracks()[5].is_empty());
    }

    /// The ends of a movement can be bent: the hill has one side only. Nothing leaves 0…1.
    #[test]
    fn the_ends_can_be_bent() {
        let (before, knobs) = (movement(), [0.5; LATENTS]);
        let mut away = [0.0; LATENTS];
        (away[0], away[1]) = (-0.9, 0.3);
        let span = Span {
            from_s: 0.0,
            at_s: 0.0,
            to_s: 1.0,
        };
        let after = bent(&before, &span, &away, &knobs).unwrap();
        assert_eq!(after.value(0, 0.0), Some(0.0));
        assert!((after.value(1, 0.0).unwrap() - 0.4).abs() < 1e-6);
        assert_eq!(after.value(1, 1.0), before.value(1, 1.0));
    }

    /// Bent again and again in the same place it does not grow for ever.
    #[test]
    fn bending_again_adds_no_points() {
        let knobs = [0.5; LATENTS];
        let away = [0.01; LATENTS];
        let once = bent(&movement(), &SPAN, &away, &knobs).unwrap();
        let mut often = once.clone();
        for _ in 0..50 {
            often = bent(&often, &SPAN, &away, &knobs).unwrap();
        }
        let count = |movement: &Trajectory| movement.tracks().iter().map(Vec::len).sum::<usize>();
        assert_eq!(count(&often), count(&once));
    }

    /// Straightened, a span is one line between its ends, and the rest is as it was.
    #[test]
    fn a_span_is_straightened() {
        let before = movement();
        let after = straightened(&before, &SPAN).unwrap();
        let [from, to] = [1.0, 4.0].map(|at_s| before.value(0, at_s).unwrap());
        for at_s in moments() {
            let expected = if SPAN.contains(at_s) {
                from + (to - from) * (at_s - 1.0) / 3.0
            } else {
                before.value(0, at_s).unwrap()
            };
            assert!(
                (after.value(0, at_s).unwrap() - expected).abs() < 1e-5,
                "at {at_s} s"
            );
        }
        assert!(after.tracks()[2].is_empty());
    }
}

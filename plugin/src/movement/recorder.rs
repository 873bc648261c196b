//! What is being recorded.
//!
//! ```text
//!  Idle ── Record on ─► Taking ── Record off ─► a movement ─► Idle
//!                         ├─ full ─► a movement ─► Full ── Record off ─► Idle
//!                         └─ reset, deactivation ─► Stopped ─► a movement
//!  a movement is chosen while Record is on ─► Deaf ── Record off ─► Idle
//! ```
//!
//! Values are taken every 10 ms of the recording's own samples, so blocks cannot be heard in it.
//!
//! *Real time:* points go into room that was made before.

use super::line::Line;
use super::pulse::Pulse;
use betwixt_engine::trajectory::SHORTEST_S;
use betwixt_engine::{LATENTS, TrackPoint, Trajectory, Transport};
use betwixt_spectral::number::{index, narrow};
use std::sync::Arc;

/// Seconds between two values.
pub(super) const STEP_S: f64 = 0.01;
/// Values of the longest recording: ten minutes.
const MOST_STEPS: usize = 60_000;
/// Points of a track: ten minutes of a hand's movement, or three of one that turns at every value.
const MOST_POINTS: usize = 16_384;

/// Where a recording is written.
#[derive(Debug)]
pub(super) struct Room {
    tracks: [Vec<TrackPoint>; LATENTS],
    /// Becomes the movement.
    whole: Arc<Trajectory>,
}

impl Room {
    /// Allocates.
    pub(super) fn new() -> Self {
        Self {
            tracks: std::array::from_fn(|_| Vec::with_capacity(MOST_POINTS)),
            whole: Arc::default(),
        }
    }
}

/// What a recording has come to.
#[derive(Debug)]
pub(super) enum Taken {
    /// A movement.
    Movement(Arc<Trajectory>),
    /// Nothing has moved: its room is empty again.
    Nothing(Room),
}

/// A recording under way.
pub(super) struct Take {
    room: Room,
    lines: [Line; LATENTS],
    pulse: Pulse,
    rate_hz: f64,
    /// Samples until it begins, with the host's beat.
    wait: usize,
    /// Samples since then.
    elapsed: usize,
    /// Values taken.
    steps: usize,
    /// The latents now.
    latents: [f32; LATENTS],
}

impl Take {
    /// Begins.
    pub(super) fn new(room: Room, transport: &Transport, rate_hz: f64) -> Self {
        let (pulse, late_s) = Pulse::begin(transport, rate_hz);
        Self {
            room,
            lines: [Line::default(); LATENTS],
            pulse,
            rate_hz,
            wait: index((-late_s * rate_hz).round()),
            elapsed: index((late_s * rate_hz).round()),
            steps: 0,
            latents: [0.0; LATENTS],
        }
    }

    /// What the host says at the next sample.
    pub(super) fn follow(&mut self, transport: &Transport) {
        self.pulse.follow(transport);
    }

    /// Samples pass, through all of which the latents stand where they are. False when there is no
    /// room for more.
    pub(super) fn pass(&mut self, latents: &[f32; LATENTS], samples: usize) -> bool {
        self.latents = *latents;
        self.pulse.pass(samples);
        let waited = samples.min(self.wait);
        self.wait -= waited;
        self.elapsed += samples - waited;
        loop {
            let at_s = self.steps as f64 * STEP_S;
            let sample = index((at_s * self.rate_hz).round());
            if sample >= self.elapsed {
                return true;
            }
            if self.steps == MOST_STEPS || !self.has_room() {
                // Nothing is recorded beyond this value, however long the call was.
                self.elapsed = sample;
                return false;
            }
            self.write(at_s);
            self.steps += 1;
        }
    }

    /// Whether every track can take this value and the two of its end.
    fn has_room(&self) -> bool {
        let tracks = &mut self.room.tracks.iter();
        tracks.all(|track| track.len() + 3 <= MOST_POINTS)
    }

    fn write(&mut self, at_s: f64) {
        for (latent, line) in self.lines.iter_mut().enumerate() {
            let kept = line.add(at_s, self.latents[latent]);
            self.room.tracks[latent].extend(kept);
        }
    }

    /// Ends it.
    pub(super) fn end(mut self) -> Taken {
        let end_s = self.elapsed as f64 / self.rate_hz;
        let has_moved = self.lines.iter().any(Line::has_moved);
        if !has_moved || narrow(end_s) < SHORTEST_S {
            return Taken::Nothing(self.give_back());
        }
        // The last value may lie within the last step.
        if end_s > (self.steps - 1) as f64 * STEP_S {
            self.write(end_s);
        }
        let agreed = self.pulse.end();
        let length_s = narrow(end_s + agreed.map_or(0.0, |agreed| agreed.more_s));
        for (track, line) in self.room.tracks.iter_mut().zip(&self.lines) {
            if line.has_moved() {
                track.push(line.end());
                cut(track, length_s);
            } else {
                track.clear();
            }
        }
        let Room { tracks, mut whole } = self.room;
        let beats = agreed.map(|agreed| narrow(agreed.beats));
        let first = agreed.map_or(0.0, |agreed| narrow(agreed.first));
        // All of it is in its range, so nothing is refused and freed here.
        let made = Trajectory::new(length_s, beats.filter(|beats| *beats <= 4_096.0), tracks)
            .and_then(|made| made.from_beat(first));
        if let (Ok(made), Some(whole)) = (made, Arc::get_mut(&mut whole)) {
            *whole = made;
        }
        Taken::Movement(whole)
    }

    /// The room, empty again.
    pub(super) fn give_back(mut self) -> Room {
        self.room.tracks.iter_mut().for_each(Vec::clear);
        self.room
    }
}

/// Ends a track at a moment: what lies beyond it is left out, and where the line to it crosses the
/// moment is its last point. The track has room for one more point than it needs.
fn cut(track: &mut Vec<TrackPoint>, end_s: f32) {
    let mut beyond = None;
    while let Some(last) = track.pop_if(|point| point.at_s > end_s) {
        beyond = Some(last);
    }
    if let (Some(from), Some(to)) = (track.last().copied(), beyond) {
        let share = (end_s - from.at_s) / (to.at_s - from.at_s);
        let value = (from.value + share * (to.value - from.value)).clamp(0.0, 1.0);
        track.push(TrackPoint { at_s: end_s, value });
    }
}

//! Recordings with the host playing: whole beats, and everything at the beat at which it was done.

use super::*;
use betwixt_spectral::number::index;

const BEAT_S: f64 = 0.6;

fn at(beats: f64) -> Transport {
    Transport {
        bpm: 60.0 / BEAT_S,
        beats: Some(beats),
    }
}

/// Latent 1 at a beat of the piece.
fn course(beat: f64) -> f32 {
    betwixt_spectral::number::narrow(0.05 * (beat - 10.0))
}

/// Records from one beat of the piece to another, in blocks of 10 ms or so.
fn record(from: f64, to: f64, block: usize) -> Arc<Trajectory> {
    let mut take = Take::new(Room::new(), &at(from), RATE_HZ);
    let samples = index(((to - from) * BEAT_S * RATE_HZ).round());
    let mut done = 0;
    while done < samples {
        let beat = from + done as f64 / RATE_HZ / BEAT_S;
        take.follow(&at(beat));
        let part = block.min(samples - done);
        let mut rest = part;
        while rest > 0 {
            let span = rest.min(48 - done % 48);
            let beat = from + (done / 48 * 48) as f64 / RATE_HZ / BEAT_S;
            take.pass(&[course(beat); LATENTS], span);
            done += span;
            rest -= span;
        }
    }
    movement(take.end())
}

/// Where latent 1 is at a beat of the piece, in sync.
fn heard(movement: &Trajectory, beat: f64) -> f32 {
    let place_s = (beat - f64::from(movement.first_beat())) * BEAT_S;
    let place_s = betwixt_spectral::number::narrow(place_s);
    movement.value(0, place_s).unwrap_or(f32::NAN)
}

/// Switched on a little early or late and off a little early or late, the recording begins at the
/// nearest beat, lasts whole beats, and is at every beat where the hand was.
#[test]
fn a_hand_near_the_beat_is_on_it() {
    for (from, to) in [(12.93, 21.1), (13.2, 20.9), (13.0, 21.0), (12.6, 21.4)] {
        let movement = record(from, to, 480);
        let found = (movement.first_beat(), movement.beats());
        assert_eq!(found, (13.0, Some(8.0)), "{from} to {to}");
        assert!((f64::from(movement.length_s()) - 8.0 * BEAT_S).abs() < 1e-5);
        for step in 0..=32 {
            let beat = 13.0 + 0.25 * f64::from(step);
            let far = heard(&movement, beat) - course(beat.clamp(from, to));
            assert!(far.abs() < 0.0025, "{far} at {beat} of {from} to {to}");
        }
        let other = record(from, to, 37);
        assert_eq!(other, movement, "in other blocks");
    }
}

/// A gesture of less than half a beat is as long as it was, to be played in sync at its own speed.
#[test]
fn a_short_gesture_is_not_stretched() {
    let movement = record(16.0, 16.4, 480);
    let beats = f64::from(movement.beats().unwrap_or(f32::NAN));
    assert!((beats - 0.4).abs() < 1e-4, "{beats}");
    assert!((f64::from(movement.length_s()) - 0.4 * BEAT_S).abs() < 1e-4);
}

/// Two beats at 100 a minute and two at 150 are four, and last 1.2 and 0.8 s.
#[test]
fn beats_are_counted_through_changes_of_tempo() {
    let mut take = Take::new(Room::new(), &at(4.0), RATE_HZ);
    take.pass(&[0.0; LATENTS], 57_600);
    take.follow(&Transport {
        bpm: 150.0,
        beats: Some(6.0),
    });
    take.pass(&[1.0; LATENTS], 38_400);
    let movement = movement(take.end());
    assert_eq!(movement.beats(), Some(4.0));
    assert!((movement.length_s() - 2.0).abs() < 1e-5);
}

/// Where the host stands still, or stops, a recording is as long as it was.
#[test]
fn without_the_host_time_is_free() {
    for first in [Some(4.0), None] {
        let told = Transport {
            beats: first,
            ..at(0.0)
        };
        let mut take = Take::new(Room::new(), &told, RATE_HZ);
        take.pass(&[0.0; LATENTS], 48_000);
        take.follow(&Transport {
            beats: None,
            ..at(0.0)
        });
        take.pass(&[1.0; LATENTS], 7_000);
        let movement = movement(take.end());
        assert_eq!(movement.beats(), None);
        assert!((f64::from(movement.length_s()) - 55_000.0 / RATE_HZ).abs() < 1e-6);
    }
}

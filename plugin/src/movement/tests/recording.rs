//! What is recorded is what was done, in few points, however blocks are cut.

use super::*;
use crate::movement::line::TOLERANCE;
use crate::movement::recorder::STEP_S;
use std::f32::consts::TAU;

/// Samples between two changes of a host's automation.
const GRID: usize = 48;

/// Records a course of the latents, a value for each of the host's changes.
fn record(course: impl Fn(usize) -> [f32; LATENTS], samples: usize, blocks: &[usize]) -> Taken {
    let mut take = Take::new(Room::new(), &Transport::default(), RATE_HZ);
    let mut sizes = blocks.iter().cycle();
    let (mut done, mut end) = (0, 0);
    while done < samples {
        if done == end {
            end = samples.min(done + sizes.next().unwrap_or(&1));
        }
        let to = end.min((done / GRID + 1) * GRID);
        take.pass(&course(done / GRID), to - done);
        done = to;
    }
    take.end()
}

/// The course of latent 1 alone.
fn alone(value: impl Fn(f32) -> f32) -> impl Fn(usize) -> [f32; LATENTS] {
    move |change| {
        let mut latents = [0.25; LATENTS];
        let at_s = betwixt_spectral::number::real(change * GRID) / 48_000.0;
        latents[0] = value(at_s);
        latents
    }
}

fn sine(at_s: f32) -> f32 {
    0.5 + 0.5 * (TAU * at_s).sin()
}

/// A straight way is two points, whatever its slope, and only what moves takes part.
#[test]
fn a_straight_way_is_two_points() {
    let movement = movement(record(alone(|at_s| 0.1 + 0.2 * at_s), 96_000, &[480]));
    let [first, rest @ ..] = movement.tracks();
    assert_eq!(first.len(), 2, "{first:?}");
    assert!(rest.iter().all(Vec::is_empty));
    assert_eq!(movement.length_s(), 2.0);
    let ends = [movement.value(0, 0.0), movement.value(0, 2.0)].map(Option::unwrap);
    assert!(
        (ends[0] - 0.1).abs() < 1e-6 && (ends[1] - 0.5).abs() < 0.001,
        "{ends:?}"
    );
}

/// A chord of length h over a course of curvature c is c·h²/8 away from it. A turn of a sine of
/// height ½ has, at a distance of 0.002, ∫√(½·4π²·|sin|/0.016) = 27 chords.
#[test]
fn a_sine_is_as_many_chords_as_its_curvature_asks() {
    let movement = movement(record(alone(sine), 480_000, &[480]));
    let count = movement.tracks()[0].len();
    assert!((240..=330).contains(&count), "{count} points in ten turns");
}

/// Ten seconds of anything: at each of the values taken, the movement is no farther than 0.002 from
/// it, and blocks of any size give the same movement to the last bit.
#[test]
fn what_is_recorded_is_what_was_done() {
    let mut state = 5;
    let walk: Vec<[f32; LATENTS]> = (0..10_000)
        .scan([0.5; LATENTS], |latents, at| {
            for (latent, value) in latents.iter_mut().enumerate() {
                let far = [0.0, 0.001, 0.02, 0.3][latent % 4];
                if at % 7 == 0 {
                    *value = (*value + far * (2.0 * random(&mut state) - 1.0)).clamp(0.0, 1.0);
                }
            }
            Some(*latents)
        })
        .collect();
    let course = |change: usize| walk[change.min(walk.len() - 1)];
    let movement = movement(record(course, 480_000, &[480]));
    for blocks in [&[1][..], &[64], &[4_096], &[37, 511, 2_048]] {
        let other = super::movement(record(course, 480_000, blocks));
        assert_eq!(other, movement, "{blocks:?}");
    }
    let moved: Vec<bool> = movement
        .tracks()
        .iter()
        .map(|track| !track.is_empty())
        .collect();
    assert_eq!(moved, [false, true, true, true].repeat(2));
    for step in 0..1_000usize {
        let at_s = step as f64 * STEP_S;
        let was = course((step * 480) / GRID);
        for latent in (0..LATENTS).filter(|latent| moved[*latent]) {
            let at_s = betwixt_spectral::number::narrow(at_s);
            let found = movement.value(latent, at_s).unwrap_or(f32::NAN);
            let far = f64::from((found - was[latent]).abs());
            // Times and values are rounded to 32 bits.
            assert!(far < TOLERANCE + 1e-5, "{far} at {at_s} s of {latent}");
        }
    }
}

/// Nothing that moves is no movement, and neither is a moment; the room comes back empty.
#[test]
fn nothing_is_no_movement() {
    let still = record(alone(|_| 0.5), 48_000, &[480]);
    let a_tremble = record(alone(|at_s| 0.5 + 0.001 * sine(7.0 * at_s)), 48_000, &[480]);
    let a_moment = record(alone(|at_s| 700.0 * at_s), 400, &[64]);
    let nothing = record(alone(sine), 0, &[64]);
    for refused in [still, a_tremble, a_moment, nothing] {
        let Taken::Nothing(room) = refused else {
            panic!("{refused:?}");
        };
        let take = Take::new(room, &Transport::default(), RATE_HZ);
        assert!(matches!(take.end(), Taken::Nothing(_)));
    }
}

/// After ten minutes, or when a track is full, nothing more is taken and what there is is whole.
#[test]
fn a_full_recording_ends_and_is_whole() {
    let fill = |course: &dyn Fn(usize) -> f32| {
        let mut take = Take::new(Room::new(), &Transport::default(), RATE_HZ);
        let mut calls = 0;
        while take.pass(&[course(calls); LATENTS], 480) {
            calls += 1;
        }
        assert!(!take.pass(&[0.5; LATENTS], 4_800), "it stays full");
        (calls, movement(take.end()))
    };
    let (calls, long) = fill(&|call| if call < 30_000 { 0.0 } else { 1.0 });
    assert_eq!(calls, 60_000);
    assert!(
        (long.length_s() - 600.0).abs() < 0.01,
        "{}",
        long.length_s()
    );
    let (calls, dense) = fill(&|call| [0.0, 1.0][call % 2]);
    assert!((16_000..16_384).contains(&calls), "{calls}");
    assert!(dense.tracks().iter().all(|track| track.len() <= 16_384));
    let last = dense.tracks()[0].last().map(|point| point.at_s);
    assert_eq!(last, Some(dense.length_s()));
}

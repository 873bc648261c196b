//! The course of gain in a painted note's attack: what the network tells is what is heard.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use betwixt_engine::{Decoder, Fitting, Settings, Timbre};
use betwixt_model::Model;
use betwixt_spectral::number::{index, narrow, real};
use betwixt_tests::{ATTACK, ATTACK_VELOCITY, Player, painted_model, struck_model};
use std::sync::Arc;

/// Where the curve's points lie, in milliseconds.
const PLACES_MS: [f32; 17] = [
    0.0, 1.5, 3.0, 4.5, 6.0, 7.5, 9.0, 10.5, 12.0, 13.5, 15.0, 18.0, 22.0, 28.0, 34.0, 40.0, 48.0,
];
const NOTE_S: f64 = 0.1;

/// A note of C4 at a velocity, as a model and a player's hand have it.
fn played(model: &Model, rate_hz: f32, velocity: f32, set: impl Fn(&mut Player)) -> Vec<f32> {
    let mut player = Player::new(model, rate_hz);
    // Far below the limiter.
    player.controls.gain = 0.1;
    player.controls.velocity_amount = 0.0;
    set(&mut player);
    player.key(60, velocity, 0, usize::MAX);
    player.play(index(NOTE_S * f64::from(rate_hz)), &[256])
}

/// The gain so many milliseconds after the onset, by the numbers written down: 6 dB each.
fn expected(ms: f32, velocity: f32) -> f32 {
    let gain = |point: usize| match ATTACK.get(point) {
        Some(number) => 10f32.powf(6.0 * (number + ATTACK_VELOCITY * velocity) / 20.0),
        None => 1.0,
    };
    let Some(next) = PLACES_MS.iter().position(|place| *place > ms) else {
        return 1.0;
    };
    let share = (ms - PLACES_MS[next - 1]) / (PLACES_MS[next] - PLACES_MS[next - 1]);
    let share = share * share * (3.0 - 2.0 * share);
    gain(next - 1) + share * (gain(next) - gain(next - 1))
}

/// Each sample is that of the same note without the network times the curve; `stretch` is how much
/// slower the note's time passes.
fn follows_the_curve(rate_hz: f32, velocity: f32, stretch: f32, set: impl Fn(&mut Player)) {
    let plain = played(&painted_model(), rate_hz, velocity, &set);
    let struck = played(&struck_model(), rate_hz, velocity, &set);
    let mut compared = 0;
    for (at, (plain, struck)) in plain.iter().zip(&struck).enumerate() {
        if plain.abs() > 1e-4 {
            let ms = 1000.0 * real(at) / rate_hz / stretch;
            let (found, expected) = (struck / plain, expected(ms, velocity));
            assert!(
                (found / expected - 1.0).abs() < 2e-3,
                "{rate_hz} Hz, {ms:.2} ms: {found} for {expected}"
            );
            compared += 1;
        }
    }
    assert!(compared > plain.len() / 2, "{compared} samples are heard");
}

/// At every host rate and velocity, to the sample.
#[test]
fn the_gain_runs_as_the_network_tells() {
    for rate_hz in [22_050.0, 44_100.0, 48_000.0, 96_000.0, 192_000.0] {
        for velocity in [0.2, 1.0] {
            follows_the_curve(rate_hz, velocity, 1.0, |_| {});
        }
    }
}

/// The attack is a part of the note's own time: four times as slow, four times as long.
#[test]
fn time_stretches_the_attack() {
    for speed in [0.25, 4.0] {
        follows_the_curve(48_000.0, 1.0, narrow(f64::from(speed).recip()), |player| {
            player.controls.performance.time.speed = speed;
        });
    }
}

/// A note that stands still was never struck.
#[test]
fn a_frozen_note_has_no_attack() {
    let freeze = |player: &mut Player| {
        player.controls.performance.time.frozen = true;
        player.controls.performance.time.point_s = 0.0;
    };
    let [plain, struck] =
        [painted_model(), struck_model()].map(|model| played(&model, 48_000.0, 1.0, freeze));
    assert_eq!(plain, struck);
}

/// A voice's next note begins its own attack, also where the last one had not come to its end.
#[test]
fn every_note_has_its_own() {
    let [plain, struck] = [painted_model(), struck_model()].map(|model| {
        let mut player = Player::new(&model, 48_000.0);
        player.controls.voice_limit = 1;
        player.controls.gain = 0.1;
        player.controls.velocity_amount = 0.0;
        for (start, velocity) in [(0, 0.2), (24_000, 1.0), (24_480, 1.0)] {
            player.key(60, velocity, start, start + 400);
        }
        player.play(48_000, &[256])
    });
    for (start, velocity) in [(0, 0.2), (24_000, 1.0)] {
        for at in (0..400).filter(|at| plain[start + at].abs() > 1e-4) {
            let found = struck[start + at] / plain[start + at];
            let expected = expected(real(at) / 48.0, velocity);
            assert!(
                (found / expected - 1.0).abs() < 2e-3,
                "{start} + {at}: {found} for {expected}"
            );
        }
    }
    // The third one takes the voice while the second is within its curve. What is stolen fades for a few
    // milliseconds; then only the third is heard, in the middle of its own first hop.
    let mut compared = 0;
    for at in (240..400).filter(|at| plain[24_480 + at].abs() > 1e-3) {
        let found = struck[24_480 + at] / plain[24_480 + at];
        let expected = expected(real(at) / 48.0, 1.0);
        assert!(
            (found / expected - 1.0).abs() < 0.02,
            "{at}: {found} for {expected}"
        );
        compared += 1;
    }
    assert!(compared > 50, "{compared} samples are heard");
}

/// Half way between a model with a course of gain and one without, half of its decibels are heard; time
/// stretches it there as it does in either.
#[test]
fn a_mixture_has_its_share() {
    for (slots, speed) in [([0, 1], 1.0), ([1, 0], 1.0), ([0, 1], 0.25), ([1, 0], 0.25)] {
        let play = |models: [Model; 2]| {
            let mut player = Player::new(&models[slots[0]], 48_000.0);
            let decoder = Arc::new(Decoder::new(&models[slots[1]]).unwrap());
            let settings = Settings {
                sample_rate_hz: 48_000.0,
                seed: 1,
            };
            let second = Fitting::Model(Box::new(Timbre::new(decoder, settings)));
            player.engine.install(1, second);
            player.controls.morph = 0.5;
            player.controls.gain = 0.1;
            player.controls.velocity_amount = 0.0;
            player.controls.performance.time.speed = speed;
            player.key(60, 1.0, 24_000, usize::MAX);
            player.play(30_000, &[256])[24_000..].to_vec()
        };
        let plain = play([painted_model(), painted_model()]);
        let mixed = play([painted_model(), struck_model()]);
        let mut compared = 0;
        for at in (0..plain.len()).filter(|at| plain[*at].abs() > 1e-4) {
            let place = real(at) / 48.0 * speed;
            let next = PLACES_MS.iter().position(|own| *own > place);
            // At the points themselves: between them the way is of gains, not of decibels.
            let Some(last) = next.map(|next| PLACES_MS[next - 1]) else {
                continue;
            };
            if place - last < 0.02 {
                let (found, expected) = (mixed[at] / plain[at], expected(last, 1.0).sqrt());
                assert!(
                    (found / expected - 1.0).abs() < 5e-3,
                    "{slots:?} {last} ms: {found} for {expected}"
                );
                compared += 1;
            }
        }
        assert!(compared > 8, "{slots:?}, {speed}: {compared} points");
    }
}

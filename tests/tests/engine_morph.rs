//! Several models in one engine: switched, morphed, exchanged while notes sound.
//!
//! ```text
//!  slots A … D (partials, frames, empty, missing) × morph, 0…3 ─► no click, no dependence on blocks
//! ```
//!
//! The models draw nothing above 4 kHz; what sounds above 8 kHz came from a step or a corner.

use betwixt_engine::{
    Decoder, EventKind, Fitting, Lfo, Settings, Shape, Slot, Source, Target, Timbre, Touch,
};
use betwixt_evaluation::measure::{high_pass, level};
use betwixt_model::Model;
use betwixt_spectral::number::real;
use betwixt_spectral::partials::{LEVEL, LEVEL_RANGE_DB};
use betwixt_spectral::pitch::hz;
use betwixt_tests::{Player, amplitude, comb_model, level_db, painted_model};
use std::sync::Arc;

const RATE_HZ: f32 = 48_000.0;
/// Below the sound's peak.
const LIMIT_DB: f64 = -70.0;
const SECOND: usize = 48_000;

/// A painted model that is so many times as loud, one of whose harmonics may be muted.
fn louder(gain: f32, muted: Option<usize>) -> Model {
    let mut model = painted_model();
    let dense = &mut model.decoder[0];
    let inputs = dense.inputs;
    if let Some(harmonic) = muted {
        dense.bias[harmonic] = 0.0;
        dense.weight[harmonic * inputs..(harmonic + 1) * inputs].fill(0.0);
    }
    dense.bias[LEVEL] += gain.log10() * 20.0 / LEVEL_RANGE_DB;
    model
}

fn timbre(model: &Model) -> Fitting {
    let decoder = Arc::new(Decoder::new(model).expect("a sound model"));
    let settings = Settings {
        sample_rate_hz: RATE_HZ,
        seed: 1,
    };
    Fitting::Model(Box::new(Timbre::new(decoder, settings)))
}

/// A player with these models in its slots.
fn player(models: &[&Model]) -> Player {
    let mut player = Player::new(models[0], RATE_HZ);
    for (slot, model) in models.iter().enumerate().skip(1) {
        player.engine.install(slot, timbre(model));
    }
    player.controls.envelope.release_s = 0.1;
    player
}

fn chord(player: &mut Player, to: usize) {
    for (key, from) in [(45, 10), (52, 900), (57, 2_005), (61, 2_006)] {
        player.key(key, 0.8, from, to);
    }
}

fn residual_db(sound: &[f32]) -> f64 {
    high_pass::high_pass_residual_db(sound, f64::from(RATE_HZ), 8_000.0)
}

fn assert_clean(sound: &[f32], what: &str) {
    let (peak_db, residual_db) = (level::db(level::peak(sound)), residual_db(sound));
    assert!(peak_db > -40.0, "{what}: {peak_db:.1} dB, too soft to tell");
    let below = residual_db - peak_db;
    eprintln!("{what}: {below:.1} dB");
    assert!(below < LIMIT_DB, "{what}: {below:.1} dB");
}

/// Ways that a morph goes, by the sample.
type Way = (&'static str, fn(usize) -> f32);

const WAYS: [Way; 4] = [
    ("slowly through all", |at| 3.0 * real(at) / real(3 * SECOND)),
    ("fast to and fro", |at| {
        1.5 - 1.5 * (std::f32::consts::TAU * real(at) / 9_600.0).cos()
    }),
    ("by jumps", |at| {
        [0.0, 3.0, 1.0, 2.5, 0.2, 2.0][at / 7_000 % 6]
    }),
    ("by jumps, faster than it follows", |at| {
        [0.0, 2.7, 1.0, 3.0, 1.5][at / 512 % 5]
    }),
];

/// A chord is held while the morph goes through models of both families, in any order: no click.
#[test]
fn morphing_does_not_click() {
    let (painted, other, comb) = (painted_model(), louder(0.5, Some(2)), comb_model());
    let sets: [[&Model; 4]; 3] = [
        [&painted, &other, &painted, &other],
        [&painted, &comb, &comb, &other],
        [&comb, &painted, &other, &comb],
    ];
    for (number, models) in sets.iter().enumerate() {
        for (name, way) in WAYS {
            let mut player = player(models);
            chord(&mut player, 5 * SECOND / 2);
            let sound = player.play_with(3 * SECOND, &[64], |at, controls| {
                controls.morph = way(at);
            });
            assert_clean(&sound, &format!("set {number}, {name}"));
        }
    }
}

/// Models are exchanged, taken out, and missing for a while under a chord that is held: no click,
/// what was taken out is given back soon, and the chord sounds on with what is there.
#[test]
fn exchanging_models_does_not_click() {
    let (painted, other, comb) = (painted_model(), louder(0.5, Some(2)), comb_model());
    for start in [&painted, &comb] {
        let mut player = player(&[start]);
        let fittings: [fn(&[&Model; 2]) -> Fitting; 6] = [
            |models| timbre(models[0]),
            |models| timbre(models[1]),
            |_| Fitting::Missing,
            |models| timbre(models[1]),
            |models| timbre(models[0]),
            |_| Fitting::Empty,
        ];
        chord(&mut player, 100 * SECOND);
        let mut sound = player.play(SECOND / 2, &[64]);
        for (turn, fitting) in fittings.iter().enumerate() {
            let fitted = player.engine.fit(0, fitting(&[&other, &comb]));
            assert!(fitted.is_ok(), "turn {turn}: the last one has gone");
            let before = sound.len();
            let (mut blocks, mut is_given) = (0, false);
            while !player.engine.can_fit() {
                is_given |= player.engine.take_left().is_some();
                sound.extend(player.play(64, &[64]));
                blocks += 1;
                assert!(blocks < 80, "turn {turn}: it is not given back");
            }
            // The second time round there was nothing to give back.
            assert_eq!(is_given, turn != 3, "turn {turn}");
            sound.extend(player.play(SECOND / 4, &[64]));
            let is_silent = level::peak(&sound[before + 9_600..]) == 0.0;
            assert_eq!(is_silent, turn == 2 || turn == 5, "turn {turn}");
        }
        assert_clean(&sound, "exchanged");
    }
}

/// The host's block size does not change one bit, whatever is morphed.
#[test]
fn blocks_do_not_change_a_morph() {
    let (painted, other, comb) = (painted_model(), louder(0.5, Some(2)), comb_model());
    let play = |blocks: &[usize]| {
        let mut player = player(&[&painted, &comb, &other, &painted]);
        chord(&mut player, SECOND / 2);
        let way = |at: usize| WAYS[2].1(at - at % 1_024) + 0.1 * real(at / 1_024 % 7);
        player.play_with(SECOND, blocks, |at, controls| controls.morph = way(at))
    };
    let expected = play(&[1_024]);
    for blocks in [[64, 64], [1, 1_023], [512, 512], [333, 691]] {
        assert!(play(&blocks) == expected, "{blocks:?}");
    }
}

/// Half way between two models of partials every harmonic lies half way in decibels: where one
/// model is 12 dB softer, 6 dB softer; the power of any two others stays what it was.
#[test]
fn half_way_is_half_way_in_decibels() {
    let (painted, softer) = (painted_model(), louder(0.25, None));
    let heard = |morph: f32| {
        let mut player = player(&[&painted, &softer]);
        player.controls.morph = morph;
        player.key(57, 1.0, 0, 2 * SECOND);
        let sound = player.play(SECOND, &[64]);
        [1.0, 2.0, 3.0].map(|number| {
            let hz = 220.0 * number * (1.0 + 10f64.powf(-3.9) * number * number).sqrt();
            amplitude(&sound[SECOND / 2..], hz, f64::from(RATE_HZ))
        })
    };
    let (first, half, second) = (heard(0.0), heard(0.5), heard(1.0));
    for number in 0..3 {
        let away = |sound: f64| 20.0 * (sound / first[number]).log10();
        let (half, second) = (away(half[number]), away(second[number]));
        assert!((second + 12.04).abs() < 0.1, "harmonic {number}: {second}");
        assert!((half + 6.02).abs() < 0.1, "harmonic {number}: {half}");
    }
    // Frames beside partials: neither is heard louder in the middle than both together could be.
    let mut levels = [0.0, 0.5, 1.0].map(|morph| {
        let mut player = player(&[&painted, &comb_model()]);
        player.controls.morph = morph;
        player.key(57, 1.0, 0, 2 * SECOND);
        level_db(&player.play(SECOND, &[64])[SECOND / 2..])
    });
    let middle = levels[1];
    levels.sort_by(f64::total_cmp);
    assert!(
        middle > levels[0] - 3.0 && middle < levels[2] + 3.0,
        "{levels:?}"
    );
}

/// Empty slots leave their place to the one before, bit for bit; a missing one is silent.
#[test]
fn empty_slots_leave_their_place() {
    let (painted, comb) = (painted_model(), comb_model());
    let play = |slots: [Option<Fitting>; 3], morph: f32| {
        let mut player = player(&[&painted]);
        for (slot, fitting) in slots.into_iter().enumerate() {
            player.engine.install(slot + 1, fitting.unwrap_or_default());
        }
        player.controls.morph = morph;
        player.key(57, 0.9, 7, SECOND / 4);
        player.play(SECOND / 2, &[64])
    };
    let alone = play([None, None, None], 0.0);
    for morph in [0.3, 1.0, 2.0, 3.0] {
        assert!(play([None, None, None], morph) == alone, "{morph}");
    }
    let only_last = play([None, None, Some(timbre(&comb))], 3.0);
    assert!(play([None, None, Some(timbre(&comb))], 1.9) == alone);
    let own = {
        let mut player = Player::new(&comb, RATE_HZ);
        player.controls.envelope.release_s = 0.1;
        player.key(57, 0.9, 7, SECOND / 4);
        player.play(SECOND / 2, &[64])
    };
    assert!(only_last == own, "the last slot alone");
    let missing = play([Some(Fitting::Missing), None, None], 1.0);
    assert!(missing.iter().all(|x| *x == 0.0));
}

/// Each voice has its own place between the models: velocity takes a hard stroke to the second one,
/// a host moves one note of two, and an oscillator does not click.
#[test]
fn every_voice_has_its_own_morph() {
    let (painted, comb) = (painted_model(), comb_model());
    let third = 1.0 / 3.0;
    let by_velocity = |velocity: f32| {
        let mut player = player(&[&painted, &comb]);
        player.controls.velocity_amount = 0.0;
        player.controls.modulation.slots[0] = Slot {
            source: Source::Velocity,
            target: Target::Morph,
            depth: third,
        };
        player.key(57, velocity, 0, SECOND);
        player.play(SECOND / 2, &[64])
    };
    let alone = |model: &Model, velocity: f32| {
        let mut player = player(&[model]);
        player.controls.velocity_amount = 0.0;
        player.key(57, velocity, 0, SECOND);
        player.play(SECOND / 2, &[64])
    };
    assert!(by_velocity(0.0) == alone(&painted, 0.0), "the softest");
    assert!(by_velocity(1.0) == alone(&comb, 1.0), "the hardest");
    // One note of two is moved to the second model, by its name, as it begins.
    let whom = Player::note(52).into();
    let touch = EventKind::Touch {
        whom,
        touch: Touch::Morph(third),
    };
    let heard = |models: &[&Model], keys: &[u8]| {
        let mut player = player(models);
        for key in keys {
            player.key(*key, 1.0, 0, SECOND);
        }
        player.at(0, touch);
        let sound = player.play(SECOND / 2, &[64]);
        [45.0, 52.0].map(|key: f64| amplitude(&sound[12_000..], hz(key), 48_000.0))
    };
    let both = heard(&[&painted, &comb], &[45, 52]);
    let (low, high) = (heard(&[&painted], &[45]), heard(&[&comb], &[52]));
    for (found, alone) in both.into_iter().zip([low[0], high[1]]) {
        assert!(
            (20.0 * (found / alone).log10()).abs() < 0.3,
            "{found}, {alone}"
        );
    }
    let mut swept = player(&[&painted, &comb, &painted, &comb]);
    swept.controls.modulation.lfos[0] = Lfo {
        shape: Shape::Square,
        rate_hz: 3.0,
        ..swept.controls.modulation.lfos[0]
    };
    swept.controls.modulation.slots[0] = Slot {
        source: Source::Lfo(0),
        target: Target::Morph,
        depth: 1.0,
    };
    chord(&mut swept, 2 * SECOND);
    assert_clean(&swept.play(2 * SECOND, &[64]), "an oscillator");
}

/// What comes in while a note sounds is as far as the note is: a struck sound that is morphed to a
/// second later has decayed by then, as if it had been there from the start.
#[test]
fn what_comes_in_is_as_far_as_the_note() {
    let (painted, comb) = (painted_model(), comb_model());
    let held = |morph: fn(usize) -> f32| {
        let mut player = player(&[&painted, &comb, &comb]);
        player.key(57, 1.0, 0, 9 * SECOND);
        let sound = player.play_with(2 * SECOND, &[64], |at, controls| {
            controls.morph = morph(at);
        });
        level_db(&sound[3 * SECOND / 2..])
    };
    let from_the_start = held(|_| 0.0);
    let later = held(|at| if at < SECOND { 1.0 } else { 0.0 });
    assert!(
        (from_the_start - later).abs() < 0.3,
        "{from_the_start} beside {later}"
    );
}

/// A model of frames comes under more notes than it can play: some end, none clicks, and what is
/// played afterwards sounds.
#[test]
fn a_model_of_few_voices_comes_under_many() {
    let (painted, comb) = (painted_model(), comb_model());
    let mut player = player(&[&painted]);
    player.controls.voice_limit = 64;
    for number in 0..40u8 {
        player.key(30 + number, 0.2, usize::from(number) * 300, 100 * SECOND);
    }
    player.play(SECOND / 2, &[64]);
    assert_eq!(player.engine.sounding(), 40);
    // Low ones end: the others have higher numbers than the model of frames has voices.
    for number in 0..30u8 {
        let whom = Player::note(30 + number).into();
        player.at(0, EventKind::NoteOff { whom });
    }
    player.play(SECOND / 2, &[64]);
    assert!(player.engine.fit(0, timbre(&comb)).is_ok());
    player.play(SECOND / 4, &[64]);
    for number in 0..30u8 {
        player.key(40 + number, 0.5, usize::from(number) * 300, SECOND);
    }
    let sound = player.play(SECOND / 2, &[64]);
    assert!(level::peak(&sound) > 0.01);
    assert!(player.engine.sounding() <= betwixt_engine::MAX_FRAME_VOICES);
}

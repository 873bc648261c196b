//! What only partials can do: exact pitch on every key, time, movement, tone, width.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use betwixt_engine::{EventKind, Performance};
use betwixt_evaluation::measure::pitch;
use betwixt_evaluation::measure::timbre::PowerSpectrum;
use betwixt_spectral::number::{index, narrow};
use betwixt_spectral::partials::{BANDS, GROUPS, LEVEL};
use betwixt_spectral::pitch::hz;
use betwixt_tests::{NATURAL_CENTS, Player, amplitude, level_db, painted_model};

/// Cents between what is heard from 200 to 800 ms and what should be.
fn error_cents(player: &mut Player, rate_hz: f64, expected_hz: f64) -> f64 {
    let out = player.play(index(0.8 * rate_hz), &[256]);
    pitch::error_cents(&out[index(0.2 * rate_hz)..], rate_hz, expected_hz).unwrap_or(f64::NAN)
}

/// Level between two times of a note of C4 held for so long, in dB.
fn held_db(performance: Performance, from_s: f64, to_s: f64) -> f64 {
    let mut player = Player::painted(48_000.0);
    player.controls.performance = Performance {
        width: 0.0,
        ..performance
    };
    player.key(60, 1.0, 0, usize::MAX);
    let out = player.play(index(to_s * 48_000.0), &[480]);
    level_db(&out[index(from_s * 48_000.0)..])
}

/// The promise: every key from A0 to C8 within half a cent, at every host rate.
#[test]
fn every_key_is_in_tune_at_every_rate() {
    for (rate_hz, step) in [
        (44_100.0, 1),
        (48_000.0, 5),
        (96_000.0, 13),
        (192_000.0, 22),
    ] {
        for key in (21..=108).step_by(step) {
            let mut player = Player::painted(narrow(rate_hz));
            player.key(key, 1.0, 0, usize::MAX);
            let error = error_cents(&mut player, rate_hz, hz(f64::from(key)));
            assert!(
                error.abs() < 0.5,
                "key {key} at {rate_hz} Hz: {error:.3} cents"
            );
        }
    }
}

/// One sound at every host rate: each partial below 18 kHz within half a dB of what it is at 48 kHz.
#[test]
fn partials_sound_the_same_at_every_rate() {
    let mut model = painted_model();
    // All the partials there are, falling by 3 dB per octave.
    for number in 1..=76u8 {
        model.decoder[0].bias[usize::from(number) - 1] = 0.5 / f32::from(number).sqrt();
    }
    let play = |rate_hz: f64| {
        let mut player = Player::new(&model, narrow(rate_hz));
        player.controls.performance.inharmonicity = 0.0;
        player.controls.latents = [0.0; 8];
        player.controls.performance.time.frozen = true;
        player.key(69, 1.0, 0, usize::MAX);
        player.play(index(0.6 * rate_hz), &[480])[index(0.1 * rate_hz)..].to_vec()
    };
    let usual = play(48_000.0);
    for rate_hz in [22_050.0, 44_100.0, 96_000.0, 192_000.0] {
        let sound = play(rate_hz);
        for number in (1..=40).filter(|n| f64::from(*n) * 440.0 < rate_hz / 2.0 - 1_000.0) {
            let hz = f64::from(number) * 440.0;
            let found = amplitude(&sound, hz, rate_hz) / amplitude(&usual, hz, 48_000.0);
            let error = 20.0 * found.log10();
            assert!(error.abs() < 0.1, "{hz} Hz at {rate_hz}: {error:.3} dB");
        }
    }
}

/// The same of noise, over sixty seconds, in every third of an octave from 250 Hz to 18 kHz.
#[test]
fn noise_sounds_the_same_at_every_rate() {
    let mut model = painted_model();
    model.decoder[0].bias[..GROUPS].fill(0.0);
    model.decoder[0].weight.fill(0.0);
    model.decoder[0].bias[GROUPS..GROUPS + BANDS].fill(0.1);
    let play = |rate_hz: u32| {
        let mut player = Player::new(&model, narrow(f64::from(rate_hz)));
        player.key(60, 1.0, 0, usize::MAX);
        let out = player.play(index(60.0 * f64::from(rate_hz)), &[4_096]);
        PowerSpectrum::of(&out, rate_hz)
            .unwrap()
            .third_octaves_db(18_000.0)
    };
    let usual = play(44_100);
    for rate_hz in [96_000, 192_000] {
        for ((hz, found), (_, expected)) in play(rate_hz).into_iter().zip(&usual) {
            let error = found - expected;
            assert!(
                hz < 250.0 || error.abs() < 0.5,
                "{hz:.0} Hz at {rate_hz}: {error:.2} dB"
            );
        }
    }
}

/// Bends of up to four octaves, fine tuning and octaves add up.
#[test]
fn bends_and_tunings_add_up() {
    for (bend, fine, octave, semitones) in [
        (1.0, 0.0, 0, 48.0),
        (-0.5, 0.0, 0, -24.0),
        (0.125, 25.0, -1, -5.75),
        (0.0, -100.0, 2, 23.0),
    ] {
        let mut player = Player::painted(48_000.0);
        player.controls.bend_range_semitones = 48.0;
        player.controls.fine_cents = fine;
        player.controls.octave = octave;
        let value = bend;
        player
            .at(0, EventKind::PitchBend { channel: 0, value })
            .key(60, 1.0, 0, usize::MAX);
        let error = error_cents(&mut player, 48_000.0, hz(60.0 + semitones));
        assert!(error.abs() < 0.5, "{semitones} semitones: {error:.3} cents");
    }
}

/// The model says that it sounds 20 cents high: asked for half of that, it does.
#[test]
fn natural_tuning_is_the_models_own() {
    let mut player = Player::painted(48_000.0);
    player.controls.performance.natural_tuning = 0.5;
    player.key(60, 1.0, 0, usize::MAX);
    let expected = hz(60.0 + f64::from(NATURAL_CENTS) / 200.0);
    let error = error_cents(&mut player, 48_000.0, expected);
    assert!(error.abs() < 0.5, "{error:.3} cents");
}

/// The painted model falls by 24 dB with a time constant of 0.6 s, in levels of 60 dB: at time t it
/// has lost 24·(1 − e^(−t/0.6)). Four times as fast that is reached in a quarter of the time.
#[test]
fn time_runs_as_asked() {
    let expected = |t: f64| -24.0 * (1.0 - (-t / 0.6).exp());
    let at = |speed: f32, time_s: f64| {
        let mut performance = Performance::default();
        performance.time.speed = speed;
        held_db(performance, time_s - 0.02, time_s + 0.02)
    };
    let loudest = at(1.0, 0.03) - expected(0.03);
    for (speed, time_s) in [(1.0, 0.3), (1.0, 1.0), (4.0, 0.25), (0.25, 1.5), (0.5, 0.6)] {
        let found = at(speed, time_s) - loudest;
        let expected = expected(time_s * f64::from(speed));
        let error = found - expected;
        assert!(error.abs() < 0.4, "× {speed} at {time_s} s: {error:.2} dB");
    }
}

/// A moment is heard 3 ms before its time: a level that is told as −15·ln(1 + t/20 ms) dB is found
/// so at 20 ms with t = 23 ms, beside a sound that stands at t = 0.
#[test]
fn moments_are_heard_a_little_early() {
    let mut model = painted_model();
    let dense = &mut model.decoder[0];
    let row = &mut dense.weight[LEVEL * dense.inputs..(LEVEL + 1) * dense.inputs];
    row.fill(0.0);
    // The last of the time features, ln(1 + t/20 ms)/4, before the velocity: 60 dB for each 1.
    row[dense.inputs - 2] = -1.0;
    dense.bias[LEVEL] = 1.0;
    let play = |is_frozen: bool| {
        let mut player = Player::new(&model, 48_000.0);
        player.controls.performance.inharmonicity = 0.0;
        player.controls.latents = [0.0; 8];
        player.controls.performance.time.frozen = is_frozen;
        player.controls.performance.time.point_s = 0.0;
        player.key(84, 1.0, 0, usize::MAX);
        player.play(24_000, &[480])
    };
    let (running, standing) = (play(false), play(true));
    let found = level_db(&running[864..1_056]) - level_db(&standing[12_000..]);
    let expected = -15.0 * (1.0 + 0.023f64 / 0.020).ln();
    // 20 ms would be 1.1 dB more.
    assert!(
        (found - expected).abs() < 0.4,
        "{found:.2} for {expected:.2} dB"
    );
}

/// Frozen, a falling sound stands; let go, it falls on from there.
#[test]
fn a_frozen_sound_stands() {
    let mut performance = Performance::default();
    performance.time.frozen = true;
    performance.time.point_s = 0.3;
    let early = held_db(performance, 0.1, 0.4);
    let late = held_db(performance, 9.0, 9.5);
    assert!((early - late).abs() < 0.05, "{early:.2} dB, then {late:.2}");
    let expected = -24.0 * (1.0 - (-0.3f64 / 0.6).exp());
    let running = held_db(Performance::default(), 0.28, 0.32);
    assert!(
        (late - running).abs() < 0.5,
        "{late:.2} for {expected:.2} dB"
    );

    let mut player = Player::painted(48_000.0);
    player.key(60, 1.0, 0, usize::MAX);
    let out = player.play_with(144_000, &[480], |at, controls| {
        controls.performance.time.frozen = at < 48_000;
        controls.performance.time.point_s = 0.0;
    });
    let lost = level_db(&out[40_000..48_000]) - level_db(&out[136_000..]);
    assert!((lost - 23.0).abs() < 1.0, "{lost:.1} dB");
}

/// The painted model stands at 24 dB down when its trained four seconds end: it is held for ever.
#[test]
fn held_sounds_are_held() {
    let (early, late) = (
        held_db(Performance::default(), 5.0, 6.0),
        held_db(Performance::default(), 19.0, 20.0),
    );
    assert!((early - late).abs() < 0.3, "{early:.2} dB, then {late:.2}");
}

/// With a model that still falls by 6 dB/s at its end, a note goes on falling at that slope.
#[test]
fn struck_sounds_go_on_fading() {
    let mut model = painted_model();
    let dense = &mut model.decoder[0];
    let row = &mut dense.weight[LEVEL * dense.inputs..(LEVEL + 1) * dense.inputs];
    row.fill(0.0);
    // The slowest feature, e^(−t/1.5 s), falls by 0.066 in the last of the four seconds.
    let slowest = dense.inputs - 3;
    row[slowest] = 6.0 / 60.0 / ((-3.0f32 / 1.5).exp() - (-4.0f32 / 1.5).exp());
    dense.bias[LEVEL] = 0.5;
    let mut player = Player::new(&model, 48_000.0);
    player.key(60, 1.0, 0, usize::MAX);
    let out = player.play(48_000 * 8, &[480]);
    let at = |second: usize| level_db(&out[second * 48_000 - 2_400..second * 48_000]);
    let slope = (at(5) - at(8)) / 3.0;
    assert!((slope - 6.0).abs() < 0.2, "{slope:.2} dB per second");
}

/// Struck harder, the upper harmonics are louder: the decoder is told the velocity.
#[test]
fn velocity_reaches_the_decoder() {
    let upper_share = |velocity: f32| {
        let mut player = Player::painted(48_000.0);
        player.controls.velocity_amount = 0.0;
        player.key(60, velocity, 0, usize::MAX);
        let out = player.play(48_000, &[480]);
        let sum = |numbers: std::ops::Range<usize>| -> f64 {
            numbers
                .map(|n| amplitude(&out[9_600..], n as f64 * hz(60.0), 48_000.0).powi(2))
                .sum()
        };
        sum(4..8) / sum(1..4)
    };
    let ratio = upper_share(1.0) / upper_share(1.0 / 127.0);
    // From half of 1/k to nearly all of it: four times the power.
    assert!((3.8..4.1).contains(&ratio), "{ratio}");
}

/// The note that the decoder is told may lie elsewhere: of the painted model that changes nothing,
/// but how many partials there are below 20 kHz does, and the pitch never.
#[test]
fn formants_leave_the_pitch_alone() {
    for semitones in [-24.0, -7.3, 12.0, 24.0] {
        let mut player = Player::painted(48_000.0);
        player.controls.performance.formant_semitones = semitones;
        player.key(60, 1.0, 0, usize::MAX);
        let error = error_cents(&mut player, 48_000.0, hz(60.0));
        assert!(error.abs() < 0.5, "{semitones}: {error:.3} cents");
    }
}

/// A tilt of 6 dB per octave puts the second harmonic 6 dB up against the first, and the level
/// stays what it was.
#[test]
fn tilt_turns_the_spectrum_and_keeps_the_level() {
    let play = |tilt: f32| {
        let mut player = Player::painted(48_000.0);
        player.controls.performance.tilt_db_per_octave = tilt;
        player.key(60, 1.0, 0, usize::MAX);
        player.play(48_000, &[480])[9_600..].to_vec()
    };
    let ratio = |sound: &[f32]| {
        20.0 * (amplitude(sound, 2.0 * hz(60.0), 48_000.0) / amplitude(sound, hz(60.0), 48_000.0))
            .log10()
    };
    let (flat, steep) = (play(0.0), play(6.0));
    let turned = ratio(&steep) - ratio(&flat);
    assert!((turned - 6.0).abs() < 0.1, "{turned:.2} dB");
    let level = level_db(&steep) - level_db(&flat);
    assert!(level.abs() < 0.2, "{level:.2} dB");
}

/// Both channels at full width differ, and their sum is no more than 1 dB softer than one channel.
#[test]
fn wide_voices_survive_mono() {
    let play = |width: f32| {
        let mut player = Player::painted(48_000.0);
        player.controls.performance.width = width;
        player.controls.latents[1] = 1.0;
        player.key(48, 1.0, 0, usize::MAX);
        let left = player.play(96_000, &[480]);
        (left, player.right)
    };
    let (narrow, _) = play(0.0);
    let (left, right) = play(1.0);
    assert!(left != right, "the channels differ");
    let sum: Vec<f32> = left
        .iter()
        .zip(&right)
        .map(|(l, r)| (l + r) / 2.0)
        .collect();
    let loss = level_db(&sum) - level_db(&narrow);
    assert!((-1.0..0.2).contains(&loss), "{loss:.2} dB");
}

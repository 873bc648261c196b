//! In tune: every key at every host rate, bends, tuning, octaves, and what a model's blur does.

use betwixt_engine::{EventKind, PhaseMode};
use betwixt_evaluation::measure::pitch;
use betwixt_model::Model;
use betwixt_spectral::pitch::hz;
use betwixt_tests::{Player, comb_model};

/// Cents between what is played and what a key should be, over a second after the onset.
fn error_cents(player: &mut Player, rate: u32, expected_hz: f64) -> f64 {
    let second = usize::try_from(rate).unwrap_or(0);
    let out = player.play(second + second / 5, &[256]);
    pitch::error_cents(&out[second / 5..], f64::from(rate), expected_hz).unwrap_or(f64::NAN)
}

fn player(model: &Model, rate: u32) -> Player {
    Player::new(model, betwixt_spectral::number::narrow(f64::from(rate)))
}

/// Every key within half a cent at every host rate: the promise, for frame voices, kept early.
#[test]
fn every_key_is_in_tune_at_every_rate() {
    let model = comb_model();
    for (rate, step) in [
        (22_050, 5),
        (44_100, 3),
        (48_000, 3),
        (96_000, 7),
        (192_000, 12),
    ] {
        for key in (40..=95).step_by(step) {
            let mut player = player(&model, rate);
            player.key(key, 1.0, 0, usize::MAX);
            let error = error_cents(&mut player, rate, hz(f64::from(key)));
            assert!(
                error.abs() < 0.5,
                "key {key} at {rate} Hz: {error:.3} cents"
            );
        }
    }
}

/// Bend, fine tuning and octave add up in semitones.
#[test]
fn bends_and_tunings_add_up() {
    let model = comb_model();
    for (bend, fine, octave, semitones) in [
        (1.0, 0.0, 0, 7.0),
        (-1.0, 0.0, 0, -7.0),
        (0.5, 25.0, 0, 3.75),
        (0.0, -100.0, 1, 11.0),
        (0.25, 0.0, -1, -10.25),
    ] {
        let mut player = player(&model, 48_000);
        player.controls.bend_range_semitones = 7.0;
        player.controls.fine_cents = fine;
        player.controls.octave = octave;
        player
            .at(
                0,
                EventKind::PitchBend {
                    channel: 0,
                    value: bend,
                },
            )
            .key(64, 1.0, 0, usize::MAX);
        let error = error_cents(&mut player, 48_000, hz(64.0 + semitones));
        assert!(error.abs() < 0.5, "{semitones} semitones: {error:.3} cents");
    }
}

/// A bend that arrives while the note sounds ends where one lies that was there before.
#[test]
fn a_moving_wheel_arrives() {
    let mut player = player(&comb_model(), 48_000);
    player.key(64, 1.0, 0, usize::MAX);
    for i in 0..50u8 {
        let value = f32::from(i) / 49.0;
        player.at(
            100 * usize::from(i),
            EventKind::PitchBend { channel: 0, value },
        );
    }
    let error = error_cents(&mut player, 48_000, hz(66.0));
    assert!(error.abs() < 0.5, "{error:.3} cents");
}

/// A decoder blurs what it draws; with the note known the pitch does not notice.
#[test]
fn blurred_frames_stay_in_tune() {
    let mut model = comb_model();
    let last = model.decoder.len() - 1;
    let dense = &mut model.decoder[last];
    let sharp = dense.weight.clone();
    let inputs = dense.inputs;
    for at in inputs..sharp.len() - inputs {
        dense.weight[at] = (sharp[at - inputs] + sharp[at] + 1.4 * sharp[at + inputs]) / 3.0;
    }
    for key in [45, 52, 60, 67, 71, 80] {
        let mut player = player(&model, 44_100);
        player.key(key, 1.0, 0, usize::MAX);
        let error = error_cents(&mut player, 44_100, hz(f64::from(key)));
        assert!(error.abs() < 0.5, "key {key}: {error:.3} cents");
    }
}

/// The other phases that hold a sound still know the note as well.
#[test]
fn steady_phases_are_in_tune() {
    for phase in [PhaseMode::Refined, PhaseMode::PeakLock] {
        for key in (40..=95).step_by(5) {
            let mut player = player(&comb_model(), 48_000);
            player.controls.phase = phase;
            player.key(key, 1.0, 0, usize::MAX);
            let error = error_cents(&mut player, 48_000, hz(f64::from(key)));
            assert!(error.abs() < 0.5, "key {key}, {phase:?}: {error:.3} cents");
        }
    }
}

/// Stored noise spreads each partial, but around the right place.
#[test]
fn stored_noise_is_roughly_in_tune() {
    let mut player = player(&comb_model(), 44_100);
    player.controls.phase = PhaseMode::StoredNoise;
    player.key(69, 1.0, 0, usize::MAX);
    let error = error_cents(&mut player, 44_100, 440.0);
    assert!(error.abs() < 20.0, "{error:.2} cents");
}

/// At the end of the playable range a cent of tuning must not fold an octave; beyond it octaves do.
#[test]
fn octaves_fold_by_key_alone() {
    for (key, expected) in [(84, 84.05), (95, 95.05), (96, 84.05)] {
        let mut player = player(&comb_model(), 48_000);
        player.controls.fine_cents = 5.0;
        player.key(key, 1.0, 0, usize::MAX);
        let error = error_cents(&mut player, 48_000, hz(expected));
        assert!(error.abs() < 0.5, "key {key}: {error:.3} cents");
    }
}

/// More keys at one sample than voices: the last ones sound, as if each had come after the other.
#[test]
fn the_newest_keys_of_a_chord_win() {
    let mut player = player(&comb_model(), 48_000);
    player.controls.voice_limit = 1;
    player
        .key(48, 1.0, 0, usize::MAX)
        .key(69, 1.0, 0, usize::MAX);
    let error = error_cents(&mut player, 48_000, 440.0);
    assert!(error.abs() < 0.5, "{error:.3} cents");
    assert_eq!(
        player.engine.telemetry().stolen_notes(),
        1,
        "and it is told"
    );
}

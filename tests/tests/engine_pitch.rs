//! In tune: every key at every host rate, bends, tuning, octaves, and what a model's blur does.

use betwixt_engine::{EventKind, PhaseMode};
use betwixt_evaluation::measure::pitch;
use betwixt_evaluation::phase::{FramesOf, HeldFrame, Mode};
use betwixt_model::Model;
use betwixt_spectral::Geometry;
use betwixt_spectral::pitch::hz;
use betwixt_tests::{Player, comb_model, saw};

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
        (44_100, 1),
        (48_000, 1),
        (96_000, 1),
        (192_000, 1),
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

/// The frame of a saw, to be held without its pitch being told.
fn saw_frame(fft_len: usize, hz: f64) -> HeldFrame {
    let recording = saw(hz);
    let geometry = Geometry::new(fft_len, fft_len / 4, recording.rate_hz).expect("a size");
    let frames = FramesOf::new(geometry, &recording.samples);
    HeldFrame {
        name: format!("{} at {fft_len}", recording.name),
        magnitude: frames.magnitudes[frames.magnitudes.len() / 2].clone(),
        geometry,
        pitch_hz: Some(hz),
    }
}

fn held_error_cents(frame: &HeldFrame) -> f64 {
    let quality = frame.hold(Mode::Gradient, 1).quality;
    quality.pitch_error_cents.unwrap_or(f64::NAN)
}

/// A frame alone says what its pitch is: to two cents, from the lowest fundamental on that each size
/// can tell from its neighbours.
#[test]
fn frames_are_in_tune_without_their_note() {
    for (fft_len, lowest) in [(4096, 50.0), (2048, 100.0), (1024, 200.0)] {
        for step in 0..5 {
            // Up to 5.6 kHz in uneven steps: partials lie at all places between two bins.
            let hz = lowest * 2.3_f64.powi(step);
            let error = held_error_cents(&saw_frame(fft_len, hz));
            assert!(
                error.abs() < 2.0,
                "{hz:.1} Hz at {fft_len}: {error:.3} cents"
            );
        }
    }
}

/// A decoder blurs its frames: with each bin the mean of three, 111 Hz at 4096 stays within two
/// cents, wherever between two bins it lies; and so does its fundamental alone, where other partials
/// cannot outvote it.
#[test]
fn blurred_frames_are_in_tune_without_their_note() {
    for step in 0..6 {
        let hz = (9.81 + 0.17 * f64::from(step)) * 44_100.0 / 4096.0;
        let mut frame = saw_frame(4096, hz);
        for last in [2048, 15] {
            frame.magnitude[last..].fill(0.0);
            let sharp = frame.magnitude.clone();
            let mut blurred = frame.clone();
            for (bin, three) in blurred.magnitude[1..].iter_mut().zip(sharp.windows(3)) {
                *bin = three.iter().sum::<f32>() / 3.0;
            }
            let error = held_error_cents(&blurred);
            assert!(
                error.abs() < 2.0,
                "{hz:.1} Hz below bin {last}: {error:.3} cents"
            );
        }
    }
}

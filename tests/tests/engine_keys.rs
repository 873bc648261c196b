//! A note of a frame decoder that is bent far goes on at a nearer key: its body stays behind, and
//! nothing is heard of the change.

use betwixt_engine::{ChromaSource, EventKind, PhaseMode};
use betwixt_evaluation::measure::{high_pass, level, pitch};
use betwixt_model::Model;
use betwixt_spectral::number::{index, narrow, real};
use betwixt_spectral::pitch::{hz, ratio};
use betwixt_spectral::{Complex32, ForwardStft, Geometry};
use betwixt_tests::{COMB_TOP_HZ, Player, comb_model};

/// The comb model's register, whose frames end at 4 kHz on every key.
const LOWEST: u8 = 60;
const HIGHEST: u8 = 71;
/// How long a bend takes, and what is held before and after it.
const BEND_S: f64 = 2.0;
const HELD_S: f64 = 0.7;

/// Phases that hold a sound still.
const STEADY: [PhaseMode; 3] = [PhaseMode::Gradient, PhaseMode::Refined, PhaseMode::PeakLock];

/// A note held, bent evenly over some semitones in steps of a millisecond, and held again.
fn bent(model: &Model, rate: u32, phase: PhaseMode, key: u8, semitones: f64) -> Vec<f32> {
    let rate_hz = f64::from(rate);
    let at = |seconds: f64| index(seconds * rate_hz);
    let mut player = Player::new(model, narrow(rate_hz));
    player.controls.phase = phase;
    player.controls.bend_range_semitones = 48.0;
    player.key(key, 1.0, 0, usize::MAX);
    for step in 1..=2000u16 {
        let share = f64::from(step) / 2000.0;
        let value = narrow(semitones * share / 48.0);
        let bend = EventKind::PitchBend { channel: 0, value };
        player.at(at(HELD_S + BEND_S * share), bend);
    }
    player.play(at(2.0 * HELD_S + BEND_S), &[256])
}

/// The loudest share of a frame's power above a frequency, dB: frames of 43 ms.
fn most_above_db(out: &[f32], limit_hz: f64) -> f64 {
    let geometry = Geometry::new(2048, 512, 48_000).expect("a valid geometry");
    let mut stft = ForwardStft::new(geometry);
    let mut spectrum = vec![Complex32::default(); geometry.bins()];
    let limit = index(limit_hz / geometry.bin_hz());
    let shares = out.windows(2048).step_by(512).map(|frame| {
        stft.process(frame, &mut spectrum);
        let power = |bins: &[Complex32]| bins.iter().map(|x| f64::from(x.norm_sqr())).sum::<f64>();
        10.0 * (power(&spectrum[limit..]) / power(&spectrum)).log10()
    });
    shares.fold(f64::NEG_INFINITY, f64::max)
}

/// A key's frames end at 4 kHz. Moved as a whole they would end at 7.5 kHz after eleven semitones;
/// where the note goes on at nearer keys they end no more than half an octave higher. (The change
/// comes up to two frames late, a quarter of a semitone of this bend; a window's slope is 100 Hz.)
#[test]
fn the_body_stays_behind() {
    for phase in STEADY {
        let out = bent(&comb_model(), 48_000, phase, LOWEST, 11.0);
        let limit_hz = COMB_TOP_HZ * ratio(6.25) + 100.0;
        let above = most_above_db(&out, limit_hz);
        assert!(
            above < -60.0,
            "{phase:?}: {above:.1} dB above {limit_hz:.0} Hz"
        );
        assert!(
            most_above_db(&out, COMB_TOP_HZ * ratio(5.0)) > -60.0,
            "{phase:?}: too dull"
        );
    }
}

/// Partials that both keys have go over in phase: a model whose frames all have one power keeps its
/// level through every change, where two sounds that know nothing of each other would lose 3 dB.
#[test]
fn the_level_goes_through() {
    for phase in STEADY {
        for (key, semitones) in [(LOWEST, 11.0), (HIGHEST, -11.0)] {
            let out = bent(&comb_model(), 48_000, phase, key, semitones);
            let held = index(0.4 * 48_000.0);
            let levels: Vec<f64> = out[held..].chunks_exact(960).map(level::rms).collect();
            let ends = [levels[0], levels[levels.len() - 1]];
            let least = levels.iter().copied().fold(f64::INFINITY, f64::min);
            let dip_db = 20.0 * (least / ends[0].min(ends[1])).log10();
            assert!(dip_db > -0.6, "{phase:?}, {semitones}: {dip_db:.2} dB");
        }
    }
}

/// Where the bend ends the note is in tune, whichever keys it went through, at every host rate.
#[test]
fn the_pitch_arrives() {
    for rate in [44_100u32, 48_000, 96_000, 192_000] {
        for (key, semitones) in [(60, 11.0), (71, -11.0), (60, 17.37), (65, -23.0), (64, 5.0)] {
            let out = bent(&comb_model(), rate, PhaseMode::Gradient, key, semitones);
            let last = &out[out.len() - index(0.6 * f64::from(rate))..];
            let wanted = hz(f64::from(key) + semitones);
            let error = pitch::error_cents(last, f64::from(rate), wanted).unwrap_or(f64::NAN);
            assert!(
                error.abs() < 0.5,
                "{key} {semitones:+} at {rate} Hz: {error:.3} cents"
            );
        }
    }
}

/// On its way, too: an even bend is half of it at half the time, in every part of an eighth of a
/// second within a cent of the mean that it has there.
#[test]
fn the_pitch_is_right_on_the_way() {
    let rate_hz = 48_000.0;
    for (key, semitones) in [(60u8, 11.0), (71, -11.0)] {
        let out = bent(&comb_model(), 48_000, PhaseMode::Gradient, key, semitones);
        for tenth in 0..20u8 {
            let from_s = HELD_S + 0.1 * f64::from(tenth);
            let part = &out[index(rate_hz * from_s)..index(rate_hz * (from_s + 0.12))];
            // Two poles of 3 ms lie behind the wheel.
            let share = (0.1 * f64::from(tenth) + 0.06 - 0.006) / BEND_S;
            let wanted = hz(f64::from(key) + semitones * share);
            let error = pitch::error_cents(part, rate_hz, wanted).unwrap_or(f64::NAN);
            assert!(
                error.abs() < 1.0,
                "{key} {semitones:+}, {from_s:.1} s: {error:.3} cents"
            );
        }
    }
}

/// Nothing clicks, in any phase mode: a slow bend, the wheel thrown, and the chroma chosen anew
/// while a chord is held.
#[test]
fn no_change_of_key_clicks() {
    for phase in PhaseMode::ALL {
        let mut player = Player::new(&comb_model(), 48_000.0);
        player.controls.phase = phase;
        player.controls.bend_range_semitones = 48.0;
        for key in [60, 64, 67] {
            player.key(key, 0.8, 0, usize::MAX);
        }
        for step in 0..600usize {
            let turn = real(step) / 600.0;
            let value = -0.2 * (std::f32::consts::TAU * turn).sin().abs();
            let bend = EventKind::PitchBend { channel: 0, value };
            player.at(10_000 + 100 * step, bend);
        }
        for throw in 0..10usize {
            let value = -0.25 * real(throw % 2);
            let bend = EventKind::PitchBend { channel: 0, value };
            player.at(75_000 + 2_503 * throw, bend);
        }
        let out = player.play_with(150_000, &[500], |at, controls| {
            let class = [None, Some(4), Some(9)][at / 5_000 % 3];
            controls.chroma = class.map_or(ChromaSource::Played, ChromaSource::Fixed);
        });
        assert!(level::peak(&out) > 0.02 && level::peak(&out) < 0.7);
        let residual = high_pass::high_pass_residual_db(&out, 48_000.0, 8_000.0);
        assert!(residual <= -70.0, "{phase:?}: {residual:.1} dB");
    }
}

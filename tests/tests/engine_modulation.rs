//! What moves by itself: oscillators, envelopes, slots, a recorded movement.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use betwixt_engine::{
    Course, EventKind, LATENTS, Lfo, Movement, PlayMode, Shape, Slot, Source, Target, TrackPoint,
    Trajectory, Transport, Unison,
};
use betwixt_evaluation::measure::pitch;
use betwixt_spectral::number::{index, narrow};
use betwixt_spectral::pitch::hz;
use betwixt_tests::{Player, amplitude, families, level_db};
use std::sync::Arc;

const RATE_HZ: f64 = 48_000.0;

fn slot(source: Source, target: Target, depth: f32) -> Slot {
    Slot {
        source,
        target,
        depth,
    }
}

fn lfo(player: &mut Player) -> &mut Lfo {
    &mut player.controls.modulation.lfos[0]
}

/// A turn of two seconds, an octave of a quarter deep: three semitones up after half a second,
/// three down after one and a half.
#[test]
fn an_oscillator_moves_the_pitch() {
    for model in families() {
        let mut player = Player::new(&model, narrow(RATE_HZ));
        player.controls.performance.inharmonicity = 0.0;
        player.controls.latents = [0.0; 8];
        lfo(&mut player).rate_hz = 0.5;
        player.controls.modulation.slots[3] = slot(Source::Lfo(0), Target::Pitch, 0.25);
        player.key(60, 1.0, 0, usize::MAX);
        let sound = player.play(96_000, &[64]);
        for (middle, pitch) in [(24_000, 63.0), (72_000, 57.0)] {
            let part = &sound[middle - 2_400..middle + 2_400];
            let error = pitch::error_cents(part, RATE_HZ, hz(pitch)).unwrap_or(f64::NAN);
            let name = &model.header.name;
            // A tenth of a second around the turning point: up to 300·(1 − cos 9°) = 3.7 cents less.
            assert!(error.abs() < 4.0, "{name} at {middle}: {error}");
        }
    }
}

/// Half a turn up, half a turn down, by 6 dB each: a rectangle of 12 dB.
#[test]
fn an_oscillator_moves_the_level() {
    let mut player = Player::still();
    lfo(&mut player).rate_hz = 2.0;
    lfo(&mut player).shape = Shape::Square;
    player.controls.modulation.slots[0] = slot(Source::Lfo(0), Target::Level, 0.25);
    player.key(60, 0.5, 0, usize::MAX);
    let sound = player.play(48_000, &[64]);
    let half = |from: usize| level_db(&sound[from + 1_000..from + 11_000]);
    for (up, down) in [(24_000, 12_000), (24_000, 36_000)] {
        let away = half(up) - half(down);
        assert!((away - 12.0).abs() < 0.1, "{away}");
    }
}

/// With the host's beats: a turn of one beat falls after half a beat of the host, wherever in it
/// the note was struck; of a note's own oscillator, half a beat after the stroke.
#[test]
fn oscillators_keep_to_the_hosts_beats() {
    let fall_s = |is_common| {
        let mut player = Player::still();
        *lfo(&mut player) = Lfo {
            shape: Shape::Square,
            beats: Some(1.0),
            is_common,
            ..*lfo(&mut player)
        };
        player.controls.modulation.slots[0] = slot(Source::Lfo(0), Target::Level, 0.5);
        player.engine.follow_transport(&Transport {
            bpm: 100.0,
            beats: Some(8.0),
        });
        player.key(60, 0.3, 4_800, usize::MAX);
        let sound = player.play(28_800, &[64]);
        let loud = |chunk: &[f32]| chunk.iter().any(|x| x.abs() > 0.02);
        let chunks: Vec<bool> = sound.chunks(240).map(loud).collect();
        let last = chunks.iter().rposition(|loud| *loud).unwrap_or(0);
        // A beat lasts 0.6 s: the first fall of the common one lies at 0.3 s.
        let first_soft = chunks[20..]
            .iter()
            .position(|loud| !loud)
            .map_or(0, |at| at + 20);
        (last as f64 * 0.005, first_soft as f64 * 0.005)
    };
    let (_, common) = fall_s(true);
    assert!((common - 0.3).abs() < 0.011, "{common}");
    let (_, own) = fall_s(false);
    assert!((own - 0.4).abs() < 0.011, "{own}");
}

/// An envelope's attack is a straight way: half way through it the knob stands half way.
#[test]
fn an_envelope_moves_a_latent() {
    let mut player = Player::still();
    let envelope = &mut player.controls.modulation.envelopes[1];
    (envelope.attack_s, envelope.sustain) = (2.0, 1.0);
    player.controls.modulation.slots[5] = slot(Source::Envelope(1), Target::Latent(0), 0.4);
    player.key(60, 1.0, 0, usize::MAX);
    let sound = player.play(144_000, &[64]);
    let even = |from: usize| {
        let part = &sound[from - 4_800..from + 4_800];
        let [first, second] = [1.0, 2.0].map(|number| amplitude(part, number * hz(60.0), RATE_HZ));
        second / first
    };
    // The second partial: half of the first, times 1 − 2·(knob). A knob is followed up to 60 ms late.
    for (from, knob) in [(48_000, 0.2), (72_000, 0.3), (130_000, 0.4)] {
        let (found, expected) = (even(from), 0.5 * (1.0 - 2.0 * knob));
        let late = 0.06 * 0.2;
        assert!((found - expected).abs() < late, "{found}, {expected}");
    }
}

/// Latent 1 from 0 up to 0.4 in two seconds, which are four beats.
fn rise() -> Arc<Trajectory> {
    let mut tracks: [Vec<TrackPoint>; LATENTS] = Default::default();
    tracks[0] = [(0.0, 0.0), (2.0, 0.4)]
        .map(|(at_s, value)| TrackPoint { at_s, value })
        .to_vec();
    Arc::new(Trajectory::new(2.0, Some(4.0), tracks).unwrap())
}

/// Where latent 1 is heard to be at some times, in seconds: the second partial tells.
fn heard(player: &mut Player, at_s: &[f64]) -> Vec<f64> {
    let len = (at_s.last().unwrap_or(&0.0) + 0.1) * RATE_HZ;
    let sound = player.play(index(len), &[64]);
    let knob = |at_s: &f64| {
        let middle = index(at_s * RATE_HZ);
        let part = &sound[middle - 2_400..middle + 2_400];
        let [first, second] = [1.0, 2.0].map(|number| amplitude(part, number * hz(60.0), RATE_HZ));
        0.5 * (1.0 - 2.0 * second / first)
    };
    at_s.iter().map(knob).collect()
}

/// Knobs are followed up to 60 ms late, which is 0.024 at the fastest.
fn near(found: &[f64], expected: &[f64]) {
    let close = |(a, b): (&f64, &f64)| (a - b).abs() < 0.026;
    let all = found.iter().zip(expected).all(close);
    assert!(all, "{found:.3?} for {expected:?}");
}

/// A movement is played once, over and over, to and fro; faster, and only half of it.
#[test]
fn a_movement_is_played_as_asked() {
    let play = |ask: &dyn Fn(&mut Movement)| {
        let mut player = Player::still();
        player.engine.follow_trajectory(rise());
        player.controls.movement.course = Course::Once;
        ask(&mut player.controls.movement);
        player.key(60, 1.0, 0, usize::MAX);
        heard(&mut player, &[0.5, 1.5, 2.5, 3.5])
    };
    near(&play(&|_| {}), &[0.1, 0.3, 0.4, 0.4]);
    near(&play(&|m| m.course = Course::Loop), &[0.1, 0.3, 0.1, 0.3]);
    near(
        &play(&|m| m.course = Course::PingPong),
        &[0.1, 0.3, 0.3, 0.1],
    );
    near(&play(&|m| m.speed = 2.0), &[0.2, 0.4, 0.4, 0.4]);
    near(&play(&|m| m.depth = 0.5), &[0.05, 0.15, 0.2, 0.2]);
    near(&play(&|m| m.course = Course::Off), &[0.0; 4]);
}

/// For all notes it runs on whoever plays; for each of them it begins with the note.
#[test]
fn a_movement_belongs_to_all_or_to_each() {
    let play = |is_common| {
        let mut player = Player::still();
        player.engine.follow_trajectory(rise());
        player.controls.movement.course = Course::Loop;
        player.controls.movement.is_common = is_common;
        player.key(60, 1.0, 48_000, usize::MAX);
        heard(&mut player, &[1.5, 2.5])
    };
    near(&play(true), &[0.3, 0.1]);
    near(&play(false), &[0.1, 0.3]);
}

/// With the host's beats, four of them last the movement: at 60 a minute, twice as long; and a host
/// that begins at the third beat begins in its middle.
#[test]
fn a_movement_keeps_to_the_hosts_beats() {
    let mut player = Player::still();
    player.engine.follow_trajectory(rise());
    player.controls.movement.course = Course::Loop;
    player.controls.movement.is_synced = true;
    player.engine.follow_transport(&Transport {
        bpm: 60.0,
        beats: Some(2.0),
    });
    player.key(60, 1.0, 0, usize::MAX);
    near(&heard(&mut player, &[1.0, 2.5, 3.5]), &[0.3, 0.05, 0.15]);
}

/// What begins at the seventh beat of the piece is, on its fifth, two beats from its end.
#[test]
fn a_movement_begins_at_its_own_beat() {
    let mut player = Player::still();
    let from_seven = Trajectory::clone(&rise()).from_beat(7.0).unwrap();
    player.engine.follow_trajectory(Arc::new(from_seven));
    player.controls.movement.course = Course::Loop;
    player.controls.movement.is_synced = true;
    player.engine.follow_transport(&Transport {
        bpm: 60.0,
        beats: Some(5.0),
    });
    player.key(60, 1.0, 0, usize::MAX);
    near(&heard(&mut player, &[1.0, 2.5, 3.5]), &[0.3, 0.05, 0.15]);
}

/// The window is told where the movement is, that it plays once and to and fro, and nothing while it
/// rests. One that is bent while it plays goes on where it is; another one begins, be it as long.
#[test]
fn a_bent_movement_goes_on() {
    let mut player = Player::still();
    let telemetry = player.engine.telemetry();
    player.engine.follow_trajectory(rise());
    let after = |player: &mut Player, seconds: f64| {
        player.play(index(seconds * RATE_HZ), &[64]);
        telemetry.movement_s()
    };
    assert_eq!(after(&mut player, 0.5), None);
    player.controls.movement.course = Course::PingPong;
    let near = |found: Option<f32>, expected: f32| {
        assert!(
            (found.unwrap() - expected).abs() < 1e-3,
            "{found:?}, not {expected}"
        );
    };
    near(after(&mut player, 1.5), 1.5);
    near(after(&mut player, 1.0), 1.5);
    let mut tracks = rise().tracks().clone();
    tracks[0][1].value = 0.9;
    let bent = Trajectory::new(2.0, Some(4.0), tracks).unwrap();
    let bent = Arc::new(bent);
    player.engine.bend_trajectory(Arc::clone(&bent));
    near(after(&mut player, 0.5), 1.0);
    player.engine.follow_trajectory(bent);
    near(after(&mut player, 0.25), 0.25);
    player.controls.movement.is_common = false;
    assert_eq!(after(&mut player, 0.25), None);
}

/// Everything that can move, moving.
fn everything(player: &mut Player) {
    let controls = &mut player.controls;
    controls.voice_limit = 7;
    controls.playing.glide.time_s = 0.2;
    controls.playing.unison = Unison {
        voices: 2,
        detune_cents: 20.0,
        spread: 0.2,
        width: 0.0,
    };
    controls.movement.course = Course::PingPong;
    player.engine.follow_trajectory(rise());
    let modulation = &mut player.controls.modulation;
    modulation.lfos[0] = Lfo {
        shape: Shape::Wander,
        rate_hz: 7.0,
        fade_s: 0.3,
        is_common: true,
        ..modulation.lfos[0]
    };
    modulation.lfos[1] = Lfo {
        beats: Some(0.5),
        is_common: true,
        phase: 0.2,
        ..modulation.lfos[1]
    };
    let targets = [
        (Source::Lfo(0), Target::Pitch),
        (Source::Lfo(1), Target::Latent(0)),
        (Source::Envelope(0), Target::Latent(1)),
        (Source::Envelope(1), Target::Level),
        (Source::Velocity, Target::Tilt),
        (Source::Key, Target::Speed),
        (Source::Random, Target::Formant),
        (Source::Wheel, Target::Noise),
    ];
    for (slot, (source, target)) in modulation.slots.iter_mut().zip(targets) {
        (slot.source, slot.target, slot.depth) = (source, target, 0.3);
    }
}

fn phrase(player: &mut Player) {
    for (i, key) in [60u8, 64, 67, 72, 48, 79, 55, 62].into_iter().enumerate() {
        player.key(key, 0.6, 100 + 1_777 * i, 9_000 + 2_111 * i);
    }
    for i in 0..40usize {
        let value = (i as f32 / 5.0).sin();
        player.at(2_000 + 333 * i, EventKind::PitchBend { channel: 0, value });
        player.at(1_500 + 417 * i, EventKind::Pressure { channel: 0, value });
        player.at(1_600 + 517 * i, EventKind::Wheel { value });
    }
}

/// However the host cuts its blocks, and however it rounds its beats: the same samples.
#[test]
fn blocks_cannot_be_heard_in_what_moves() {
    for model in families() {
        for mode in [PlayMode::Poly, PlayMode::Legato] {
            let play = |blocks: &[usize]| {
                let mut player = Player::new(&model, narrow(RATE_HZ));
                everything(&mut player);
                player.controls.playing.mode = mode;
                phrase(&mut player);
                player.engine.follow_transport(&Transport {
                    bpm: 97.0,
                    beats: Some(3.25),
                });
                player.play(40_000, blocks)
            };
            let usual = play(&[64]);
            assert!(level_db(&usual) > -40.0);
            for blocks in [&[1][..], &[480], &[37, 1, 511, 64], &[40_000]] {
                assert!(
                    play(blocks) == usual,
                    "{} {mode:?} {blocks:?}",
                    model.header.name
                );
            }
        }
    }
}

/// Slots without depth, and sources that rest, change no bit.
#[test]
fn what_does_not_move_changes_nothing() {
    for model in families() {
        let play = |is_armed: bool| {
            let mut player = Player::new(&model, narrow(RATE_HZ));
            if is_armed {
                everything(&mut player);
                player.controls.playing = Default::default();
                player.controls.movement.course = Course::Off;
                player.controls.voice_limit = 16;
                let slots = player.controls.modulation.slots.iter_mut();
                slots.for_each(|slot| slot.depth = 0.0);
            }
            player.key(60, 0.6, 100, 20_000);
            player.play(30_000, &[64])
        };
        assert!(play(true) == play(false), "{}", model.header.name);
    }
}

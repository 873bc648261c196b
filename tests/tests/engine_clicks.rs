//! No event may click: with models that draw nothing above 4 kHz, nothing may sound above 8 kHz.
//!
//! (The keys stay in the register or below it: an octave up would move 4 kHz to 8.) Whatever is
//! there came from a step or a corner in a gain, a phase or a pitch.

use betwixt_engine::{ChromaSource, EventKind, PhaseMode, PlayMode, Shape, Source, Target, Touch};
use betwixt_evaluation::measure::{high_pass, level};
use betwixt_spectral::number::real;
use betwixt_tests::{Player, comb_model, families, painted_model};

const RATE_HZ: f32 = 48_000.0;
/// Below the sound's peak.
const LIMIT_DB: f64 = -70.0;

fn residual_db(signal: &[f32]) -> f64 {
    high_pass::high_pass_residual_db(signal, f64::from(RATE_HZ), 8_000.0)
}

/// A scenario's name, and what it does to a player.
type Scenario = (&'static str, fn(&mut Player));

const SCENARIOS: [Scenario; 12] = [
    ("notes begin and end", |player| {
        for i in 0..20usize {
            let key = [60, 64, 67, 71, 48][i % 5];
            player.key(
                key,
                0.2 + 0.04 * real(i),
                3_000 * i + 17,
                3_000 * i + 2_500 + 31 * i,
            );
        }
    }),
    ("organ keys, no attack, no release", |player| {
        player.controls.envelope.release_s = 0.0;
        for i in 0..20usize {
            player.key(60, 1.0, 3_001 * i, 3_001 * i + 1_500);
        }
    }),
    ("short envelopes", |player| {
        player.controls.envelope.attack_s = 0.004;
        player.controls.envelope.decay_s = 0.01;
        player.controls.envelope.sustain = 0.3;
        player.controls.envelope.release_s = 0.01;
        for i in 0..20usize {
            player.key(55, 1.0, 3_001 * i, 3_001 * i + 1_500);
        }
    }),
    ("voices are stolen", |player| {
        player.controls.voice_limit = 2;
        for i in 0..40usize {
            player.key([60, 63, 66, 69, 59][i % 5], 0.9, 1_511 * i, 60_000);
        }
    }),
    ("chokes and panic", |player| {
        for i in 0..10usize {
            player
                .key(60, 0.9, 6_001 * i, 60_000)
                .key(67, 0.9, 6_001 * i, 60_000);
            player.at(
                6_001 * i + 2_000,
                EventKind::Choke {
                    whom: Player::note(60).into(),
                },
            );
            player.at(6_001 * i + 4_000, EventKind::AllSoundOff { channel: None });
        }
    }),
    ("latents jump", |player| {
        player.key(60, 0.9, 0, 60_000).key(67, 0.9, 0, 60_000);
        for i in 0..30usize {
            let value = real(i % 2);
            player.latent(1_999 * i, i % 3 / 2, value);
        }
    }),
    ("the wheel jumps from end to end", |player| {
        player.controls.bend_range_semitones = 7.0;
        player.key(60, 0.9, 0, 60_000);
        for i in 0..30usize {
            let value = 1.0 - 2.0 * real(i % 2);
            player.at(1_999 * i + 500, EventKind::PitchBend { channel: 0, value });
        }
    }),
    ("touch jumps", |player| {
        player.controls.performance.width = 1e-9;
        player.key(60, 0.9, 0, 60_000).key(67, 0.9, 0, 60_000);
        for i in 0..30usize {
            let value = real(i / 5 % 2);
            let touch = [
                Touch::Gain(1.0 - 0.9 * value),
                Touch::Pan(1.0 - 2.0 * value),
                Touch::Tuning(7.0 * value),
                Touch::Latent(0, 0.5 * value),
                Touch::Expression(1.0 - value),
            ][i % 5];
            let whom = Player::note(60).into();
            player.at(1_999 * i, EventKind::Touch { whom, touch });
        }
    }),
    ("one note, struck and taken over", |player| {
        player.controls.playing.mode = PlayMode::Legato;
        player.controls.performance.width = 1e-9;
        player.controls.playing.unison.voices = 3;
        for i in 0..10usize {
            let key = [60, 67, 62, 64][i % 4];
            player.key(key, 0.7, 5_003 * i, 5_003 * i + [4_000, 9_000][i / 2 % 2]);
        }
    }),
    ("one note, gliding from key to key", |player| {
        player.controls.playing.mode = PlayMode::Legato;
        player.controls.performance.width = 1e-9;
        player.controls.playing.glide.time_s = 0.08;
        for i in 0..12usize {
            let key = [60, 48, 67, 55, 71][i % 5];
            player.key(key, 0.7, 4_003 * i, 4_003 * i + 5_000);
        }
    }),
    ("everything is moved", |player| {
        player.controls.performance.width = 1e-9;
        player.controls.playing.glide.time_s = 0.05;
        let modulation = &mut player.controls.modulation;
        (modulation.lfos[0].rate_hz, modulation.lfos[0].shape) = (7.0, Shape::Square);
        (modulation.lfos[1].rate_hz, modulation.lfos[1].shape) = (30.0, Shape::Sine);
        let slots = [
            (0, Target::Level, -0.12),
            (0, Target::Pan, 0.8),
            (0, Target::Latent(0), 0.5),
            (1, Target::Pitch, 0.05),
            (1, Target::Level, -0.05),
        ];
        for (slot, (lfo, target, depth)) in modulation.slots.iter_mut().zip(slots) {
            (slot.source, slot.target, slot.depth) = (Source::Lfo(lfo), target, depth);
        }
        player.key(60, 0.5, 0, 60_000).key(67, 0.5, 20_000, 60_000);
    }),
    ("pedal, fixed chroma", |player| {
        player.controls.chroma = ChromaSource::Fixed(4);
        player.at(
            100,
            EventKind::Sustain {
                channel: 0,
                down: true,
            },
        );
        for i in 0..8usize {
            player.key(60, 0.6, 5_003 * i, 5_003 * i + 400);
        }
        player.at(
            45_000,
            EventKind::Sustain {
                channel: 0,
                down: false,
            },
        );
    }),
];

/// Every kind of note, latent and pitch event, in every phase mode.
#[test]
fn no_event_clicks() {
    let [frames, partials] = families();
    let sounds = PhaseMode::ALL.map(|phase| (&frames, phase));
    for (model, phase) in sounds.into_iter().chain([(&partials, PhaseMode::Gradient)]) {
        for (name, scenario) in SCENARIOS {
            let mut player = Player::new(model, RATE_HZ);
            player.controls.phase = phase;
            scenario(&mut player);
            let out = player.play(70_000, &[64]);
            assert!(level::peak(&out) > 0.02, "{name}: silent");
            assert!(
                level::peak(&out) < 0.7,
                "{name}: {} reaches the limiter",
                level::peak(&out)
            );
            let residual = residual_db(&out);
            let family = &model.header.name;
            assert!(
                residual <= LIMIT_DB,
                "{family}, {name}, {phase:?}: {residual:.1} dB"
            );
        }
    }
}

/// Parameters that a host steps from block to block: gain, tuning, phase mode, envelope, voices.
#[test]
fn no_control_clicks() {
    for model in families() {
        let mut player = Player::new(&model, RATE_HZ);
        player
            .key(60, 0.8, 0, usize::MAX)
            .key(64, 0.8, 0, usize::MAX)
            .key(48, 0.8, 0, usize::MAX);
        let out = player.play_with(70_000, &[500], |at, controls| {
            let turn = at / 2_500;
            controls.gain = [1.0, 0.25][turn % 2];
            controls.fine_cents = [-100.0, 100.0, 0.0][turn % 3];
            controls.phase = PhaseMode::ALL[turn / 3 % PhaseMode::ALL.len()];
            controls.envelope.sustain = [1.0, 0.2][turn / 2 % 2];
            controls.latents[0] = real(turn % 4) / 3.0;
            controls.voice_limit = [16, 3, 2][turn / 8 % 3];
        });
        let residual = residual_db(&out);
        assert!(
            residual <= LIMIT_DB,
            "{}: {residual:.1} dB",
            model.header.name
        );
    }
}

/// What only partials can do, stepped from block to block.
#[test]
fn no_performance_clicks() {
    let mut player = Player::new(&painted_model(), RATE_HZ);
    for key in [60, 64, 48] {
        player.key(key, 0.8, 0, usize::MAX);
    }
    let out = player.play_with(70_000, &[500], |at, controls| {
        let (turn, performance) = (at / 2_500, &mut controls.performance);
        performance.time.frozen = turn % 5 == 3;
        performance.time.point_s = [0.0, 1.9][turn / 5 % 2];
        performance.time.speed = [1.0, 4.0, 0.25][turn % 3];
        performance.vibrato.depth_cents = [0.0, 100.0][turn % 2];
        performance.vibrato.delay_s = 0.0;
        performance.drift_cents = [0.0, 50.0][turn / 2 % 2];
        performance.noise = [1.0, 4.0, 0.0][turn % 3];
        performance.inharmonicity = [0.0, 1.0, 2.0][turn % 3];
        performance.natural_tuning = [0.0, 1.0][turn % 2];
        performance.tilt_db_per_octave = [0.0, -6.0][turn / 3 % 2];
        performance.formant_semitones = [0.0, -12.0][turn % 2];
    });
    let residual = residual_db(&out);
    assert!(residual <= LIMIT_DB, "{residual:.1} dB");
}

/// The wheel thrown over eight octaves, and a glide: partials below 4 kHz go down and come back.
#[test]
fn no_bend_clicks() {
    let mut player = Player::new(&painted_model(), RATE_HZ);
    player.controls.bend_range_semitones = 48.0;
    player.key(60, 0.8, 0, usize::MAX);
    for i in 0..12usize {
        let value = [0.0, -1.0][i % 2];
        player.at(3_001 * i, EventKind::PitchBend { channel: 0, value });
    }
    for i in 0..300usize {
        let value = -real(i) / 300.0;
        player.at(40_000 + 100 * i, EventKind::PitchBend { channel: 0, value });
    }
    let residual = residual_db(&player.play(80_000, &[64]));
    assert!(residual <= LIMIT_DB, "{residual:.1} dB");
}

/// The measure bites: a planted step of 1 % of the peak fails it.
#[test]
fn a_planted_step_is_found() {
    let mut player = Player::new(&comb_model(), RATE_HZ);
    player.key(60, 0.9, 0, usize::MAX);
    let mut out = player.play(48_000, &[64]);
    assert!(residual_db(&out) <= LIMIT_DB);
    let step = narrow_share(level::peak(&out));
    out[24_000..].iter_mut().for_each(|x| *x += step);
    let residual = residual_db(&out);
    assert!(residual > LIMIT_DB + 10.0, "{residual:.1} dB");
}

fn narrow_share(peak: f64) -> f32 {
    betwixt_spectral::number::narrow(0.01 * peak)
}

//! The engine as a stream of samples: blocks, rates, onsets, repeatability.

use betwixt_engine::{
    ChromaSource, Decoder, Engine, EventKind, MAX_FRAME_VOICES, MAX_REFINED_VOICES, MAX_VOICES,
    Performance, PhaseMode, Settings,
};
use betwixt_evaluation::measure::level;
use betwixt_model::Model;
use betwixt_spectral::Geometry;
use betwixt_spectral::number::{index, narrow, real};
use betwixt_tests::{Player, comb_model, comb_model_of, families};
use std::sync::Arc;

/// A phrase in which everything moves: chords, bends, pedal, latents, stealing, both phase modes.
fn phrase(player: &mut Player) {
    player.controls.voice_limit = 5;
    for (i, key) in [60, 64, 67, 72, 48, 79, 55, 62].into_iter().enumerate() {
        player.key(
            key,
            0.3 + 0.08 * real(i),
            100 + 1_777 * i,
            9_000 + 2_111 * i,
        );
    }
    for i in 0..40 {
        let value = (real(i) / 5.0).sin();
        player.at(2_000 + 333 * i, EventKind::PitchBend { channel: 0, value });
        player.latent(1_500 + 417 * i, i % 2, 0.5 + 0.5 * value);
    }
    player.at(
        3_000,
        EventKind::Sustain {
            channel: 0,
            down: true,
        },
    );
    player.at(
        16_000,
        EventKind::Sustain {
            channel: 0,
            down: false,
        },
    );
    player.at(30_000, EventKind::AllNotesOff { channel: None });
}

/// Everything that a performance can move, moving.
fn moving(performance: &mut Performance) {
    performance.vibrato.depth_cents = 40.0;
    performance.vibrato.delay_s = 0.1;
    performance.drift_cents = 8.0;
    performance.time.speed = 3.0;
    performance.tilt_db_per_octave = 2.0;
    performance.formant_follow = 1.0;
    performance.width = 1.0;
}

/// A host may ask for one sample or for ten hops at once; the listener must not be able to tell.
#[test]
fn block_sizes_do_not_change_the_stream() {
    let [frames, partials] = families();
    let sounds = PhaseMode::ALL.map(|phase| (&frames, phase));
    for (model, phase) in sounds.into_iter().chain([(&partials, PhaseMode::Gradient)]) {
        let render = |blocks: &[usize]| {
            let mut player = Player::new(model, 48_000.0);
            player.controls.phase = phase;
            moving(&mut player.controls.performance);
            phrase(&mut player);
            let left = player.play(40_000, blocks);
            (left, player.right)
        };
        let whole = render(&[40_000]);
        assert!(whole.0.iter().any(|x| x.abs() > 0.05), "the phrase sounds");
        for blocks in [
            &[1][..],
            &[17],
            &[64],
            &[480],
            &[4096],
            &[1, 900, 33, 64, 2048, 7],
        ] {
            let name = &model.header.name;
            assert!(
                render(blocks) == whole,
                "blocks {blocks:?}, {name} in {phase:?}"
            );
        }
    }
}

/// More notes than can be refined, coming and going: which of them are must not depend on blocks.
#[test]
fn blocks_do_not_decide_who_is_refined() {
    let model = comb_model();
    let render = |block: usize| {
        let mut player = Player::new(&model, 48_000.0);
        player.controls.phase = PhaseMode::Refined;
        player.controls.voice_limit = MAX_FRAME_VOICES;
        player.controls.envelope.release_s = 0.01;
        for note in 0..20u8 {
            let at = 401 * usize::from(note);
            let until = at + if note % 3 == 0 { 2_500 } else { 40_000 };
            player.key(48 + note, 0.3, at, until);
        }
        player.play(16_000, &[block])
    };
    let whole = render(4_096);
    assert!(render(1) == whole);
    assert!(render(177) == whole);
}

/// Five notes struck together are refined, the sixth plays its gradient: what it adds is that note
/// alone, and no refined one, which would hear the knob that moves three frames later. The mix is a
/// sum below the limiter, so the difference is exact to the rounding of single precision.
#[test]
fn a_note_too_many_plays_its_gradient() {
    const NOTES: u8 = 5;
    const LEN: usize = 12_000;
    let model = comb_model();
    assert_eq!(usize::from(NOTES), MAX_REFINED_VOICES);
    let strike = |player: &mut Player, key: u8| {
        let note = Player::note(key);
        let velocity = 0.3;
        player.at(0, EventKind::NoteOn { note, velocity });
    };
    let chord = |notes: u8| {
        let mut player = Player::new(&model, 48_000.0);
        player.controls.phase = PhaseMode::Refined;
        (0..notes).for_each(|note| strike(&mut player, 60 + note));
        player.latent(4_000, 1, 1.0).play(LEN, &[64])
    };
    let alone = |phase: PhaseMode| {
        let mut player = Player::new(&model, 48_000.0);
        let decoder = Decoder::new(&model).expect("a sound model");
        // What is random in the sixth note of an engine is so in the first of one seeded later.
        let settings = Settings {
            sample_rate_hz: 48_000.0,
            seed: 1 + u64::from(NOTES),
        };
        player.engine = Engine::new(Arc::new(decoder), settings);
        player.controls.phase = phase;
        strike(&mut player, 60 + NOTES);
        player.latent(4_000, 1, 1.0).play(LEN, &[64])
    };
    let (five, six) = (chord(NOTES), chord(NOTES + 1));
    let away = |note: Vec<f32>| {
        let sums = five.iter().zip(&six).zip(&note);
        let errors = sums.map(|((five, six), note)| (six - five - note).abs());
        errors.fold(0.0f32, f32::max)
    };
    assert!(away(alone(PhaseMode::Gradient)) < 1e-5);
    assert!(away(alone(PhaseMode::Refined)) > 1e-3);
}

/// A frame decoder's notes are as many as it can play, whatever is allowed; the newest sound.
#[test]
fn a_frame_decoder_plays_as_many_notes_as_it_can() {
    for (model, most) in families().iter().zip([MAX_FRAME_VOICES, 40]) {
        let mut player = Player::new(model, 48_000.0);
        player.controls.voice_limit = MAX_VOICES;
        for note in 0..40u8 {
            player.key(40 + note, 0.2, 100 * usize::from(note), usize::MAX);
        }
        player.play(5_000, &[64]);
        assert_eq!(player.engine.sounding(), most, "{}", model.header.name);
    }
}

/// A bounce is what was heard: the same events give the same bits, also after a reset.
#[test]
fn the_same_notes_give_the_same_bits() {
    for model in families() {
        let mut player = Player::new(&model, 44_100.0);
        moving(&mut player.controls.performance);
        phrase(&mut player);
        let latents = player.controls.latents;
        let first = player.play(30_000, &[512]);
        player.engine.reset();
        // The phrase has moved them.
        player.controls.latents = latents;
        phrase(&mut player);
        assert!(
            player.play(30_000, &[512]) == first,
            "{}",
            model.header.name
        );
    }
}

/// Phases that hold a sound still.
const STEADY: [PhaseMode; 3] = [PhaseMode::Gradient, PhaseMode::Refined, PhaseMode::PeakLock];

/// The first sample that is not silence is the note's own, at every rate, for any phase; and the
/// sound is there (10–90 %) within a millisecond.
#[test]
fn notes_sound_at_their_sample() {
    let [frames, partials] = families();
    let sounds = PhaseMode::ALL.map(|phase| (&frames, phase));
    for (model, phase) in sounds.into_iter().chain([(&partials, PhaseMode::Gradient)]) {
        for rate in [22_050, 44_100, 48_000, 96_000, 192_000] {
            for key in [48, 60, 71, 90] {
                sounds_at_its_sample(model, phase, rate, key);
            }
        }
    }
}

/// The same at every transform length and hop, in keys whose partials it tells apart.
#[test]
fn notes_sound_at_their_sample_at_every_size() {
    for (fft_len, lowest) in [(512, 72), (1024, 60), (2048, 60), (4096, 60), (8192, 60)] {
        for overlap in [4, 8] {
            let geometry = Geometry::new(fft_len, fft_len / overlap, 44_100).unwrap();
            let model = comb_model_of(geometry, lowest);
            for phase in PhaseMode::ALL {
                for key in [lowest, lowest + 11] {
                    sounds_at_its_sample(&model, phase, 48_000, key);
                }
            }
        }
    }
}

fn sounds_at_its_sample(model: &Model, phase: PhaseMode, rate: u32, key: u8) {
    let rate_hz = f64::from(rate);
    let mut player = Player::new(model, narrow(rate_hz));
    player.controls.phase = phase;
    // The rise is measured against the sound itself, a little later.
    player.controls.performance.time.frozen = true;
    let onset = 777;
    player.key(key, 1.0, onset, usize::MAX);
    let out = player.play(index(rate_hz / 2.0), &[64]);
    let told = format!(
        "key {key} at {rate} Hz, {phase:?}, {:?}",
        model.header.output
    );
    let first = out.iter().position(|x| *x != 0.0);
    assert_eq!(first, Some(onset), "{told}");
    if STEADY.contains(&phase) {
        let rise = rise_ms(&out[onset..], rate_hz, key);
        assert!((0.1..1.0).contains(&rise), "{told}: {rise:.2} ms");
    }
}

/// A still sound has its level from its first frame on: where frames wait, what is heard before the
/// first of them and after joins without a dent. Over 2048 samples at 48 kHz, 11 periods and more,
/// within 0.5 dB.
#[test]
fn still_sounds_keep_their_level() {
    let [frames, _] = families();
    for phase in STEADY {
        for key in [60, 71, 90] {
            let mut player = Player::new(&frames, 48_000.0);
            player.controls.phase = phase;
            player.controls.envelope.sustain = 1.0;
            player.key(key, 1.0, 0, usize::MAX);
            let out = player.play(26_000, &[64]);
            let levels: Vec<f64> = out[480..].chunks_exact(2048).map(level::rms).collect();
            let last = levels[levels.len() - 1];
            for (number, level) in levels.iter().enumerate() {
                let off_db = 20.0 * (level / last).log10();
                assert!(
                    off_db.abs() < 0.5,
                    "key {key}, {phase:?}, {number}: {off_db:.2} dB"
                );
            }
        }
    }
}

/// 10–90 % rise of a steady sound: its level beside its own level some whole periods later.
fn rise_ms(out: &[f32], rate: f64, key: u8) -> f64 {
    let period = rate / betwixt_spectral::pitch::hz(f64::from(key));
    let off = |m: &usize| ((*m as f64 * period).round() - *m as f64 * period).abs();
    let periods = (10..40)
        .min_by(|a, b| off(a).total_cmp(&off(b)))
        .expect("thirty to choose from");
    let lag = index((periods as f64 * period).round());
    let power = |from: usize| {
        out[from..from + 8]
            .iter()
            .map(|x| f64::from(x * x))
            .sum::<f64>()
    };
    let gain = |at: usize| (power(at) / power(at + lag)).sqrt();
    let reach = |level: f64| (0..).find(|at| gain(*at) >= level).unwrap_or(0) as f64;
    (reach(0.9) - reach(0.1)) / rate * 1000.0
}

/// Silence before, silence after: a released note ends, and an idle engine gives exact zeros.
#[test]
fn silence_stays_silent() {
    for model in families() {
        let mut player = Player::new(&model, 48_000.0);
        assert!(player.play(5_000, &[64]).iter().all(|x| *x == 0.0));
        player.key(60, 1.0, 0, 4_800);
        player.play(48_000, &[64]);
        let left = player.engine.sounding();
        assert_eq!(left, 0, "the release is over after a second");
        assert!(player.play(5_000, &[64]).iter().all(|x| *x == 0.0));
    }
}

/// "All notes off" lets go of one channel's keys; what its pedal holds goes on, as MIDI has it.
#[test]
fn panic_controllers_keep_to_their_channel() {
    let mut player = Player::new(&comb_model(), 48_000.0);
    for channel in 0..3 {
        let note = betwixt_engine::Note {
            id: None,
            channel,
            key: 60,
        };
        player.at(
            0,
            EventKind::NoteOn {
                note,
                velocity: 1.0,
            },
        );
    }
    player.at(
        0,
        EventKind::Sustain {
            channel: 1,
            down: true,
        },
    );
    player.at(10, EventKind::AllNotesOff { channel: Some(1) });
    player.at(10, EventKind::AllNotesOff { channel: Some(2) });
    player.play(48_000, &[64]);
    assert_eq!(player.engine.sounding(), 2, "one key, one pedal");
    player.at(
        0,
        EventKind::Sustain {
            channel: 1,
            down: false,
        },
    );
    player.play(48_000, &[64]);
    assert_eq!(player.engine.sounding(), 1);
    player.at(0, EventKind::AllSoundOff { channel: None });
    player.play(480, &[64]);
    assert_eq!(player.engine.sounding(), 0);
}

/// A note with a fixed chroma keeps its own pitch: the period of the sound is the key's.
#[test]
fn fixed_chroma_keeps_the_pitch() {
    let mut player = Player::new(&comb_model(), 48_000.0);
    player.controls.chroma = ChromaSource::Fixed(9);
    player.key(60, 1.0, 0, usize::MAX);
    let out = player.play(48_000, &[256]);
    let period = 48_000.0 / betwixt_spectral::pitch::hz(60.0);
    // 40 whole periods of middle C are 7338.7 samples: the sound repeats there, to a third of a
    // sample.
    let lag = index((40.0 * period).round());
    let (a, b) = (&out[10_000..30_000], &out[10_000 + lag..30_000 + lag]);
    let dot = |x: &[f32], y: &[f32]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f32>();
    let likeness = dot(a, b) / (dot(a, a) * dot(b, b)).sqrt();
    assert!(likeness > 0.97, "{likeness}");
}

/// Every host rate and the shortest and longest blocks: sound, in range, never above full scale.
#[test]
fn all_rates_and_blocks_play() {
    let rates = [
        22_050.0, 32_000.0, 44_100.0, 88_200.0, 96_000.0, 176_400.0, 192_000.0,
    ];
    for (model, rate) in families().iter().flat_map(|m| rates.map(|r| (m, r))) {
        for block in [1, 8192] {
            let mut player = Player::new(model, rate);
            player.controls.gain = 4.0;
            for key in [36, 60, 64, 67, 71, 96] {
                player.key(key, 1.0, 10, usize::MAX);
            }
            let out = player.play(12_000, &[block]);
            let peak = out.iter().fold(0.0f32, |peak, x| peak.max(x.abs()));
            let limited = player.engine.telemetry().limited_samples();
            assert!(limited > 0, "{rate} Hz: the limiter had work and tells it");
            assert!(
                peak > 0.5 && peak <= 1.0,
                "{rate} Hz, block {block}: peak {peak}"
            );
        }
    }
}

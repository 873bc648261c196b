//! How keys become notes: one or many, gliding, in unison, held by pedals; and that each one ends.

use betwixt_engine::{Event, EventKind, Glide, Note, PlayMode, Tuning, Unison};
use betwixt_evaluation::measure::pitch;
use betwixt_spectral::number::{index, narrow};
use betwixt_spectral::pitch::hz;
use betwixt_tests::{Player, amplitude, families, level_db};

const RATE_HZ: f64 = 48_000.0;

fn plain(mode: PlayMode) -> Player {
    let mut player = Player::painted(narrow(RATE_HZ));
    player.controls.playing.mode = mode;
    player
}

fn cents(sound: &[f32], pitch: f64) -> f64 {
    pitch::error_cents(sound, RATE_HZ, hz(pitch)).unwrap_or(f64::NAN)
}

/// The painted sound falls by 24 dB: a second after the stroke it is soft. A legato note goes on as
/// softly as the one before it; a note that is struck anew is loud again.
#[test]
fn legato_has_no_attack() {
    let jump_db = |mode| {
        let mut player = plain(mode);
        player
            .key(60, 1.0, 0, 120_000)
            .key(67, 1.0, 96_000, 120_000);
        let sound = player.play(120_000, &[64]);
        level_db(&sound[98_000..103_000]) - level_db(&sound[90_000..95_000])
    };
    assert!(jump_db(PlayMode::Legato).abs() < 1.0);
    assert!(jump_db(PlayMode::Mono) > 15.0);
    assert!(jump_db(PlayMode::Poly) > 15.0);
}

/// One note sounds at a time; the last key has it, and the one before gets it back.
#[test]
fn the_last_key_has_the_note() {
    for mode in [PlayMode::Mono, PlayMode::Legato] {
        let mut player = plain(mode);
        player
            .key(60, 1.0, 0, 96_000)
            .key(67, 1.0, 24_000, 72_000)
            .key(72, 1.0, 48_000, 60_000);
        let sound = player.play(110_000, &[64]);
        for (from, pitch) in [
            (6_000, 60.0),
            (30_000, 67.0),
            (52_000, 72.0),
            (62_000, 67.0),
            (80_000, 60.0),
        ] {
            let error = cents(&sound[from..from + 7_900], pitch);
            assert!(error.abs() < 1.0, "{mode:?} at {from}: {error}");
        }
        let others = amplitude(&sound[80_000..92_000], hz(67.0), RATE_HZ);
        let own = amplitude(&sound[80_000..92_000], hz(60.0), RATE_HZ);
        assert!(
            others < 1e-3 * own,
            "{mode:?}: nothing of the others is left"
        );
        assert_eq!(player.engine.sounding(), 1);
    }
}

/// A glide takes its time whatever the interval, in a straight line, and arrives exactly; in both
/// families.
#[test]
fn glides_take_their_time() {
    for model in families() {
        for to in [67, 48] {
            let mut player = Player::new(&model, narrow(RATE_HZ));
            player.controls.performance.inharmonicity = 0.0;
            player.controls.latents = [0.0; 8];
            player.controls.playing.mode = PlayMode::Legato;
            player.controls.playing.glide = Glide {
                time_s: 1.0,
                is_legato: false,
            };
            player
                .key(60, 1.0, 0, 200_000)
                .key(to, 1.0, 48_000, 200_000);
            let sound = player.play(200_000, &[64]);
            let to = f64::from(to);
            for share in [0.25, 0.5, 0.75] {
                let middle = 48_000 + index(share * 48_000.0);
                let found = cents(
                    &sound[middle - 2_400..middle + 2_400],
                    60.0 + share * (to - 60.0),
                );
                let name = &model.header.name;
                // Frames are heard up to 20 ms after what they were told.
                let late = 0.02 * 100.0 * (to - 60.0).abs();
                assert!(found.abs() < late, "{name} to {to} at {share}: {found}");
            }
            let error = cents(&sound[150_000..], to);
            assert!(error.abs() < 0.5, "{}: {error}", model.header.name);
        }
    }
}

/// In poly mode the glide begins where the last note was, for legato playing only if asked so.
#[test]
fn poly_notes_glide_from_the_last_one() {
    let pitch_at_half = |is_legato| {
        let mut player = plain(PlayMode::Poly);
        player.controls.playing.glide = Glide {
            time_s: 1.0,
            is_legato,
        };
        player.controls.envelope.release_s = 0.0;
        player.key(60, 1.0, 0, 20_000).key(66, 1.0, 48_000, 200_000);
        player.play(48_000 + 26_400, &[64])[48_000 + 21_600..].to_vec()
    };
    let gliding = cents(&pitch_at_half(false), 63.0);
    // Frames are heard up to 20 ms after what they were told: 12 cents here.
    assert!(gliding.abs() < 12.0, "{gliding}");
    let straight = cents(&pitch_at_half(true), 66.0);
    assert!(straight.abs() < 1.0, "{straight}");
}

/// Two voices lie half the detune below and above, each with half the power of a note alone, and
/// on both sides.
#[test]
fn unison_shares_the_note_among_its_voices() {
    let play = |voices| {
        let mut player = plain(PlayMode::Poly);
        player.controls.performance.width = 1e-6;
        player.controls.playing.unison = Unison {
            voices,
            detune_cents: 80.0,
            spread: 0.0,
            width: 1.0,
        };
        player.controls.performance.time.frozen = true;
        player.key(81, 1.0, 0, usize::MAX);
        let left = player.play(96_000, &[64]);
        [left, player.right.clone()]
    };
    let at =
        |side: &[f32], cents: f64| amplitude(&side[24_000..], hz(81.0 + cents / 100.0), RATE_HZ);
    let [alone, _] = play(1);
    let [left, right] = play(2);
    let expected = at(&alone, 0.0);
    assert!((at(&left, -40.0) / expected - 1.0).abs() < 0.01);
    assert!((at(&right, 40.0) / expected - 1.0).abs() < 0.01);
    assert!(at(&left, 40.0) < 1e-3 * expected && at(&right, -40.0) < 1e-3 * expected);
}

/// Voices of a note lie apart among the latents, the same way every time.
#[test]
fn unison_spreads_the_timbre() {
    let play = |spread| {
        let mut player = plain(PlayMode::Poly);
        player.controls.latents = [0.25; 8];
        player.controls.playing.unison = Unison {
            voices: 4,
            detune_cents: 0.0,
            spread,
            width: 0.0,
        };
        player.key(60, 1.0, 0, usize::MAX);
        player.play(24_000, &[64])
    };
    assert!(play(0.3) == play(0.3));
    assert!(play(0.3) != play(0.0));
}

/// The sostenuto pedal holds what was held when it went down, and nothing that came later.
#[test]
fn sostenuto_holds_what_it_caught() {
    let mut player = plain(PlayMode::Poly);
    player.controls.envelope.release_s = 0.01;
    let pedal = |down| EventKind::Sostenuto { channel: 0, down };
    player
        .key(60, 1.0, 0, 9_600)
        .at(4_800, pedal(true))
        .key(67, 1.0, 6_000, 9_600)
        .at(48_000, pedal(false));
    let sound = player.play(60_000, &[64]);
    let heard = |key: f64| amplitude(&sound[24_000..43_000], hz(key), RATE_HZ);
    assert!(heard(60.0) > 0.01, "{}", heard(60.0));
    assert!(heard(67.0) < 1e-4, "{}", heard(67.0));
    assert!(level_db(&sound[52_000..]) < -90.0);
    assert_eq!(player.engine.sounding(), 0);
}

/// Forty notes, one every third block, let go in another order, one of them choked, and an end to
/// all of it: what happens in a block of 480 samples.
fn forty_notes(block: usize) -> Vec<Event> {
    let note = |id: usize| Note {
        id: i32::try_from(id).ok(),
        channel: 0,
        key: u8::try_from(40 + id % 20).unwrap_or(0),
    };
    let velocity = 0.5;
    let happens = [
        (block.is_multiple_of(3) && block < 120).then(|| {
            let note = note(block / 3);
            (7, EventKind::NoteOn { note, velocity })
        }),
        (block % 4 == 1).then(|| {
            let whom = note(block / 4).into();
            (200, EventKind::NoteOff { whom })
        }),
        (block == 60).then(|| {
            let whom = note(19).into();
            (300, EventKind::Choke { whom })
        }),
        (block == 180).then_some((0, EventKind::AllSoundOff { channel: None })),
    ];
    let at = |(offset_samples, kind)| Event {
        offset_samples,
        kind,
    };
    happens.into_iter().flatten().map(at).collect()
}

/// Every note that is struck ends once, at its own sample, whoever ended it: key, pedal, thief,
/// choke, or the next key of a single note.
#[test]
fn every_note_ends_once() {
    for model in families() {
        for mode in [PlayMode::Poly, PlayMode::Mono, PlayMode::Legato] {
            let mut player = Player::new(&model, narrow(RATE_HZ));
            let controls = &mut player.controls;
            controls.voice_limit = 5;
            controls.playing.mode = mode;
            controls.playing.unison.voices = 2;
            controls.envelope.release_s = 0.05;
            let mut ends = [0; 40];
            let (mut left, mut right) = ([0.0; 480], [0.0; 480]);
            for block in 0..200 {
                let (engine, events) = (&mut player.engine, forty_notes(block));
                engine.process(&player.controls, &events, &mut left, &mut right);
                assert!(engine.ended().is_sorted_by_key(|ended| ended.sample));
                for ended in engine.ended() {
                    assert!(ended.sample < 480);
                    let id = ended.note.id.and_then(|id| usize::try_from(id).ok());
                    ends[id.unwrap_or(0)] += 1;
                }
            }
            assert_eq!(player.engine.sounding(), 0);
            assert_eq!(ends, [1; 40], "{} {mode:?}", model.header.name);
        }
    }
}

/// Chords with more voices than there may be: of each note some voices sound, or none; it ends once
/// all the same.
#[test]
fn crowded_chords_end_once() {
    for (unison, limit) in [(1, 3), (2, 5), (3, 4), (5, 5), (8, 8), (3, 16)] {
        let mut player = plain(PlayMode::Poly);
        player.controls.performance.width = 1e-6;
        player.controls.voice_limit = limit;
        player.controls.playing.unison.voices = unison;
        let mut ends = [0; 12];
        let (mut left, mut right) = ([0.0; 480], [0.0; 480]);
        for block in 0..6 {
            let strikes = (4 * block..4 * block + 4).filter(|id| *id < 12).map(|id| {
                let note = Note {
                    id: Some(id),
                    channel: 0,
                    key: 60,
                };
                let velocity = 0.3;
                let kind = EventKind::NoteOn { note, velocity };
                (17, kind)
            });
            let panic = (block == 4).then_some((0, EventKind::AllSoundOff { channel: None }));
            let event = |(offset_samples, kind)| Event {
                offset_samples,
                kind,
            };
            let events: Vec<Event> = strikes.chain(panic).map(event).collect();
            let engine = &mut player.engine;
            engine.process(&player.controls, &events, &mut left, &mut right);
            for ended in engine.ended() {
                let id = ended.note.id.and_then(|id| usize::try_from(id).ok());
                ends[id.unwrap_or(0)] += 1;
            }
        }
        assert_eq!(ends, [1; 12], "{unison} voices each, {limit} in all");
    }
}

/// A key has the pitch that its tuning gives it, and a key without one is silent; a sounding note
/// follows a new tuning, in both families.
#[test]
fn keys_are_tuned() {
    let nineteen = Tuning {
        pitches: std::array::from_fn(|key| match key {
            61 => f64::NAN,
            _ => 60.0 + (key as f64 - 60.0) * 12.0 / 19.0,
        }),
    };
    for model in families() {
        let mut player = Player::new(&model, narrow(RATE_HZ));
        player.controls.performance.inharmonicity = 0.0;
        player.controls.latents = [0.0; 8];
        player.engine.tune(&nineteen);
        player.key(61, 1.0, 0, 4_000);
        let silence = player.play(4_800, &[64]);
        assert!(silence.iter().all(|x| *x == 0.0), "{}", model.header.name);
        for key in [40u8, 63, 66, 90] {
            player.key(key, 1.0, 0, 48_000);
            let sound = player.play(48_000, &[64]);
            let pitch = 60.0 + (f64::from(key) - 60.0) * 12.0 / 19.0;
            let error = cents(&sound[12_000..47_000], pitch);
            assert!(error.abs() < 0.5, "{}: {key}: {error}", model.header.name);
            player.play(48_000, &[64]);
        }
        player.key(66, 1.0, 0, usize::MAX);
        player.play(24_000, &[64]);
        player.engine.tune(&Tuning::default());
        let sound = player.play(48_000, &[64]);
        let error = cents(&sound[12_000..], 66.0);
        assert!(error.abs() < 0.5, "{}: retuned: {error}", model.header.name);
    }
}

//! Touch of single notes: by the host's own name for them, and by channels of their own (MPE).

use betwixt_engine::{EventKind, Note, Slot, Source, Target, Touch, Whom, Zones};
use betwixt_evaluation::measure::pitch;
use betwixt_spectral::number::{index, narrow};
use betwixt_spectral::pitch::hz;
use betwixt_tests::{Player, amplitude, families, level_db};

const RATE_HZ: f64 = 48_000.0;

fn note(id: i32, channel: u8, key: u8) -> Note {
    Note {
        id: Some(id),
        channel,
        key,
    }
}

fn strike(note: Note) -> EventKind {
    EventKind::NoteOn {
        note,
        velocity: 1.0,
    }
}

fn touch(id: i32, touch: Touch) -> EventKind {
    let whom = Whom {
        id: Some(id),
        ..Whom::default()
    };
    EventKind::Touch { whom, touch }
}

/// How loud the second partial is beside the first, in dB.
fn evenness_db(sound: &[f32], hz: f64) -> f64 {
    let [first, second] = [1.0, 2.0].map(|number| amplitude(sound, number * hz, RATE_HZ));
    20.0 * (second / first).log10()
}

/// A latent that is touched at the note's own sample is a knob that stood there: bit for bit, in
/// both families.
#[test]
fn a_touched_latent_is_a_moved_knob() {
    for model in families() {
        let play = |knob: f32, touched: f32| {
            let mut player = Player::new(&model, narrow(RATE_HZ));
            player.controls.latents = [knob; 8];
            let own = note(1, 0, 60);
            player.at(100, strike(own));
            (0..8).for_each(|latent| {
                player.at(100, touch(1, Touch::Latent(latent, touched)));
            });
            player.play(24_000, &[64])
        };
        assert!(play(0.75, 0.0) == play(0.25, 0.5), "{}", model.header.name);
        assert!(play(0.25, 0.0) != play(0.25, 0.5), "{}", model.header.name);
    }
}

/// Three notes of one chord, each with its own timbre, pitch and loudness; none moves another.
#[test]
fn touch_reaches_its_note_alone() {
    let keys = [50, 61, 71];
    let play = |touches: &[(i32, Touch)]| {
        let mut player = Player::still();
        for (id, key) in (0..).zip(keys) {
            player.at(0, strike(note(id, 0, key)));
        }
        for (id, moved) in touches {
            player.at(9_000, touch(*id, *moved));
        }
        player.play(72_000, &[64])[24_000..].to_vec()
    };
    let alone = play(&[]);
    let moved = play(&[
        (0, Touch::Latent(0, 0.2)),
        (1, Touch::Tuning(0.37)),
        (2, Touch::Gain(0.5)),
    ]);
    let hz_of = |key: usize, cents: f64| hz(f64::from(keys[key]) + cents / 100.0);
    let ratio_db = |key: usize, cents: f64| {
        let level = |sound: &[f32], cents| amplitude(sound, hz_of(key, cents), RATE_HZ);
        20.0 * (level(&moved, cents) / level(&alone, 0.0)).log10()
    };
    assert!(ratio_db(1, 37.0).abs() < 0.05, "{}", ratio_db(1, 37.0));
    assert!(
        (ratio_db(2, 0.0) + 6.02).abs() < 0.05,
        "{}",
        ratio_db(2, 0.0)
    );
    // The even partials fall with the knob in a straight line: 1 − 2·(knob).
    for (key, share) in [(0, 0.6f64), (2, 1.0)] {
        let found = evenness_db(&moved, hz_of(key, 0.0)) - evenness_db(&alone, hz_of(key, 0.0));
        let expected = 20.0 * share.log10();
        assert!(
            (found - expected).abs() < 0.2,
            "{key}: {found} for {expected}"
        );
    }
    let [moved_even, even] =
        [(&moved, 37.0), (&alone, 0.0)].map(|(sound, cents)| evenness_db(sound, hz_of(1, cents)));
    assert!((moved_even - even).abs() < 0.1, "its timbre stays");
}

/// A number that is given again means the newest note that has it, struck already or in this very
/// moment; the one that rings on keeps what was done to it.
#[test]
fn a_number_given_again_is_the_newest_note_s() {
    let [old, new] = [note(1, 0, 50), note(1, 0, 71)];
    for struck_at in [9_000, 12_000] {
        let mut player = Player::still();
        player.controls.envelope.release_s = 20.0;
        player
            .at(0, strike(old))
            .at(4_000, touch(1, Touch::Tuning(-0.2)))
            .at(6_000, EventKind::NoteOff { whom: old.into() })
            .at(struck_at, strike(new))
            .at(12_000, touch(1, Touch::Tuning(0.37)));
        let sound = player.play(72_000, &[64])[24_000..].to_vec();
        for (key, cents) in [(50.0, -20.0), (71.0, 37.0)] {
            let level = |cents: f64| amplitude(&sound, hz(key + cents / 100.0), RATE_HZ);
            let beside = level(cents - 57.0).max(level(cents + 57.0));
            assert!(level(cents) > 30.0 * beside, "{struck_at}: key {key}");
        }
    }
}

/// Volume is linear, expression goes by its square, and a side is that side alone.
#[test]
fn loudness_and_place_are_as_asked() {
    let play = |moved: Option<Touch>| {
        let [frames, _] = families();
        let mut player = Player::new(&frames, narrow(RATE_HZ));
        player.controls.performance.width = 1.0;
        player.at(0, strike(note(1, 0, 60)));
        moved.map(|moved| player.at(0, touch(1, moved)));
        let left = player.play(48_000, &[64]);
        [&left, &player.right].map(|side| level_db(&side[12_000..]))
    };
    let usual = play(None);
    let away = |moved| {
        let found = play(Some(moved));
        [0, 1].map(|side| found[side] - usual[side])
    };
    let near = |found: [f64; 2], expected: [f64; 2]| {
        let close = |(a, b): (f64, f64)| (a - b).abs() < 0.02;
        assert!(found.into_iter().zip(expected).all(close), "{found:?}");
    };
    near(away(Touch::Gain(0.5)), [-6.0206; 2]);
    near(away(Touch::Gain(2.0)), [6.0206; 2]);
    near(away(Touch::Expression(0.5)), [-12.0412; 2]);
    near(away(Touch::Pan(-0.5)), [2.3229, -5.3329]);
    let [left, right] = play(Some(Touch::Pan(1.0)));
    assert!(left < -110.0 && (right - usual[1] - 3.0103).abs() < 0.02);
}

/// In a zone each note has its channel: a full bend is 48 semitones, the master's is added, and a
/// note that was let go keeps its bend when its channel goes to another note.
#[test]
fn a_zone_gives_every_note_its_own_bend() {
    let cents = |sound: &[f32], pitch: f64| {
        pitch::error_cents(sound, RATE_HZ, hz(pitch)).unwrap_or(f64::NAN)
    };
    let bend = |channel, semitones: f32, range: f32| EventKind::PitchBend {
        channel,
        value: semitones / range,
    };
    let mut player = Player::still();
    player.controls.playing.zones = Zones {
        lower: 15,
        upper: 0,
    };
    player.controls.envelope.release_s = 20.0;
    let (low, high) = (note(1, 1, 55), note(2, 2, 70));
    player
        .at(0, bend(1, 7.4, 48.0))
        .at(0, strike(low))
        .at(0, bend(0, 1.0, 2.0));
    let sound = player.play(48_000, &[64]);
    let error = cents(&sound[12_000..], 55.0 + 7.4 + 1.0);
    assert!(error.abs() < 0.5, "{error}");

    player
        .at(0, EventKind::NoteOff { whom: low.into() })
        .at(4_800, bend(1, -20.0, 48.0));
    let sound = player.play(48_000, &[64]);
    let error = cents(&sound[12_000..], 55.0 + 7.4 + 1.0);
    assert!(error.abs() < 0.5, "let go: {error}");

    player.at(0, EventKind::AllSoundOff { channel: None });
    player.at(4_800, strike(high));
    let sound = player.play(60_000, &[64]);
    let error = cents(&sound[24_000..], 70.0 + 1.0);
    assert!(error.abs() < 0.5, "another channel: {error}");
}

/// A note that a pedal holds keeps its bend as well: the finger has left, and its channel goes to
/// another note.
#[test]
fn a_sustained_note_keeps_its_bend() {
    let mut player = Player::still();
    player.controls.playing.zones = Zones {
        lower: 15,
        upper: 0,
    };
    let pedal = EventKind::Sustain {
        channel: 0,
        down: true,
    };
    let held = note(1, 1, 55);
    player
        .at(0, pedal)
        .at(0, strike(held))
        .at(4_800, EventKind::NoteOff { whom: held.into() })
        .at(
            9_600,
            EventKind::PitchBend {
                channel: 1,
                value: 0.5,
            },
        );
    let sound = player.play(60_000, &[64]);
    let error = pitch::error_cents(&sound[24_000..], RATE_HZ, hz(55.0));
    assert!(error.is_some_and(|cents| cents.abs() < 0.5), "{error:?}");
}

/// Pressure and slide on a note's channel move what the slots say, at their depth, that note only.
#[test]
fn a_zone_gives_every_note_its_own_timbre() {
    let mut player = Player::still();
    player.controls.playing.zones = Zones {
        lower: 0,
        upper: 15,
    };
    player.controls.modulation.slots[0] = Slot {
        source: Source::Pressure,
        target: Target::Latent(0),
        depth: 0.4,
    };
    let keys = [(14, 50, 0.0), (13, 61, 0.5), (12, 71, 1.0)];
    for (channel, key, pressure) in keys {
        player.at(0, strike(note(i32::from(key), channel, key)));
        let value = pressure;
        player.at(4_000, EventKind::Pressure { channel, value });
    }
    let sound = player.play(72_000, &[64]);
    for (_, key, pressure) in keys {
        let found = evenness_db(&sound[24_000..], hz(f64::from(key)));
        // The second partial has half the amplitude of the first, and 1 − 2·(knob) of that.
        let expected = 20.0 * (0.5 * (1.0 - 0.8 * f64::from(pressure))).log10();
        assert!((found - expected).abs() < 0.2, "{key}: {found}, {expected}");
    }
}

/// Slide tilts the spectrum by 3 dB per octave at its end, as the first slots have it.
#[test]
fn slide_is_brightness() {
    let tilt = |value: f32| {
        let mut player = Player::still();
        player.at(0, EventKind::Slide { channel: 0, value });
        player.at(0, strike(note(1, 0, 60)));
        let sound = player.play(48_000, &[64]);
        evenness_db(&sound[index(0.25 * RATE_HZ)..], hz(60.0))
    };
    let middle = tilt(0.0);
    for (value, expected) in [(1.0, 3.0), (-1.0, -3.0), (0.5, 1.5)] {
        let found = tilt(value) - middle;
        assert!((found - expected).abs() < 0.1, "{value}: {found}");
    }
}

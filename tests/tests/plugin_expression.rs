//! The built plugin under expressive hands: MPE, the host's note expressions, modulation of single
//! notes, and the ends of notes that the host is told.
//!
//! ```text
//!  notes with channels or names of their own ─► built .clap ─► samples ─► level of each partial
//! ```

use betwixt_evaluation::measure::level;
use betwixt_evaluation::measure::pitch;
use betwixt_host::{Blocks, Event, Expression, Instance, NoteAddress, Reply, Timed};
use betwixt_spectral::pitch::hz;
use betwixt_tests::amplitude;
use betwixt_tests::built::{RATE_HZ, SECOND};
use betwixt_tests::chord::{self, KEYS, sides};
use betwixt_tests::desk::{self, in_order};

/// Partials that are compared.
const PARTIALS: usize = 6;

/// An instance whose pitch and air do not move by themselves, and whose sound stands still.
fn instance() -> Instance {
    let mut instance = desk::instance();
    play(&mut instance, &chord::still(), 64);
    instance
}

fn play(instance: &mut Instance, events: &[Timed], frames: u64) -> [Vec<f32>; 2] {
    let played = instance.play(&in_order(events), frames, &Blocks::Of(480));
    sides(played.expect("it plays"))
}

/// Level of each of a key's first partials among a sound, in dB; none where another key's partial
/// lies too near.
fn timbre(sound: &[f32], key: u8, others: &[u8]) -> Vec<Option<f64>> {
    let f0 = hz(f64::from(key));
    let is_near = |at: f64, other: u8| {
        let number = (at / hz(f64::from(other))).round().max(1.0);
        (at - number * hz(f64::from(other))).abs() < 12.0
    };
    (1..=PARTIALS)
        .map(|number| {
            let at = f0 * number as f64;
            let alone = others.iter().all(|other| !is_near(at, *other));
            alone.then(|| 20.0 * amplitude(sound, at, RATE_HZ).log10())
        })
        .collect()
}

/// How far two timbres are apart at their loud partials, in dB at most.
fn apart_db(one: &[Option<f64>], other: &[Option<f64>]) -> f64 {
    let loudest = one.iter().flatten().copied().fold(-200.0, f64::max);
    let both = one.iter().zip(other);
    let loud = both.filter_map(|(a, b)| Some(((*a)?, (*b)?)));
    loud.filter(|(a, _)| *a > loudest - 30.0)
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f64::max)
}

/// A key struck alone with latent 1 at a place, its partials.
fn alone(key: u8, latent: f64) -> Vec<Option<f64>> {
    let mut instance = instance();
    let events = [
        Event::parameter("Latent 1", latent).at(0),
        Event::note_on(key, 1.0).at(0),
    ];
    let [sound, _] = play(&mut instance, &events, 2 * SECOND);
    timbre(&sound[24_000..], key, &others(key))
}

fn others(key: u8) -> Vec<u8> {
    KEYS.into_iter().filter(|other| *other != key).collect()
}

/// Three fingers of one chord press differently: each note has the timbre that its key has alone
/// with the knob where its finger has taken it, and it is another one than without the finger.
#[test]
fn an_mpe_chord_has_three_timbres() {
    let knob = 0.2;
    let mut instance = instance();
    let mut events = vec![
        Event::parameter("Latent 1", knob).at(0),
        Event::parameter("MPE", 1.0).at(0),
        // Hosts see −100 … 100 % as 0 … 1.
        Event::parameter("Mod 1 Depth", 0.8).at(0),
    ];
    let pressures = [0u8, 64, 127];
    for ((channel, key), pressure) in (1..).zip(KEYS).zip(pressures) {
        events.push(Event::Midi([0xd0 | channel, pressure, 0]).at(0));
        events.push(Event::Midi([0x90 | channel, key, 127]).at(1));
    }
    let [sound, _] = play(&mut instance, &events, 2 * SECOND);
    for (key, pressure) in KEYS.into_iter().zip(pressures) {
        let moved = 0.6 * f64::from(pressure) / 127.0;
        let found = timbre(&sound[24_000..], key, &others(key));
        let expected = alone(key, knob + moved);
        let apart = apart_db(&expected, &found);
        assert!(
            apart < 0.3,
            "key {key}: {apart:.2} dB, {found:.1?} for {expected:.1?}"
        );
        let unmoved = apart_db(&alone(key, knob), &found);
        assert!(pressure == 0 || unmoved > 2.0, "key {key}: {unmoved:.2} dB");
    }
}

/// A full bend on a member's channel is 48 semitones; the keyboard itself may ask for its zone.
#[test]
fn a_keyboard_asks_for_its_zone() {
    let mut instance = instance();
    let controller = |number, value| Event::Midi([0xb0, number, value]).at(0);
    let events = [
        controller(101, 0),
        controller(100, 6),
        controller(6, 15),
        // A quarter of the way up: twelve semitones.
        Event::Midi([0xe3, 0, 80]).at(1),
        Event::Midi([0x93, 57, 100]).at(2),
    ];
    let [sound, _] = play(&mut instance, &events, SECOND);
    let error = pitch::error_cents(&sound[12_000..], RATE_HZ, hz(69.0));
    assert!(error.is_some_and(|cents| cents.abs() < 1.0), "{error:?}");
}

fn strike(note: NoteAddress) -> Event {
    Event::NoteOn {
        note,
        velocity: 1.0,
    }
}

/// The host's own modulation of one note moves that note's latent, whatever the others do: it takes
/// the place of what the host modulates for all.
#[test]
fn modulation_of_one_note_is_heard_in_that_note() {
    let (knob, all, own) = (0.2, 0.3, 0.5);
    let [first, second, third] =
        [0, 1, 2].map(|index| NoteAddress::named(index, KEYS[index as usize]));
    let modulation = |amount, note| Event::Modulation {
        name: "Latent 1".into(),
        amount,
        note,
    };
    for all in [0.0, all] {
        let mut instance = instance();
        let events = [
            Event::parameter("Latent 1", knob).at(0),
            modulation(all, None).at(0),
            strike(first).at(0),
            strike(second).at(0),
            strike(third).at(0),
            modulation(own, Some(second)).at(0),
        ];
        let [sound, _] = play(&mut instance, &events, 2 * SECOND);
        let places = [knob + all, knob + own, knob + all];
        for (key, expected) in KEYS.into_iter().zip(places) {
            let found = timbre(&sound[24_000..], key, &others(key));
            let apart = apart_db(&alone(key, expected), &found);
            assert!(apart < 0.3, "key {key}, all at {all}: {apart:.2} dB");
        }
        // The framework tells hosts the value with their own modulation of all notes.
        let value = instance.value("Latent 1").expect("told");
        assert!((value - knob - all).abs() < 1e-6, "{value}");
    }
}

/// What a host can say of one note: its tuning, its volume, its place.
#[test]
fn expressions_of_one_note_are_heard_in_that_note() {
    let play_with = |expressions: &[(Expression, f64)]| {
        let mut instance = instance();
        let [low, high] = [NoteAddress::named(7, 45), NoteAddress::named(8, 66)];
        let mut events = vec![strike(low).at(0), strike(high).at(0)];
        for (kind, value) in expressions {
            let (note, kind, value) = (high, *kind, *value);
            events.push(Event::Expression { note, kind, value }.at(0));
        }
        play(&mut instance, &events, SECOND).map(|side| side[12_000..].to_vec())
    };
    let heard = |side: &[f32], key: f64| 20.0 * amplitude(side, hz(key), RATE_HZ).log10();
    let [usual, _] = play_with(&[]);
    let [left, right] = play_with(&[
        (Expression::Tuning, 0.41),
        (Expression::Volume, 0.5),
        (Expression::Pan, 0.5),
    ]);
    assert_eq!(left, right, "a pan of 0.5 is the middle");
    let quieter = heard(&left, 66.41) - heard(&usual, 66.0);
    assert!((quieter + 6.02).abs() < 0.1, "{quieter}");
    let other = heard(&left, 45.0) - heard(&usual, 45.0);
    assert!(other.abs() < 0.05, "{other}");
    let [left, right] = play_with(&[(Expression::Pan, 1.0)]);
    assert!(heard(&left, 66.0) < heard(&usual, 66.0) - 60.0);
    assert!((heard(&right, 66.0) - heard(&usual, 66.0) - 3.01).abs() < 0.1);
    assert!((heard(&left, 45.0) - heard(&right, 45.0)).abs() < 0.05);
}

/// The host is told of each note's end once, by its name, after it was let go.
#[test]
fn the_host_is_told_when_notes_end() {
    let mut instance = instance();
    let notes = [
        NoteAddress::named(11, 60),
        NoteAddress::named(12, 64),
        NoteAddress::named(13, 64),
    ];
    let mut events: Vec<Timed> = notes.map(|note| strike(note).at(0)).to_vec();
    for (note, at) in notes.into_iter().zip([12_000, 24_000, 6_000]) {
        let velocity = 0.0;
        events.push(Event::NoteOff { note, velocity }.at(at));
    }
    play(&mut instance, &events, SECOND);
    let ends: Vec<i32> = instance
        .take_replies()
        .into_iter()
        .filter_map(|reply| match reply {
            Reply::NoteEnd { id, .. } => Some(id),
            _ => None,
        })
        .collect();
    assert_eq!(ends, [13, 11, 12]);
}

/// Expressions, bends, pressure and slide in the middle of blocks: the same samples however the
/// blocks are cut.
#[test]
fn blocks_cannot_be_heard_in_expression() {
    let mut events = vec![
        Event::parameter("MPE", 1.0).at(0),
        Event::parameter("Glide", 0.1).at(0),
        Event::parameter("Unison", 2.0).at(0),
    ];
    for step in 0..60u8 {
        let at = 311 * u64::from(step);
        let channel = 1 + step % 4;
        events.push(Event::Midi([0xd0 | channel, 2 * step, 0]).at(at + 5));
        events.push(Event::Midi([0xe0 | channel, 0, 64 + step / 2]).at(at + 17));
        events.push(Event::Midi([0xb0 | channel, 74, 127 - 2 * step]).at(at + 17));
        if step % 5 == 0 {
            events.push(Event::Midi([0x90 | channel, 40 + step / 2, 90]).at(at + 17));
        }
        if step % 7 == 6 {
            events.push(Event::Midi([0xb0, 64, 127 * (step % 2)]).at(at + 40));
        }
    }
    let render = |blocks: Blocks| {
        let mut instance = instance();
        let played = instance.play(&events, 24_000, &blocks).expect("it plays");
        assert!(level::peak(&played.left) > 0.01);
        played.left
    };
    let usual = render(Blocks::Of(480));
    for blocks in [
        Blocks::Of(1),
        Blocks::Of(64),
        Blocks::Of(4_096),
        Blocks::Cycle(vec![17, 480, 1, 900]),
    ] {
        assert!(render(blocks.clone()) == usual, "{blocks:?}");
    }
}

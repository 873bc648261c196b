//! The built plugin as a VST3 under expressive hands: what a host may do to one note of a chord.
//!
//! ```text
//!  notes with numbers, note expressions, poly pressure ─► built VST3 ─► samples ─► level, pitch,
//!                                                                                 place of each note
//! ```
//!
//! The truth: a volume from 0 to 1 is 20·log10(4·v) dB, a tuning from 0 to 1 is 240 semitones, as the
//! format has it; a pan keeps the power; the expression goes by its square, as MIDI recommends; the
//! full way of the brightness tilts by 3 dB per octave, as the manual says.

use betwixt_host::vst3::{Host, Instance};
use betwixt_host::{Blocks, Event, Expression, NoteAddress, Setup, Timed};
use betwixt_spectral::pitch::hz;
use betwixt_tests::built::{self, RATE_HZ, SECOND};
use betwixt_tests::chord::{self, KEYS, sides};
use betwixt_tests::desk::{LONGEST, in_order, with};
use betwixt_tests::{amplitude, level_db};

/// The note of the chord that is moved.
const MOVED: usize = 2;

/// An instance whose pitch and air do not move by themselves, and whose sound stands still.
fn instance() -> Instance {
    let mut instance = built::vst3(LONGEST);
    let still = [
        ("Latent 1", 0.2),
        ("Vibrato Delay", 0.0),
        ("Vibrato Jitter", 0.0),
    ];
    let still = still.map(|(name, value)| Event::parameter(name, value).at(0));
    play(&mut instance, &with(&chord::still(), still), 64);
    instance
}

/// Both channels of a piece.
fn play(instance: &mut Instance, events: &[Timed], frames: u64) -> [Vec<f32>; 2] {
    let played = instance.play(&in_order(events), frames, &Blocks::Of(480));
    sides(played.expect("it plays"))
}

fn strike(id: u32, key: u8) -> Event {
    Event::NoteOn {
        note: NoteAddress::named(id, key),
        velocity: 0.5,
    }
}

fn let_go(id: u32, key: u8) -> Event {
    Event::NoteOff {
        note: NoteAddress::named(id, key),
        velocity: 0.0,
    }
}

/// An expression names its note by its number alone: the key is not sent.
fn express(id: u32, kind: Expression, value: f64) -> Event {
    let note = NoteAddress::named(id, 0);
    Event::Expression { note, kind, value }
}

/// The chord with things done to one of its notes; its sound once it stands.
fn chord(deeds: &[(Expression, f64)]) -> [Vec<f32>; 2] {
    let mut instance = instance();
    let notes = (7..).zip(KEYS);
    let mut events: Vec<Timed> = notes.map(|(id, key)| strike(id, key).at(0)).collect();
    let id = 7 + u32::try_from(MOVED).expect("small");
    for (kind, value) in deeds {
        events.push(express(id, *kind, *value).at(0));
    }
    play(&mut instance, &events, SECOND).map(|side| side[12_000..].to_vec())
}

/// Level of a partial, in dB.
fn level(sound: &[f32], pitch: f64, partial: f64) -> f64 {
    20.0 * amplitude(sound, partial * hz(pitch), RATE_HZ).log10()
}

/// Where the first partial near a pitch really lies, in cents from it: the loudest place within so
/// many cents.
fn cents(sound: &[f32], pitch: f64, within: f64) -> f64 {
    let (mut middle, mut step) = (0.0, 0.5 * within);
    let loudness = |cents: f64| amplitude(sound, hz(pitch + cents / 100.0), RATE_HZ);
    while step > 0.05 {
        let places = [-2.0, -1.0, 0.0, 1.0, 2.0].map(|n| middle + n * step);
        let places = places.map(|cents| (cents, loudness(cents)));
        let best = places.into_iter().max_by(|a, b| a.1.total_cmp(&b.1));
        middle = best.map_or(middle, |(cents, _)| cents);
        step /= 2.0;
    }
    middle
}

/// The other notes of the chord are where they were, on both sides: to a twentieth of a dB, which is
/// what the moved note's own partials spill over.
fn others_rest(usual: &[Vec<f32>; 2], moved: &[Vec<f32>; 2], what: &str) {
    for key in &KEYS[..MOVED] {
        let pitch = f64::from(*key);
        for (usual, moved) in usual.iter().zip(moved) {
            let away = level(moved, pitch, 1.0) - level(usual, pitch, 1.0);
            assert!(away.abs() < 0.05, "{what}: key {key} {away:.3} dB");
        }
        let tuned = cents(&moved[0], pitch, 1.0);
        assert!(tuned.abs() < 0.3, "{what}: key {key} {tuned:.2} cents");
    }
}

/// The plugin says that it takes the format's six.
#[test]
fn six_expressions_are_offered() {
    let instance = instance();
    for channel in 0..16 {
        let told = instance.expressions(channel);
        let told: Vec<(u32, &str)> = told.iter().map(|kind| (kind.id, &*kind.name)).collect();
        let expected = [
            (0, "Volume"),
            (1, "Pan"),
            (2, "Tuning"),
            (3, "Vibrato"),
            (4, "Expression"),
            (5, "Brightness"),
        ];
        assert_eq!(told, expected, "channel {channel}");
    }
}

/// Loudness: what the format says of volume, and the square of the expression; all partials alike.
#[test]
fn volume_and_expression_are_loudness() {
    let usual = chord(&[]);
    let pitch = f64::from(KEYS[MOVED]);
    for (kind, value, expected) in [
        (Expression::Volume, 0.5, -6.02),
        (Expression::Volume, 2.0, 6.02),
        (Expression::Expression, 0.5, -12.04),
        (Expression::Expression, 1.0, 0.0),
    ] {
        let moved = chord(&[(kind, value)]);
        for partial in [1.0, 2.0, 3.0] {
            let away = level(&moved[0], pitch, partial) - level(&usual[0], pitch, partial);
            let what = format!("{kind:?} {value}, partial {partial}: {away:.3} dB");
            assert!((away - expected).abs() < 0.1, "{what} for {expected}");
        }
        others_rest(&usual, &moved, &format!("{kind:?} {value}"));
    }
}

/// A note goes to its side and keeps its power.
#[test]
fn pan_is_a_place() {
    let usual = chord(&[]);
    let pitch = f64::from(KEYS[MOVED]);
    for value in [0.0, 0.25, 0.5, 1.0f64] {
        let moved = chord(&[(Expression::Pan, value)]);
        let angle = value * std::f64::consts::FRAC_PI_2;
        for (side, share) in [angle.cos(), angle.sin()].into_iter().enumerate() {
            let expected = 20.0 * (std::f64::consts::SQRT_2 * share).log10();
            let away = level(&moved[side], pitch, 1.0) - level(&usual[side], pitch, 1.0);
            let is_right = (away - expected).abs() < 0.1 || expected.max(away) < -60.0;
            assert!(
                is_right,
                "{value}, side {side}: {away:.2} for {expected:.2}"
            );
        }
        others_rest(&usual, &moved, &format!("pan {value}"));
    }
}

/// A tuning is cents, exactly.
#[test]
fn tuning_is_semitones() {
    let usual = chord(&[]);
    for semitones in [0.41, -0.37, 12.0, -24.0] {
        let moved = chord(&[(Expression::Tuning, semitones)]);
        let error = cents(&moved[0], f64::from(KEYS[MOVED]) + semitones, 50.0);
        assert!(error.abs() < 0.5, "{semitones}: {error} cents");
        // Two octaves down its partials lie between the others' wherever they like.
        if semitones.abs() < 1.0 {
            others_rest(&usual, &moved, &format!("tuning {semitones}"));
        }
    }
}

/// Brightness tilts by 3 dB per octave at its end, half of that half way; it is not loudness.
#[test]
fn brightness_tilts() {
    let usual = chord(&[]);
    let pitch = f64::from(KEYS[MOVED]);
    let tilt = |sound: &[f32]| level(sound, pitch, 2.0) - level(sound, pitch, 1.0);
    for (value, expected) in [(0.5, 0.0), (1.0, 3.0), (0.0, -3.0), (0.75, 1.5)] {
        let moved = chord(&[(Expression::Brightness, value)]);
        let away = tilt(&moved[0]) - tilt(&usual[0]);
        assert!((away - expected).abs() < 0.15, "{value}: {away:.2} dB");
        others_rest(&usual, &moved, &format!("brightness {value}"));
    }
}

/// How far the pitch of a note swings, in cents to either side: its first partial, looked at through
/// 40 ms at a time, turns so much further from one look to the next.
fn swing_cents(sound: &[f32], pitch: f64) -> f64 {
    let (window, step) = (1_920, 240);
    let angle_at = |start: usize| {
        let (mut re, mut im) = (0.0, 0.0);
        for (index, value) in sound[start..start + window].iter().enumerate() {
            let share = (index as f64 + 0.5) / window as f64;
            let weight = f64::from(*value) * (std::f64::consts::PI * share).sin().powi(2);
            let turn = std::f64::consts::TAU * hz(pitch) * (start + index) as f64 / RATE_HZ;
            re += weight * turn.cos();
            im -= weight * turn.sin();
        }
        im.atan2(re)
    };
    let looks: Vec<f64> = (0..sound.len() - window)
        .step_by(step)
        .map(angle_at)
        .collect();
    let away = |pair: &[f64]| {
        let turned = (pair[1] - pair[0]) / std::f64::consts::TAU;
        let per_second = (turned - turned.round()) * RATE_HZ / step as f64;
        1_200.0 * (1.0 + per_second / hz(pitch)).log2()
    };
    let cents: Vec<f64> = looks.windows(2).map(away).collect();
    let [high, low] = [f64::max, f64::min].map(|f| cents.iter().copied().fold(0.0, f));
    0.5 * (high - low)
}

/// The full way of the vibrato is a semitone to either side, as of the wheel.
#[test]
fn vibrato_swings() {
    let usual = chord(&[]);
    let pitch = f64::from(KEYS[MOVED]);
    let mut others = instance();
    let notes = (7..).zip(&KEYS[..MOVED]);
    let events: Vec<Timed> = notes.map(|(id, key)| strike(id, *key).at(0)).collect();
    let [others, _] = play(&mut others, &events, SECOND);
    for value in [0.0, 0.25, 1.0] {
        let moved = chord(&[(Expression::Vibrato, value)]);
        // The others' partials are too near for so short a look.
        let alone = moved[0].iter().zip(&others[12_000..]).map(|(a, b)| a - b);
        let found = swing_cents(&alone.collect::<Vec<_>>(), pitch);
        // A swing is nearly five looks long, which take off some hundredths.
        let expected = 100.0 * value;
        let is_right = (0.93 * expected - 0.5..1.02 * expected + 0.5).contains(&found);
        assert!(is_right, "{value}: {found:.1} cents");
        others_rest(&usual, &moved, &format!("vibrato {value}"));
    }
}

/// Pressure on one key moves the first latent half of its way in that note, as a turned knob does.
#[test]
fn pressure_moves_the_timbre() {
    let usual = chord(&[]);
    let pitch = f64::from(KEYS[MOVED]);
    let timbre = |sound: &[f32]| [1.0, 2.0, 3.0, 4.0].map(|n| level(sound, pitch, n));
    let mut turned = instance();
    let (id, key) = (9, KEYS[MOVED]);
    let events = [
        Event::parameter("Latent 1", 0.2 + 0.5 * 0.75).at(0),
        strike(id, key).at(0),
    ];
    let [expected, _] = play(&mut turned, &events, SECOND);
    let pressed = chord(&[(Expression::Pressure, 0.75)]);
    let [found, expected, usual_timbre] = [&pressed[0], &expected[12_000..], &usual[0]].map(timbre);
    let apart = |a: [f64; 4], b: [f64; 4]| {
        let each = a.into_iter().zip(b).map(|(a, b)| (a - b).abs());
        each.fold(0.0, f64::max)
    };
    assert!(apart(found, expected) < 0.3, "{found:.1?}, {expected:.1?}");
    assert!(apart(found, usual_timbre) > 2.0, "{found:.1?} as without");
    others_rest(&usual, &pressed, "pressure");
}

/// Hosts give a number again when its note has been let go: it means the newer one, also while the
/// older one rings on at its own pitch.
#[test]
fn numbers_are_given_again() {
    for id in [0, 5, 0x7fff_ffff] {
        let mut instance = instance();
        let [old, new] = [45, 66];
        let events = [
            Event::parameter("Release", 1.0).at(0),
            strike(id, old).at(0),
            let_go(id, old).at(4_800),
            strike(id, new).at(9_600),
            express(id, Expression::Tuning, 0.25).at(9_600),
        ];
        let [sound, _] = play(&mut instance, &events, SECOND);
        let sound = &sound[16_000..];
        let new = cents(sound, f64::from(new) + 0.25, 50.0);
        assert!(new.abs() < 0.5, "{id}: the new note {new} cents off");
        let old = cents(sound, f64::from(old), 50.0);
        assert!(old.abs() < 0.5, "{id}: the old note {old} cents off");
    }
}

/// Forty notes sound at once, and pressure finds each by its number: all that it changes are partials
/// of that note.
#[test]
fn pressure_knows_every_note() {
    let all: Vec<(u32, u8)> = (100..).zip(30..70).collect();
    let render = |pressed: Option<u32>| {
        let mut instance = instance();
        let mut events = vec![
            Event::parameter("Voices", 63.0).at(0),
            // Below what the limiter bends, which would mix them.
            Event::parameter("Gain", 0.3).at(0),
        ];
        events.extend(all.iter().map(|(id, key)| strike(*id, *key).at(0)));
        events.extend(pressed.map(|id| {
            let (note, kind, value) = (NoteAddress::named(id, 0), Expression::Pressure, 1.0);
            Event::Expression { note, kind, value }.at(64)
        }));
        let [sound, _] = play(&mut instance, &events, SECOND);
        assert!(sound.iter().all(|value| value.abs() < 0.7));
        sound[24_000..].to_vec()
    };
    let usual = render(None);
    for (id, key) in [all[0], all[7], all[39]] {
        let pressed = render(Some(id));
        let change: Vec<f32> = pressed.iter().zip(&usual).map(|(a, b)| a - b).collect();
        let own = hz(f64::from(key));
        let partials = (1..).map(|n| own * f64::from(n));
        let partials = partials.take_while(|hz| *hz < 12_000.0);
        let power = partials.map(|hz| 0.5 * amplitude(&change, hz, RATE_HZ).powi(2));
        let share = 10.0 * power.sum::<f64>().log10() - level_db(&change);
        assert!(share.abs() < 0.2, "key {key}: {share:.2} dB");
    }
}

/// A host may remove an instance in the very moment in which its parameters have moved, and the
/// others play on; the last one leaves the host alive.
#[test]
fn instances_go_while_parameters_move() {
    let host = Host::built().expect("the plugin builds and loads");
    let setup = Setup::new(RATE_HZ, LONGEST);
    let mut last = host.instance(setup).expect("active");
    for round in 0..20u32 {
        let mut gone = host.instance(setup).expect("active");
        // Sometimes more than the framework's queue has room for.
        let frames = if round % 5 == 0 { 60 } else { 1 };
        let own = gone.parameters().iter().filter(|p| p.automatable);
        let names: Vec<String> = own.map(|p| p.name.clone()).collect();
        let moves = (0..frames).flat_map(|at| {
            let value = f64::from((round + at) % 2);
            let moved = move |name: &String| Event::parameter(name, value).at(u64::from(at));
            names.iter().map(moved)
        });
        let moves: Vec<Timed> = moves.collect();
        play(&mut gone, &moves, 64);
        drop(gone);
    }
    let [sound, _] = play(&mut last, &[strike(1, 60).at(0)], SECOND / 4);
    assert!(sound.iter().any(|value| value.abs() > 0.01));
}

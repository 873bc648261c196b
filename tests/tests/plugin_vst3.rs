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
use betwixt_tests::amplitude;

const RATE_HZ: f64 = 48_000.0;
const SECOND: u64 = 48_000;
/// Keys whose first partials lie apart.
const KEYS: [u8; 3] = [45, 56, 66];
/// The note of the chord that is moved.
const MOVED: usize = 2;

/// An instance whose pitch and air do not move by themselves, and whose sound stands still.
fn instance() -> Instance {
    let host = Host::built().expect("the plugin builds and loads");
    let mut instance = host.instance(Setup::new(RATE_HZ, 4_096)).expect("active");
    let still = [
        ("Noise", 0.0),
        ("Inharmonicity", 0.0),
        ("Freeze", 1.0),
        ("Release", 0.0),
        ("Width", 0.0),
        ("Velocity", 0.0),
        ("Formant Follow", 0.0),
        ("Latent 1", 0.2),
        ("Vibrato Delay", 0.0),
        ("Vibrato Jitter", 0.0),
    ];
    let events = still.map(|(name, value)| Event::parameter(name, value).at(0));
    play(&mut instance, &events, 64);
    instance
}

/// Both channels of a piece.
fn play(instance: &mut Instance, events: &[Timed], frames: u64) -> [Vec<f32>; 2] {
    let mut events = events.to_vec();
    events.sort_by_key(|event| event.frame);
    let played = instance.play(&events, frames, &Blocks::Of(480));
    let played = played.expect("it plays");
    [played.left, played.right]
}

fn named(id: u32, key: u8) -> NoteAddress {
    NoteAddress {
        channel: 0,
        key,
        id: Some(id),
    }
}

fn strike(id: u32, key: u8) -> Event {
    Event::NoteOn {
        note: named(id, key),
        velocity: 0.5,
    }
}

fn let_go(id: u32, key: u8) -> Event {
    Event::NoteOff {
        note: named(id, key),
        velocity: 0.0,
    }
}

/// An expression names its note by its number alone: the key is not sent.
fn express(id: u32, kind: Expression, value: f64) -> Event {
    let note = named(id, 0);
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

/// Where the first partial near a pitch really lies, in cents from it: the loudest place within half
/// a semitone.
fn cents(sound: &[f32], pitch: f64) -> f64 {
    let (mut middle, mut step) = (0.0, 25.0);
    while step > 0.05 {
        let places = [-2.0, -1.0, 0.0, 1.0, 2.0].map(|n| middle + n * step);
        let loudness = |cents: &f64| amplitude(sound, hz(pitch + cents / 100.0), RATE_HZ);
        let best = places
            .into_iter()
            .max_by(|a, b| loudness(a).total_cmp(&loudness(b)));
        middle = best.unwrap_or(middle);
        step /= 2.0;
    }
    middle
}

/// The other notes of the chord are where they were, on both sides: to a twentieth of a dB, which is
/// what the moved note's own partials spill over.
fn others_rest(usual: &[Vec<f32>; 2], moved: &[Vec<f32>; 2], what: &str) {
    for (key, (usual, moved)) in KEYS[..MOVED]
        .iter()
        .flat_map(|key| usual.iter().zip(moved).map(move |sides| (*key, sides)))
    {
        let pitch = f64::from(key);
        let away = level(moved, pitch, 1.0) - level(usual, pitch, 1.0);
        assert!(away.abs() < 0.05, "{what}: key {key} {away:.3} dB");
        assert!(cents(moved, pitch).abs() < 0.3, "{what}: key {key}");
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
        let error = cents(&moved[0], f64::from(KEYS[MOVED]) + semitones);
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

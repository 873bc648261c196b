//! The built plugin with its default model of partials: time, pitch, tone and width are in the
//! player's hands, and what is not asked for is not heard.
//!
//! ```text
//!  events, automation ─► built .clap ─► samples ─► compared bit by bit, or measured
//! ```

use betwixt_evaluation::measure::level::{db, rms};
use betwixt_evaluation::measure::pitch;
use betwixt_host::{Blocks, Event, Instance, Rendering, Setup, Timed};
use betwixt_spectral::pitch::hz;
use betwixt_tests::built::{self, RATE_HZ, SECOND};

/// The sample at which a parameter moves.
const MOVED: u64 = 20_000;
/// Samples within which a move must be heard.
const HEARD: u64 = 32_000;
/// Everything that a model of partials can be asked for.
const PERFORMANCE: [&str; 15] = [
    "Time Speed",
    "Freeze",
    "Freeze Point",
    "Vibrato Rate",
    "Vibrato Depth",
    "Vibrato Delay",
    "Vibrato Jitter",
    "Drift",
    "Natural Tuning",
    "Noise",
    "Inharmonicity",
    "Tilt",
    "Formant",
    "Formant Follow",
    "Width",
];

fn instance() -> Instance {
    built::clap(1_024)
}

fn play(instance: &mut Instance, events: &[Timed], frames: u64) -> Rendering {
    let blocks = Blocks::Of(480);
    instance.play(events, frames, &blocks).expect("it plays")
}

/// What a fresh instance makes of a piece.
fn fresh(events: &[Timed], frames: u64) -> Rendering {
    play(&mut instance(), events, frames)
}

/// The first sample at which two renderings differ on either channel.
fn parting(one: &Rendering, other: &Rendering) -> Option<usize> {
    (0..one.left.len()).find(|&at| {
        one.left[at].to_bits() != other.left[at].to_bits()
            || one.right[at].to_bits() != other.right[at].to_bits()
    })
}

/// The level of the difference of two renderings against the second, in dB.
fn apart_db(one: &Rendering, other: &Rendering) -> f64 {
    let pairs = one.left.iter().zip(&other.left);
    let apart: Vec<f32> = pairs.map(|(a, b)| a - b).collect();
    db(rms(&apart)) - db(rms(&other.left))
}

fn samples(seconds: f64, rate_hz: f64) -> usize {
    betwixt_spectral::number::index(seconds * rate_hz)
}

/// Three notes far apart, all latents at one place; the model's own first sound for none.
fn chord(place: Option<f64>) -> Vec<Timed> {
    let latents = (1..=8).map(|latent| format!("Latent {latent}"));
    let mut events: Vec<Timed> = place
        .into_iter()
        .flat_map(|place| {
            latents
                .clone()
                .map(move |name| Event::parameter(&name, place))
        })
        .map(|event| event.at(0))
        .collect();
    events.extend([29, 48, 67].map(|key| Event::note_on(key, 0.8).at(0)));
    events
}

/// Where the sound parts from the untouched one when a parameter moves behind some preparation.
fn heard(prepared: &[Timed], name: &str, value: f64) -> Option<usize> {
    let still = fresh(prepared, HEARD);
    let mut moved = prepared.to_vec();
    moved.push(Event::parameter(name, value).at(MOVED));
    parting(&still, &fresh(&moved, HEARD))
}

/// The same preparation with some parameters set from the start.
fn with(prepared: &[Timed], set: &[(&str, f64)]) -> Vec<Timed> {
    let set = set
        .iter()
        .map(|(name, value)| Event::parameter(name, *value).at(0));
    set.chain(prepared.iter().cloned()).collect()
}

/// What must be set for a control to act; nothing for most.
fn needs(name: &str) -> Vec<Timed> {
    let set = |name, value| Event::parameter(name, value).at(0);
    match name {
        "Freeze Point" => vec![set("Freeze", 1.0)],
        "Formant Follow" => vec![set("Bend Range", 12.0), Event::bend(1.0).at(0)],
        "Vibrato Rate" | "Vibrato Delay" | "Vibrato Jitter" => vec![set("Vibrato Depth", 0.5)],
        _ => Vec::new(),
    }
}

/// Every control of the performance moves the sound, at its sample and not before; one that only
/// says how another one acts is not heard while that one does not act.
#[test]
fn every_control_of_the_performance_is_heard() {
    let chords = [None, Some(0.25), Some(0.75)].map(chord);
    for name in PERFORMANCE {
        let needs = needs(name);
        let place = chords.iter().find_map(|chord| {
            let prepared: Vec<Timed> = needs.iter().chain(chord).cloned().collect();
            heard(&prepared, name, 1.0)
        });
        let moved = usize::try_from(MOVED).expect("small");
        let at = place.unwrap_or_else(|| panic!("{name} is not heard"));
        assert!(at >= moved, "{name} is heard at {at}, before it moves");
        if !needs.is_empty() {
            let without = heard(&chords[0], name, 1.0);
            assert_eq!(without, None, "{name} says nothing by itself");
        }
    }
}

/// A parameter that is set to where it stands changes nothing; a skewed knob does not come back to
/// the last bit of its value, which is 100 dB below anything that can be heard.
#[test]
fn defaults_are_neutral() {
    let prepared = chord(None);
    let still = fresh(&prepared, SECOND);
    let mut instance = instance();
    let mut set = prepared;
    for name in PERFORMANCE {
        let default = instance.parameter(name).expect("it exists").default;
        let event = Event::parameter(name, default);
        set.push(event.at(MOVED));
    }
    let again = play(&mut instance, &set, SECOND);
    let apart_db = apart_db(&again, &still);
    assert!(apart_db < -100.0, "{apart_db:.1} dB apart");
}

/// The level of a held note in dB, half a second around a moment.
fn level_db(sound: &Rendering, at_s: f64) -> f64 {
    let from = samples(at_s - 0.25, RATE_HZ);
    db(rms(&sound.left[from..from + samples(0.5, RATE_HZ)]))
}

/// A struck sound falls while it is held; frozen it stands where it is, for as long as the key.
#[test]
fn freezing_holds_a_struck_sound() {
    let struck = |place: Option<f64>| {
        let mut events = with(&chord(place)[..], &[("Noise", 0.0), ("Width", 0.0)]);
        events.retain(|timed| !matches!(timed.event, Event::NoteOn { .. }));
        events.push(Event::note_on(62, 0.8).at(0));
        events
    };
    let places = [
        None,
        Some(0.0),
        Some(0.2),
        Some(0.4),
        Some(0.6),
        Some(0.8),
        Some(1.0),
    ];
    let fall = |events: &[Timed]| {
        let sound = fresh(events, 5 * SECOND);
        level_db(&sound, 0.5) - level_db(&sound, 4.5)
    };
    let falls = places.map(|place| (fall(&struck(place)), place));
    let most = falls.into_iter().max_by(|a, b| a.0.total_cmp(&b.0));
    let (fallen_db, place) = most.expect("there are places");
    assert!(fallen_db > 6.0, "a sound falls by itself: {falls:?}");
    let frozen = with(&struck(place), &[("Freeze", 1.0), ("Freeze Point", 0.4)]);
    let sound = fresh(&frozen, 5 * SECOND);
    let levels: Vec<f64> = (1..=9)
        .map(|half| level_db(&sound, 0.5 * f64::from(half)))
        .collect();
    let (low, high) = levels
        .iter()
        .fold((f64::MAX, f64::MIN), |(low, high), level| {
            (low.min(*level), high.max(*level))
        });
    assert!(low > -60.0, "it sounds: {levels:?}");
    assert!(high - low < 0.3, "{levels:?}");
}

/// Nothing that moves the pitch by itself.
fn plain(events: &[Timed]) -> Vec<Timed> {
    let off = ["Vibrato Depth", "Drift", "Natural Tuning", "Inharmonicity"];
    with(events, &off.map(|name| (name, 0.0)))
}

/// Four octaves up and four down, by the wheel alone: in tune at both ends.
#[test]
fn the_wheel_bends_by_four_octaves() {
    for (key, bend, expected) in [(60, 1.0, 108.0), (72, -1.0, 24.0), (64, 0.0, 64.0)] {
        let mut events = plain(&[]);
        events.push(Event::parameter("Bend Range", 48.0).at(0));
        events.push(Event::note_on(key, 0.9).at(0));
        events.push(Event::bend(bend).at(4_800));
        let sound = fresh(&events, SECOND);
        let held = &sound.left[12_000..];
        let error = pitch::error_cents(held, RATE_HZ, hz(expected)).unwrap_or(f64::NAN);
        assert!(error.abs() < 0.5, "{key} to {expected}: {error:.3} cents");
    }
}

/// The modulation wheel adds a hundred cents of vibrato, is part of the project, and goes down with
/// a reset of all controllers.
#[test]
fn the_modulation_wheel_deepens_the_vibrato() {
    let note = Event::note_on(57, 0.8).at(10);
    let turned = |event: Event| fresh(&[event.at(0), note.clone()], 2 * SECOND);
    let still = fresh(std::slice::from_ref(&note), 2 * SECOND);
    let by_wheel = turned(Event::controller(1, 127));
    let depth = instance()
        .text_value("Vibrato Depth", "100 ct")
        .expect("a value");
    let by_knob = turned(Event::parameter("Vibrato Depth", depth));
    assert!(apart_db(&by_wheel, &still) > -10.0, "it can be heard");
    assert!(apart_db(&by_wheel, &by_knob) < -60.0, "as the knob does");
    assert_eq!(parting(&turned(Event::controller(1, 0)), &still), None);
    let reset = [Event::controller(1, 127), Event::controller(121, 0)];
    let mut events: Vec<Timed> = reset.map(|event| event.at(0)).to_vec();
    events.push(note.clone());
    assert_eq!(parting(&fresh(&events, 2 * SECOND), &still), None);

    let mut saved = instance();
    let up = [Event::controller(1, 127).at(0)];
    let (mut left, mut right) = ([0.0; 64], [0.0; 64]);
    saved.process(&up, &mut left, &mut right).expect("it plays");
    let state = saved.save_state().expect("saved");
    saved.reset();
    let piece = std::slice::from_ref(&note);
    assert_eq!(
        parting(&play(&mut saved, piece, 2 * SECOND), &by_wheel),
        None
    );
    let mut opened = instance();
    opened.load_state(&state).expect("loaded");
    assert_eq!(
        parting(&play(&mut opened, piece, 2 * SECOND), &by_wheel),
        None
    );
}

/// At width 0 both channels are the same; wide they differ and neither is louder.
#[test]
fn width_parts_the_channels() {
    let sound = |width: f64| fresh(&with(&chord(None), &[("Width", width)]), 2 * SECOND);
    let (narrow, wide) = (sound(0.0), sound(1.0));
    assert!(narrow.left == narrow.right, "one channel at no width");
    assert!(wide.left != wide.right, "two channels at full width");
    let balance_db = db(rms(&wide.left)) - db(rms(&wide.right));
    assert!(balance_db.abs() < 1.0, "{balance_db:.2} dB to the left");
    let loss_db = db(rms(&wide.left)) - db(rms(&wide.mono()));
    assert!(loss_db < 1.0, "{loss_db:.2} dB lost in mono");
}

/// Every n-th sample behind a low pass that leaves what is measured: partials of up to 5 kHz.
fn thinned(signal: &[f32], factor: usize) -> Vec<f32> {
    if factor == 1 {
        return signal.to_vec();
    }
    let half = 12 * factor;
    let tap = |at: usize| {
        let x = (at as f64 - half as f64) / factor as f64;
        let sinc = if x == 0.0 {
            1.0
        } else {
            (std::f64::consts::PI * x * 0.9).sin() / (std::f64::consts::PI * x)
        };
        let hann = 0.5 + 0.5 * (std::f64::consts::PI * x / 12.0).cos();
        sinc * hann / factor as f64
    };
    let taps: Vec<f64> = (0..=2 * half).map(tap).collect();
    let filtered = |start: usize| {
        let pairs = taps.iter().zip(&signal[start..]);
        let sum: f64 = pairs.map(|(tap, x)| tap * f64::from(*x)).sum();
        betwixt_spectral::number::narrow(sum)
    };
    (0..signal.len() - 2 * half)
        .step_by(factor)
        .map(filtered)
        .collect()
}

/// Every key of a piano within half a cent, at every host rate, one note after the other.
#[test]
fn every_key_is_in_tune_at_every_rate() {
    let mut worst = (0.0, String::new());
    for rate in [44_100_u32, 48_000, 96_000, 192_000] {
        let rate_hz = f64::from(rate);
        let mut instance = instance();
        instance
            .activate(Setup::new(rate_hz, 1_024))
            .expect("active");
        // Low notes are close to one another in hertz, and take longer to be told apart.
        let length = |key: u8| if key < 45 { 0.6 } else { 0.3 };
        let (mut events, mut at_s) = (plain(&[]), 0.0);
        events.push(Event::parameter("Release", 0.0).at(0));
        let mut notes = Vec::new();
        for key in 21..=108 {
            let [on, off] = [at_s, at_s + length(key)].map(|s| samples(s, rate_hz));
            events.push(Event::note_on(key, 0.9).at(on as u64));
            events.push(Event::note_off(key).at(off as u64));
            notes.push((key, on..off));
            at_s += length(key) + 0.02;
        }
        let sound = play(&mut instance, &events, samples(at_s, rate_hz) as u64);
        for (key, range) in notes {
            let settled = &sound.left[range][samples(0.05, rate_hz)..];
            let expected = hz(f64::from(key));
            let wanted = if key < 60 { 12_000.0 } else { 48_000.0 };
            let factor = samples(1.0, rate_hz / wanted).max(1);
            let thin_hz = rate_hz / factor as f64;
            let error = pitch::error_cents(&thinned(settled, factor), thin_hz, expected);
            let error = error.unwrap_or(f64::NAN).abs();
            if error.is_nan() || error > worst.0 {
                worst = (error, format!("key {key} at {rate} Hz"));
            }
        }
    }
    let (error, at) = worst;
    eprintln!("the worst of all: {at}, {error:.3} cents");
    assert!(error < 0.5, "{at}: {error:.3} cents");
}

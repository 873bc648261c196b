//! The built plugin as a CLAP that a host looks over: its library, its ports, its states and parameters,
//! and what it plays when notes and parameters come as they like.
//!
//! ```text
//!  library, ports, states, parameters ◄─ built .clap ─► odd events, odd rates, calls in any legal order
//! ```
//!
//! The questions are those of the format's own validator that no other test asks. Playing in place is
//! not asked: nothing goes in. Nor are cookies: the plugin gives none, so every event that the host
//! sends here has an empty one. Nor is the mask of constant channels, which the framework leaves to the
//! host.

use betwixt_evaluation::measure::level;
use betwixt_host::{
    AudioPort, BETWIXT, Blocks, Channels, Event, Host, Instance, NoteAddress, NotePort, Parameter,
    Reply, Setup, Status, Timed,
};
use betwixt_tests::Dice;
use std::collections::BTreeSet;

const LONGEST: u32 = 1_024;
/// Every channel, every key.
const EVERY: NoteAddress = NoteAddress {
    channel: 255,
    key: 255,
    id: None,
};

fn setup() -> Setup {
    Setup::new(48_000.0, LONGEST)
}

fn instance() -> Instance {
    let host = Host::built().expect("the plugin builds and loads");
    host.instance(setup()).expect("active")
}

/// Plays events, whatever their order, in blocks of these sizes; what comes out are numbers, none too
/// loud and none so small that a processor is slow with it.
fn play_in(
    instance: &mut Instance,
    events: &[Timed],
    frames: u64,
    blocks: &Blocks,
) -> [Vec<f32>; 2] {
    let mut events = events.to_vec();
    events.sort_by_key(|timed| timed.frame);
    let played = instance.play(&events, frames, blocks).expect("it plays");
    let sound = [played.left, played.right];
    let is_sound = |v: &f32| v.abs() <= 1.0 && !v.is_subnormal();
    let odd = sound.iter().flatten().find(|value| !is_sound(value));
    assert_eq!(odd, None, "after {events:?}");
    sound
}

fn play(instance: &mut Instance, events: &[Timed], frames: u64) -> [Vec<f32>; 2] {
    play_in(instance, events, frames, &Blocks::Of(LONGEST))
}

/// A note can be heard, whatever was before; then all is quiet again.
fn can_be_played(instance: &mut Instance, what: &str) {
    let [sound, _] = play(instance, &[Event::note_on(60, 1.0).at(0)], 2_048);
    assert!(level::peak(&sound) > 1e-3, "{what}: silence");
    instance.reset();
}

/// Those that a host may automate; of the format's own, all of these may be modulated too.
fn automatable(instance: &Instance) -> Vec<Parameter> {
    let all = instance.parameters().iter();
    all.filter(|p| p.automatable).cloned().collect()
}

/// Any value that a parameter can have.
fn value(parameter: &Parameter, dice: &mut Dice) -> f64 {
    let share = dice.roll(1_001) as f64 / 1_000.0;
    let value = parameter.minimum + (parameter.maximum - parameter.minimum) * share;
    if parameter.stepped {
        value.round()
    } else {
        value
    }
}

/// Every parameter somewhere.
fn anywhere(instance: &Instance, dice: &mut Dice) -> Vec<Event> {
    let all = automatable(instance).into_iter();
    all.map(|p| Event::parameter(&p.name, value(&p, dice)))
        .collect()
}

/// Every value, bit for bit.
fn values(instance: &mut Instance) -> Vec<(String, u64)> {
    let all = instance.parameters().to_vec().into_iter();
    let read = |p: Parameter| {
        (
            p.name.clone(),
            instance.value(&p.name).expect("known").to_bits(),
        )
    };
    all.map(read).collect()
}

/// Notes by chance: begun, let go, stopped, some twice, some never.
fn notes(dice: &mut Dice, count: usize, frames: u64) -> Vec<Timed> {
    let note = |dice: &mut Dice| NoteAddress {
        channel: u8::try_from(dice.roll(16)).expect("small"),
        key: u8::try_from(36 + dice.roll(48)).expect("small"),
        id: (dice.roll(2) == 0).then(|| u32::from(dice.byte())),
    };
    let any = |dice: &mut Dice| {
        let (note, at) = (note(dice), dice.roll(frames));
        let velocity = f64::from(dice.byte()) / 255.0;
        let event = match dice.roll(4) {
            0 | 1 => Event::NoteOn { note, velocity },
            2 => Event::NoteOff { note, velocity },
            _ => Event::NoteChoke { note },
        };
        event.at(at)
    };
    (0..count).map(|_| any(dice)).collect()
}

/// Everything stops; after the release of a choke nothing is heard.
fn falls_silent(instance: &mut Instance, what: &str) {
    play(instance, &[Event::NoteChoke { note: EVERY }.at(0)], 9_600);
    let [left, right] = play(instance, &[], 1_024);
    let is_silent = left.iter().chain(&right).all(|value| *value == 0.0);
    assert!(is_silent, "{what}");
}

/// The library makes plugins and nothing that nobody has heard of; there is one, an instrument, and a
/// word more or less behind its identifier is another plugin, which is not there.
#[test]
fn the_library_offers_one_instrument() {
    let host = Host::built().expect("the plugin builds and loads");
    assert!(host.has_factory(c"clap.plugin-factory"));
    for kind in [
        c"clap.plugin-factory/2",
        c"clap.plugin-factor",
        c"",
        c"\xff",
    ] {
        assert!(!host.has_factory(kind), "{kind:?}");
    }
    let descriptors = host.descriptors();
    let [plugin] = &descriptors[..] else {
        panic!("{descriptors:?}");
    };
    // Projects remember it by this identifier: frozen.
    assert_eq!((&*plugin.id, BETWIXT), ("org.betwixt.betwixt", BETWIXT));
    assert_eq!((&*plugin.name, &*plugin.vendor), ("Betwixt", "Betwixt"));
    assert_eq!(plugin.version, env!("CARGO_PKG_VERSION"));
    let main = [
        "instrument",
        "audio-effect",
        "note-effect",
        "note-detector",
        "analyzer",
    ];
    let kinds = plugin
        .features
        .iter()
        .filter(|f| main.contains(&f.as_str()));
    assert_eq!(Vec::from_iter(kinds), ["instrument"], "one main kind");
    let once: BTreeSet<&String> = plugin.features.iter().collect();
    assert_eq!(once.len(), plugin.features.len(), "{plugin:?}");
    let other = [" ", "x", ".2", "\n"].map(|more| format!("{BETWIXT}{more}"));
    let shorter = [&BETWIXT[1..], &BETWIXT[..BETWIXT.len() - 1], ""].map(String::from);
    for id in other.into_iter().chain(shorter) {
        assert!(host.instance_of(&id, setup()).is_err(), "{id:?}");
    }
}

/// The library comes and goes as often as a host that looks for plugins likes, with or without an
/// instance in between; one that is found elsewhere is as good.
#[test]
fn the_library_comes_and_goes() {
    let built = Host::built().expect("the plugin builds and loads");
    let folder = tempfile::tempdir().expect("a folder");
    for turn in 0..4 {
        // A library of its own, which the other tests do not keep in memory.
        let path = folder.path().join(format!("betwixt_{turn}.clap"));
        std::fs::copy(built.path(), &path).expect("copied");
        // What a thread has kept of a library goes with the thread.
        let visit = move || {
            for round in 0..3 {
                let host = Host::load(&path).expect("it loads");
                assert_eq!(host.plugins(), [BETWIXT]);
                if round > 0 {
                    let mut instance = host.instance(setup()).expect("active");
                    can_be_played(&mut instance, "loaded again");
                }
            }
        };
        std::thread::spawn(visit).join().expect("no harm");
    }
}

/// Sound goes out and notes come in, by ports that have names, numbers of their own and no pair; samples
/// of 64 bits are not promised, so none are tried.
#[test]
fn ports_are_as_they_are_described() {
    let mut instance = instance();
    for (layout, channels, kind) in [(Channels::Stereo, 2, "stereo"), (Channels::Mono, 1, "mono")] {
        instance.use_channels(layout).expect("a layout");
        let out = instance.audio_ports(false);
        let [Some(port), None] = &out[..] else {
            panic!("{layout:?}: {out:?}");
        };
        let expected = AudioPort {
            id: port.id,
            name: port.name.clone(),
            channels,
            kind: kind.into(),
            is_main: true,
            is_double: false,
            pair: None,
        };
        assert_eq!((port, port.name.is_empty()), (&expected, false));
        assert_eq!(instance.audio_ports(true), [None], "{layout:?}");
        let notes = instance.note_ports(true);
        let [Some(port), None] = &notes[..] else {
            panic!("{layout:?}: {notes:?}");
        };
        let expected = NotePort {
            id: port.id,
            name: port.name.clone(),
            has_clap: true,
            has_midi: true,
            prefers_its_own: true,
        };
        assert_eq!((port, port.name.is_empty()), (&expected, false));
        assert_eq!(instance.note_ports(false), [None], "{layout:?}");
    }
}

/// Any setting, saved, is the same setting in another instance, to the last bit and the last byte: set in
/// a block or without one, and through streams that take and give only so many bytes at a time.
#[test]
fn states_come_back_in_any_stream() {
    let mut dice = Dice::new(17);
    for (turn, piece) in [usize::MAX, 23, 1, 4_096].into_iter().enumerate() {
        let mut one = instance();
        let moves = anywhere(&one, &mut dice);
        if turn % 2 == 0 {
            let moves: Vec<Timed> = moves.into_iter().map(|event| event.at(0)).collect();
            play(&mut one, &moves, 64);
        } else {
            one.flush(&moves).expect("taken");
        }
        let saved = one.save_state().expect("saved");
        assert!(one.save_state_in(piece).expect("saved") == saved, "{piece}");
        let mut other = instance();
        other.load_state_in(&saved, piece).expect("its own");
        assert_eq!(values(&mut one), values(&mut other), "{piece}");
        let again = other.save_state_in(piece).expect("saved");
        assert!(again == saved, "{piece}");
    }
}

/// No state is no state, nor are bytes by chance: refused, nothing changed, and it plays on.
#[test]
fn what_is_no_state_is_refused() {
    let mut instance = instance();
    instance
        .flush(&[Event::parameter("Latent 1", 0.25)])
        .expect("taken");
    let now = instance.save_state().expect("saved");
    for seed in 0..24 {
        let mut dice = Dice::new(seed);
        let length = [0, 1, 7, 8, 9, 64, 1_024, 100_000][usize::try_from(seed % 8).expect("small")];
        let mut bytes: Vec<u8> = (0..length).map(|_| dice.byte()).collect();
        // Of some the length in front is the right one.
        if seed >= 16 && length > 8 {
            let rest = u64::try_from(length - 8).expect("small");
            bytes[..8].copy_from_slice(&rest.to_le_bytes());
        }
        for piece in [usize::MAX, 23] {
            assert!(instance.load_state_in(&bytes, piece).is_err(), "{seed}");
        }
        assert!(instance.save_state().expect("saved") == now, "{seed}");
    }
    can_be_played(&mut instance, "after no states");
}

/// A value becomes words, the words a value, and that the same words again: at many places in every
/// range, also those that no knob stops at; words that mean nothing do no harm.
#[test]
fn every_value_has_words() {
    let mut instance = instance();
    let mut dice = Dice::new(3);
    for parameter in instance.parameters().to_vec() {
        let name = &parameter.name;
        let (low, high) = (parameter.minimum, parameter.maximum);
        let mut tried = vec![low, high, parameter.default];
        tried.extend((0..60).map(|_| value(&parameter, &mut dice)));
        tried.extend([1e-7, 0.999_999_9].map(|share| low + (high - low) * share));
        for value in tried {
            let words = instance.value_text(name, value).expect("known");
            assert!(!words.is_empty(), "{name} at {value}");
            let typed = instance.text_value(name, &words).expect("its own words");
            assert!((low..=high).contains(&typed), "{name}: {words} is {typed}");
            let again = instance.value_text(name, typed).expect("known");
            assert_eq!(again, words, "{name} at {value}: {typed}");
        }
        for nonsense in ["", " ", "☃", "-", "1e999", "inf", "nan", "-nan %", &"9".repeat(4_000)] {
            let typed = instance.text_value(name, nonsense);
            let is_sound = typed.as_ref().map_or(true, |v| (low..=high).contains(v));
            assert!(is_sound, "{name}: {nonsense:?} is {typed:?}");
        }
    }
}

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
        for nonsense in [
            "",
            " ",
            "☃",
            "-",
            "1e999",
            "inf",
            "nan",
            "-nan %",
            &"9".repeat(4_000),
        ] {
            let typed = instance.text_value(name, nonsense);
            let is_sound = typed.as_ref().map_or(true, |v| (low..=high).contains(v));
            assert!(is_sound, "{name}: {nonsense:?} is {typed:?}");
        }
    }
}

/// What names no parameter of the plugin, and what is of a family of events that is none of its, moves
/// nothing and is not heard.
#[test]
fn strange_events_are_passed_over() {
    let strange = |instance: &Instance, at: u64| -> Vec<Timed> {
        let known: BTreeSet<u32> = instance.parameters().iter().map(|p| p.id).collect();
        let unknown = [0, 1, 99, 703_631_270, u32::MAX - 1].map(|id| {
            assert!(!known.contains(&id));
            [false, true].map(|is_modulation| {
                let value = 0.7;
                Event::Numbered {
                    id,
                    value,
                    is_modulation,
                }
            })
        });
        let foreign = automatable(instance).into_iter().map(|p| {
            let value = if p.default > p.minimum {
                p.minimum
            } else {
                p.maximum
            };
            let name = p.name;
            Event::Foreign { name, value }
        });
        let all = unknown.into_iter().flatten().chain(foreign);
        all.map(|event| event.at(at)).collect()
    };
    let (mut usual, mut odd) = (instance(), instance());
    let before = (values(&mut odd), odd.save_state().expect("saved"));
    let chord = [48, 55, 64].map(|key| Event::note_on(key, 0.75).at(100));
    let mut events = chord.to_vec();
    events.extend(
        [0, 100, 777, 2_047]
            .iter()
            .flat_map(|at| strange(&odd, *at)),
    );
    assert!(play(&mut odd, &events, 8_192) == play(&mut usual, &chord, 8_192));
    let flushed = strange(&odd, 0).into_iter().map(|timed| timed.event);
    odd.flush(&flushed.collect::<Vec<_>>()).expect("taken");
    let after = (values(&mut odd), odd.save_state().expect("saved"));
    assert!(after == before);
    assert!(play(&mut odd, &[], 8_192) == play(&mut usual, &[], 8_192));
}

/// Parameters without a block, at rest or awake, are the same as in one: the same values, the same state,
/// the same sound.
#[test]
fn a_flush_is_a_block() {
    let mut dice = Dice::new(23);
    for turn in 0..4 {
        let [mut block, mut awake, mut asleep] = [instance(), instance(), instance()];
        let moves = anywhere(&block, &mut dice);
        let timed: Vec<Timed> = moves.iter().map(|event| event.clone().at(0)).collect();
        play(&mut block, &timed, 64);
        awake.flush(&moves).expect("taken");
        asleep.deactivate();
        asleep.flush(&moves).expect("taken");
        let expected = (values(&mut block), block.save_state().expect("saved"));
        let chord = [48, 55, 64].map(|key| Event::note_on(key, 0.75).at(10));
        for instance in [&mut block, &mut awake, &mut asleep] {
            assert!(values(instance) == expected.0, "turn {turn}");
            assert!(instance.save_state().expect("saved") == expected.1);
            instance.activate(setup()).expect("active");
        }
        let [block, awake, asleep] =
            [block, awake, asleep].map(|mut instance| play(&mut instance, &chord, 9_600));
        assert!(block == awake && awake == asleep, "turn {turn}");
    }
}

/// Parameters by chance, or at one end of their ranges, and notes by chance: numbers, and it plays on.
#[test]
fn parameters_may_be_anywhere() {
    let mut instance = instance();
    let fresh = instance.save_state().expect("saved");
    let mut dice = Dice::new(29);
    for turn in 0..24 {
        let all = automatable(&instance);
        let moved = all.iter().map(|p| {
            let value = match turn {
                0 => p.minimum,
                1 => p.maximum,
                2..12 if dice.roll(2) == 0 => p.minimum,
                2..12 => p.maximum,
                _ => value(p, &mut dice),
            };
            Event::parameter(&p.name, value).at(0)
        });
        let mut events: Vec<Timed> = moved.collect();
        events.extend(notes(&mut dice, 24, 6_000));
        play(&mut instance, &events, 6_000);
        instance.load_state(&fresh).expect("its own");
        falls_silent(&mut instance, &format!("turn {turn}"));
        can_be_played(&mut instance, &format!("turn {turn}"));
    }
}

/// Parameters move at any sample, as many as like, while notes come and go: the blocks in which they are
/// told cannot be heard.
#[test]
fn parameters_may_move_at_any_sample() {
    for seed in 0..4 {
        let mut dice = Dice::new(31 + seed);
        let frames = 6_000;
        let all = automatable(&instance());
        let mut events = notes(&mut dice, 24, frames);
        events.extend((0..150).map(|_| {
            let parameter = &all[usize::try_from(dice.roll(all.len() as u64)).expect("small")];
            let value = value(parameter, &mut dice);
            Event::parameter(&parameter.name, value).at(dice.roll(frames))
        }));
        let odd = (0..40).map(|_| u32::try_from(1 + dice.roll(u64::from(LONGEST))));
        let odd = odd.collect::<Result<Vec<u32>, _>>().expect("small");
        let whole = play(&mut instance(), &events, frames);
        for blocks in [Blocks::Of(97), Blocks::Of(509), Blocks::Cycle(odd)] {
            let cut = play_in(&mut instance(), &events, frames, &blocks);
            assert!(cut == whole, "{seed}: {blocks:?}");
        }
    }
}

/// Whatever a host modulates, by whatever amount, it takes back again: numbers come out, the state is
/// that of the knobs all along, and in the end everything is where it was.
#[test]
fn modulation_leaves_nothing_behind() {
    let mut instance = instance();
    let before = (values(&mut instance), instance.save_state().expect("saved"));
    let all = automatable(&instance);
    let modulation = |p: &Parameter, amount: f64| {
        let name = p.name.clone();
        let note = None;
        Event::Modulation { name, amount, note }
    };
    let mut dice = Dice::new(37);
    for turn in 0..8 {
        let mut events = notes(&mut dice, 24, 6_000);
        events.extend((0..200).map(|_| {
            let parameter = &all[usize::try_from(dice.roll(all.len() as u64)).expect("small")];
            let range = parameter.maximum - parameter.minimum;
            let amount = range * (dice.roll(2_001) as f64 / 1_000.0 - 1.0);
            modulation(parameter, amount).at(dice.roll(6_000))
        }));
        play(&mut instance, &events, 6_000);
        assert!(instance.save_state().expect("saved") == before.1, "{turn}");
    }
    let still = all.iter().map(|p| modulation(p, 0.0));
    instance.flush(&still.collect::<Vec<_>>()).expect("taken");
    let after = (values(&mut instance), instance.save_state().expect("saved"));
    assert!(after == before);
    falls_silent(&mut instance, "after modulation");
    can_be_played(&mut instance, "after modulation");
}

/// Notes that end and never began, that begin twice, that are stopped, all of a kind at once, at the
/// first sample or the last: numbers, no note hangs, and every note with a number of its own ends once.
#[test]
fn notes_may_be_inconsistent() {
    let mut dice = Dice::new(41);
    for turn in 0..12 {
        let mut instance = instance();
        let frames = 4 * u64::from(LONGEST);
        let mut events = notes(&mut dice, 60, frames);
        for at in [0, u64::from(LONGEST) - 1, u64::from(LONGEST), frames - 1] {
            events.extend(notes(&mut dice, 6, 1).into_iter().map(|e| e.event.at(at)));
            let (note, velocity) = (
                NoteAddress {
                    key: 255,
                    ..NoteAddress::key(0)
                },
                0.5,
            );
            events.push(Event::NoteOff { note, velocity }.at(at));
        }
        // Numbers that fall, of notes on one key.
        for (step, id) in (900..908).rev().enumerate() {
            let note = NoteAddress {
                id: Some(id),
                ..NoteAddress::key(60)
            };
            let at = 100 * u64::try_from(step).expect("small");
            events.push(
                Event::NoteOn {
                    note,
                    velocity: 0.5,
                }
                .at(at),
            );
        }
        play(&mut instance, &events, frames);
        falls_silent(&mut instance, &format!("turn {turn}"));
        let ends = instance
            .take_replies()
            .into_iter()
            .filter_map(|reply| match reply {
                Reply::NoteEnd { id, .. } if id >= 900 => Some(id),
                _ => None,
            });
        let mut ends: Vec<i32> = ends.collect();
        ends.sort_unstable();
        assert_eq!(ends, Vec::from_iter(900..908), "turn {turn}");
        can_be_played(&mut instance, &format!("turn {turn}"));
    }
}

/// At any rate that a host may think of, the odd ones too, a note is heard, at its own pitch, and nothing
/// but numbers.
#[test]
fn any_rate_will_do() {
    for rate_hz in [
        1_000.0,
        1_234.567_8,
        10_000.0,
        12_345.678,
        44_100.0,
        48_000.0,
        96_000.0,
        192_000.0,
        384_000.0,
        768_000.0,
    ] {
        let mut instance = instance();
        instance
            .activate(Setup::new(rate_hz, LONGEST))
            .expect("active");
        assert_eq!(instance.latency_samples(), 0);
        let blocks = Blocks::Cycle(vec![1, 17, 1_024, 333]);
        let frames = betwixt_spectral::number::index(0.15 * rate_hz);
        let frames = u64::try_from(frames).expect("small");
        let last = Event::note_on(60, 1.0).at(frames / 10);
        let [sound, _] = play_in(&mut instance, &[last], frames, &blocks);
        assert!(level::peak(&sound) > 1e-3, "{rate_hz} Hz: silence");
    }
}

/// Started, stopped, reset, at rest and awake, in every order that the format allows, with parameters
/// that come in between: what is played afterwards is what a fresh instance plays.
#[test]
fn every_legal_order_will_do() {
    let chord = [48, 55, 64].map(|key| Event::note_on(key, 0.75).at(300));
    let expected = play(&mut instance(), &chord, 4_800);
    let mut dice = Dice::new(43);
    let mut instance = instance();
    for turn in 0..60 {
        for _ in 0..=dice.roll(6) {
            let moved = [Event::parameter("Latent 1", dice.roll(2) as f64)];
            match dice.roll(7) {
                0 => instance.deactivate(),
                1 => instance.activate(setup()).expect("active"),
                2 => instance.reset(),
                3 => drop(instance.flush(&moved).expect("taken")),
                4 => drop(instance.rest(usize::try_from(dice.roll(3)).expect("small"))),
                5 => instance.idle(),
                _ if instance.tail_samples().is_some() => drop(play(&mut instance, &chord, 500)),
                _ => {}
            }
        }
        let default = instance.parameter("Latent 1").expect("known").default;
        let back = [Event::parameter("Latent 1", default)];
        instance.flush(&back).expect("taken");
        match turn % 3 {
            0 => instance.activate(setup()).expect("active"),
            _ if instance.rest(turn % 2).is_ok() => instance.reset(),
            _ => instance.activate(setup()).expect("active"),
        }
        assert!(play(&mut instance, &chord, 4_800) == expected, "{turn}");
        assert_eq!(instance.strays(), [""; 0]);
    }
}

/// Once a plugin that need not be called any more is silent it stays so, until a note comes.
#[test]
fn quiet_is_quiet() {
    let mut dice = Dice::new(47);
    let mut instance = instance();
    let (mut left, mut right) = ([0.0; 480], [0.0; 480]);
    let mut slept = 0;
    for turn in 0..10 {
        let mut struck = notes(&mut dice, 8, 480);
        struck.sort_by_key(|timed| timed.frame);
        let stop = [Event::NoteChoke { note: EVERY }.at(100)];
        let mut is_asleep = false;
        for block in 0..60 {
            let events = match block {
                0 => &struck[..],
                20 => &stop,
                _ => &[],
            };
            let status = instance.process(events, &mut left, &mut right);
            let is_silent = left.iter().chain(&right).all(|value| *value == 0.0);
            assert!(is_silent || !is_asleep || block == 20, "turn {turn}");
            is_asleep = is_silent && status.expect("it plays") == Status::ContinueIfNotQuiet;
        }
        slept += usize::from(is_asleep);
    }
    assert_eq!(slept, 10);
}

/// What the plugin asks of its host it asks on the thread, and at the time, at which that is allowed,
/// whatever is done to it.
#[test]
fn the_host_is_called_where_it_may_be() {
    let mut instance = instance();
    let fresh = instance.save_state().expect("saved");
    let mut dice = Dice::new(53);
    for turn in 0..16 {
        let mut events: Vec<Timed> = anywhere(&instance, &mut dice)
            .into_iter()
            .map(|event| event.at(0))
            .collect();
        events.extend(notes(&mut dice, 16, 2_000));
        play(&mut instance, &events, 2_000);
        match turn % 4 {
            0 => instance.load_state(&fresh).expect("its own"),
            1 => instance.use_models(&["notes"]).expect("active"),
            2 => instance.set_offline(turn % 8 == 2).expect("may be"),
            _ => instance.rest(1).expect("started"),
        }
        instance.idle();
        assert_eq!(instance.strays(), [""; 0], "turn {turn}");
    }
}

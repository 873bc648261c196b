//! The built plugin as a CLAP that a host looks over: its library, its ports, its states and parameters,
//! and that it minds no legal order of calls.
//!
//! ```text
//!  library, ports, states, parameters ◄─ built .clap ─► calls in any legal order, strange events
//! ```
//!
//! The questions, and those of `plugin_clap_damage`, are those of the format's own validator that no
//! other test asks. Playing in place is not asked: nothing goes in. Nor are cookies: the plugin gives
//! none, so every event that the host sends here has an empty one. Nor is the mask of constant channels,
//! which the framework leaves to the host.

use betwixt_host::{AudioPort, BETWIXT, Blocks, Channels, Event, Host, Instance, NotePort, Timed};
use betwixt_tests::Dice;
use betwixt_tests::guest::{
    anywhere, automatable, can_be_played, instance, notes, play, setup, value, values,
};
use std::collections::BTreeSet;

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
                // Not while it is inactive.
                _ => drop(instance.play(&chord, 500, &Blocks::Of(100))),
            }
        }
        let default = instance.parameter("Latent 1").expect("known").default;
        let back = [Event::parameter("Latent 1", default)];
        instance.flush(&back).expect("taken");
        if turn % 3 == 0 || instance.rest(turn % 2).is_err() {
            instance.activate(setup()).expect("active");
        } else {
            instance.reset();
        }
        assert!(play(&mut instance, &chord, 4_800) == expected, "{turn}");
        assert_eq!(instance.strays(), [""; 0]);
    }
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

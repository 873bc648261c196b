//! The built plugin as a VST3 in rough hands: states that are none, calls that no host should make,
//! events that lie outside their block, values beyond all values, and instances that come and go.
//!
//! ```text
//!  damaged streams, odd buffers, wild events ─► built VST3 ─► refused or played, never harmed
//! ```

use betwixt_evaluation::measure::level;
use betwixt_host::vst3::{Answer, Buffers, Call, Fault, Host, Instance};
use betwixt_host::{Blocks, Event, Expression, NoteAddress, Parameter, Rolling, Setup, Timed};
use betwixt_tests::{Dice, built};

const LONGEST: u32 = 1_024;

fn instance() -> Instance {
    built::vst3(LONGEST)
}

/// A usual call with events at their samples.
fn call(instance: &mut Instance, frames: u32, events: &[(i32, Event)]) -> Answer {
    let answer = instance.call(&Call::new(frames, events)).expect("known");
    let mut samples = answer.left.iter().chain(&answer.right);
    assert!(answer.accepted);
    assert!(samples.all(|value| value.abs() <= 1.0), "{events:?}");
    answer
}

/// A note can be heard, whatever was before; then all is quiet again.
fn can_be_played(instance: &mut Instance, what: &str) {
    let answer = call(instance, LONGEST, &[(0, Event::note_on(60, 1.0))]);
    assert!(level::peak(&answer.left) > 1e-3, "{what}: silence");
    call(instance, 64, &[(0, Event::controller(120, 127))]);
}

/// A state that is none is refused, and everything stays as it was.
#[test]
fn damaged_states_are_refused() {
    let mut instance = instance();
    instance.set_value("Latent 1", 0.25).expect("known");
    let saved = instance.save_state().expect("saved");
    instance.set_value("Latent 1", 0.75).expect("known");
    let now = instance.save_state().expect("saved");
    let cuts = (0..saved.len()).step_by(1 + saved.len() / 60);
    let mut states: Vec<Vec<u8>> = cuts.map(|length| saved[..length].to_vec()).collect();
    states.extend([
        b"null".to_vec(),
        b"[]".to_vec(),
        b"{}".to_vec(),
        vec![0xff; 4_096],
        b"[".repeat(100_000),
        [&saved[..], &[0; 8]].concat(),
    ]);
    for state in &states {
        let what = String::from_utf8_lossy(&state[..state.len().min(40)]).into_owned();
        assert!(!instance.load_state_from(state, Fault::None), "{what}");
        assert!(instance.save_state().expect("saved") == now, "{what}");
    }
    for fault in [Fault::Unmovable, Fault::Half, Fault::Empty] {
        assert!(!instance.load_state_from(&saved, fault), "{fault:?}");
        assert!(instance.save_state().expect("saved") == now, "{fault:?}");
    }
    assert!(instance.refuses_no_stream());
    can_be_played(&mut instance, "after damaged states");
    // Some hosts write their own head before it.
    assert!(instance.load_state_from(&saved, Fault::Header(48)));
    assert!(instance.save_state().expect("saved") == saved);
}

/// Calls without samples, without places for them, without channels, without buses: the parameters
/// arrive, and the sound goes on as if the call had not been.
#[test]
fn calls_without_sound_move_parameters() {
    let tone = |instance: &mut Instance, odd: Option<(u32, Buffers)>| {
        let start = [(0, Event::note_on(60, 0.75))];
        let mut sound = call(instance, 480, &start).left;
        if let Some((frames, buffers)) = odd {
            let events = [
                (0, Event::parameter("Drift", 0.5)),
                (
                    i32::try_from(frames / 2).expect("small"),
                    Event::parameter("Width", 0.25),
                ),
            ];
            let odd = Call {
                buffers,
                ..Call::new(frames, &events)
            };
            let answer = instance.call(&odd).expect("known");
            assert!(answer.accepted, "{odd:?}");
            let [drift, width] =
                ["Drift", "Width"].map(|name| instance.value(name).expect("known"));
            assert_eq!([drift, width], [0.5, 0.25], "{odd:?}");
        }
        sound.extend(call(instance, 480, &[]).left);
        sound
    };
    for odd in [
        (0, Buffers::Whole),
        (0, Buffers::NoPlace),
        (0, Buffers::NoChannel),
        (0, Buffers::NoBus),
        (256, Buffers::NoPlace),
        (256, Buffers::NoChannel),
        (256, Buffers::NoBus),
    ] {
        let mut instance = instance();
        for (name, value) in [("Drift", 0.5), ("Width", 0.25)] {
            instance.set_value(name, value).expect("known");
            call(&mut instance, 64, &[(0, Event::parameter(name, value))]);
        }
        let mut usual = self::instance();
        for (name, value) in [("Drift", 0.5), ("Width", 0.25)] {
            usual.set_value(name, value).expect("known");
            call(&mut usual, 64, &[(0, Event::parameter(name, value))]);
        }
        assert!(
            tone(&mut instance, Some(odd)) == tone(&mut usual, None),
            "{odd:?}"
        );
        let mut fresh = self::instance();
        tone(&mut fresh, Some(odd));
        can_be_played(&mut fresh, &format!("{odd:?}"));
    }
}

/// A host's list need not be in order: what happens is the same as in order.
#[test]
fn the_order_of_a_list_does_not_matter() {
    let deeds = [
        (700, Event::note_off(60)),
        (300, Event::parameter("Latent 1", 0.75)),
        (0, Event::note_on(60, 0.75)),
        (500, Event::note_on(67, 0.5)),
        (100, Event::parameter("Latent 1", 0.25)),
        (400, Event::controller(1, 90)),
    ];
    let mut sorted = deeds.clone();
    sorted.sort_by_key(|(at, _)| *at);
    let mut reversed = sorted.clone();
    reversed.reverse();
    let [one, two, three] =
        [deeds, sorted, reversed].map(|events| call(&mut instance(), LONGEST, &events));
    assert!(level::peak(&one.left) > 0.01);
    assert!(one == two && two == three);
}

/// What lies outside its block happens within it: later counts as its last sample, and so, in this
/// framework, does earlier.
#[test]
fn events_outside_their_block_are_not_lost() {
    let last = i32::try_from(LONGEST).expect("small") - 1;
    let sound_of = |at: i32| {
        let mut instance = instance();
        let events = [
            (at, Event::note_on(60, 0.75)),
            (at, Event::parameter("Latent 1", 0.75)),
            (at, Event::parameter("Latent 2", 0.25)),
        ];
        let mut sound = call(&mut instance, LONGEST, &events).left;
        sound.extend(call(&mut instance, LONGEST, &[]).left);
        assert_eq!(instance.value("Latent 1").expect("known"), 0.75);
        sound
    };
    let expected = sound_of(last);
    assert!(level::peak(&expected) > 0.01);
    for at in [last + 1, 1_000_000, i32::MAX, -1, -480, i32::MIN] {
        assert!(sound_of(at) == expected, "{at}");
    }
}

/// Values beyond all values, for everything that takes one: numbers come out, parameters stay within
/// their ranges, and the plugin plays on.
#[test]
fn wild_values_do_no_harm() {
    let mut instance = instance();
    let all: Vec<Parameter> = instance.parameters().to_vec();
    let own = all.iter().filter(|p| !p.hidden);
    let wild = [
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        -5.0,
        99.0,
        1e300,
        1e-320,
    ];
    for value in wild {
        let note = NoteAddress::named(7, 60);
        let mut events = vec![
            (
                0,
                Event::NoteOn {
                    note,
                    velocity: 0.75,
                },
            ),
            (
                1,
                Event::NoteOn {
                    note: NoteAddress::named(8, 64),
                    velocity: value,
                },
            ),
        ];
        events.extend(Expression::ALL.map(|kind| (20, Event::Expression { note, kind, value })));
        call(&mut instance, 256, &events);
        // Hidden ones are the controllers.
        let moves = all.iter().map(|p| (30, Event::parameter(&p.name, value)));
        call(&mut instance, 256, &moves.collect::<Vec<_>>());
        for parameter in own.clone() {
            let found = instance.value(&parameter.name).expect("known");
            let range = 0.0..=parameter.maximum;
            assert!(
                range.contains(&found),
                "{}: {value} is {found}",
                parameter.name
            );
        }
        let fresh = self::instance().save_state().expect("saved");
        instance.load_state(&fresh).expect("its own");
        let reset = (0..16).map(|channel| (0, Event::Midi([0xb0 | channel, 121, 0])));
        call(&mut instance, 256, &reset.collect::<Vec<_>>());
        can_be_played(&mut instance, &format!("{value}"));
    }
}

/// More events in one call than anybody has room for, of all kinds: they are played, and afterwards
/// everything still works.
#[test]
fn floods_do_no_harm() {
    let mut instance = instance();
    let mut dice = Dice::new(11);
    let names: Vec<String> = instance
        .parameters()
        .iter()
        .map(|p| p.name.clone())
        .collect();
    let fresh = instance.save_state().expect("saved");
    for count in [5_000, 20_000] {
        let events: Vec<(i32, Event)> = (0..count)
            .map(|_| {
                let at = i32::try_from(dice.roll(LONGEST.into())).expect("small");
                loop {
                    let event = dice.event(&names);
                    let is_known =
                        !matches!(event, Event::NoteChoke { .. } | Event::Modulation { .. });
                    let status = match event {
                        Event::Midi([status, ..]) => status >> 4,
                        _ => 8,
                    };
                    if is_known && [8, 9, 10, 11, 13, 14].contains(&status) {
                        return (at, event);
                    }
                }
            })
            .collect();
        call(&mut instance, LONGEST, &events);
        instance.load_state(&fresh).expect("its own");
        let reset = (0..16).flat_map(|channel| {
            [120, 121, 123].map(|number| (0, Event::Midi([0xb0 | channel, number, 0])))
        });
        call(&mut instance, 256, &reset.collect::<Vec<_>>());
        can_be_played(&mut instance, &format!("{count}"));
    }
}

/// With the place in the piece or without it, and whatever the place is.
#[test]
fn the_place_in_the_piece_may_be_anything() {
    let mut instance = instance();
    let synced = [
        (0, Event::parameter("LFO 1 Sync", 8.0)),
        (0, Event::parameter("Mod 3 Source", 7.0)),
        (0, Event::parameter("Mod 3 Depth", 0.9)),
        (0, Event::note_on(60, 0.75)),
    ];
    call(&mut instance, 64, &synced);
    let moves = [(240, Event::parameter("Latent 1", 0.5))];
    for (bpm, beats) in [
        (120.0, 0.0),
        (0.0, 1.0),
        (-3.0, -7.5),
        (f64::NAN, f64::NAN),
        (f64::INFINITY, 1e300),
        (1e-300, f64::NEG_INFINITY),
    ] {
        let rolling = Some(Rolling { bpm, beats });
        let odd = Call {
            rolling,
            ..Call::new(480, &moves)
        };
        let answer = instance.call(&odd).expect("known");
        let is_number = answer.left.iter().all(|value| value.abs() <= 1.0);
        assert!(answer.accepted && is_number, "{bpm} {beats}");
    }
    call(&mut instance, 480, &[]);
    can_be_played(&mut instance, "after odd places");
}

/// At rest it takes calls and plays nothing; awake again it plays.
#[test]
fn calls_at_rest_do_no_harm() {
    let mut instance = instance();
    can_be_played(&mut instance, "fresh");
    instance.suspend().expect("at rest");
    let events = [
        (0, Event::note_on(60, 0.75)),
        (9, Event::parameter("Latent 1", 0.5)),
    ];
    for frames in [0, 1, LONGEST] {
        instance.call(&Call::new(frames, &events)).expect("known");
    }
    instance.resume().expect("active");
    can_be_played(&mut instance, "awake");
}

/// Instances come and go on many threads at once, in the middle of whatever they do.
#[test]
fn instances_come_and_go_everywhere() {
    let host = Host::built().expect("the plugin builds and loads");
    let kept = host
        .instance(Setup::new(48_000.0, LONGEST))
        .expect("active");
    std::thread::scope(|scope| {
        for thread in 0..4 {
            scope.spawn(move || {
                for round in 0..5 {
                    let mut instance = instance();
                    let value = f64::from((thread + round) % 2);
                    let names = instance.parameters().iter().filter(|p| p.automatable);
                    let moves = names.map(|p| Event::parameter(&p.name, value).at(0));
                    let moves: Vec<Timed> = moves.collect();
                    instance
                        .play(&moves, 64, &Blocks::Of(64))
                        .expect("it plays");
                }
            });
        }
    });
    let mut kept = kept;
    can_be_played(&mut kept, "the one that stayed");
}

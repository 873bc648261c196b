//! The built plugin as a CLAP in rough hands: states that are none, notes and parameters by chance, at any
//! sample, at any rate.
//!
//! ```text
//!  dice ─► notes, values, modulation, rates, blocks ─► built .clap ─► numbers, and the same in any block
//! ```
//!
//! The rest of what the format's own validator asks; see `plugin_clap_host`.

use betwixt_evaluation::measure::level;
use betwixt_host::{Blocks, Event, NoteAddress, Parameter, Reply, Setup, Status, Timed};
use betwixt_tests::guest::{
    EVERY, LONGEST, automatable, can_be_played, falls_silent, instance, notes, play, play_in,
    value, values,
};
use betwixt_tests::{Dice, amplitude};

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
    let mut all = automatable(&instance);
    // Modulated or not, it records: what was recorded is part of the state.
    all.retain(|p| p.name != "Movement Record");
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
    // The framework keeps the fraction of a step that changed nothing.
    for ((name, after), (_, before)) in values(&mut instance).into_iter().zip(before.0) {
        let is_stepped = instance.parameter(&name).expect("known").stepped;
        let whole = |value: f64| if is_stepped { value.round() } else { value };
        let [after, before] = [after, before].map(|bits| whole(f64::from_bits(bits)));
        assert_eq!(after, before, "{name}");
    }
    assert!(instance.save_state().expect("saved") == before.1);
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

/// At any rate that a host may think of, the odd ones too, a note is heard and nothing but numbers, and
/// at those that the engine promises, 8 to 400 kHz, it is in tune.
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
        let blocks = Blocks::Cycle(vec![1, 17, 1_024, 333]);
        let length = betwixt_spectral::number::index(0.3 * rate_hz);
        let frames = u64::try_from(length).expect("small");
        let note = Event::note_on(60, 1.0).at(frames / 10);
        let [sound, _] = play_in(&mut instance, &[note], frames, &blocks);
        // Middle C, and nothing half an octave above it.
        let [own, other] = [261.63, 369.99].map(|hz| amplitude(&sound[length / 2..], hz, rate_hz));
        let is_promised = (8_000.0..=400_000.0).contains(&rate_hz);
        let is_in_tune = own > 1e-3 && own > 10.0 * other;
        assert!(is_in_tune || !is_promised, "{rate_hz} Hz: {own}, {other}");
        assert!(level::peak(&sound) > 1e-3, "{rate_hz} Hz: silence");
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

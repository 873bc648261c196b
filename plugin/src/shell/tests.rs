//! The shell's own part of a call, with the allocator switched off.

mod movement;
mod presets;
mod storm;

use super::*;
use crate::controllers::{Mapping, Source, Takeover};
use crate::tuning::Saved;
use assert_no_alloc::{AllocDisabler, assert_no_alloc};
use nice_plug::midi::{Channel, Key, VoiceID};
use nice_plug::params::persist::PersistentField;
use nice_plug::prelude::{NoteEvent, Param};

#[global_allocator]
static ALLOCATOR: AllocDisabler = AllocDisabler;

/// Random host events of one call: notes, wildcards, controllers, wheel, pressure.
fn events(state: &mut u64, count: usize) -> Vec<NoteEvent<()>> {
    let mut roll = |sides: u8| {
        *state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        u8::try_from((*state >> 40) % u64::from(sides)).unwrap_or(0)
    };
    let event = |timing: usize| {
        let timing = u32::try_from(timing).unwrap_or(0);
        let (voice_id, velocity) = (VoiceID::Wildcard, f32::from(roll(128)) / 127.0);
        let (channel, key) = (Channel::Number(0), Key::Number(36 + roll(61)));
        match roll(8) {
            0 => NoteEvent::NoteOff {
                timing,
                voice_id,
                channel,
                key: Key::Wildcard,
                velocity,
            },
            1 => NoteEvent::MidiPitchBend {
                timing,
                channel: 0,
                value: velocity,
            },
            2 => NoteEvent::MidiCC {
                timing,
                channel: 0,
                cc: roll(128),
                value: velocity,
            },
            3 => NoteEvent::NoteOff {
                timing,
                voice_id,
                channel,
                key,
                velocity,
            },
            4 => NoteEvent::MidiChannelPressure {
                timing,
                channel: 0,
                pressure: velocity,
            },
            5 => NoteEvent::PolyPressure {
                timing,
                voice_id,
                channel,
                key,
                pressure: velocity,
            },
            _ => NoteEvent::NoteOn {
                timing,
                voice_id,
                channel,
                key,
                velocity,
            },
        }
    };
    (0..count).map(event).collect()
}

/// An equal tuning whose octave is anything.
fn stretched(cents: usize) -> Saved {
    let text = format!("Stretched\n2\n{cents}.5\n1{cents}.0\n");
    let value = serde_json::json!({ "scale": { "name": "stretched.scl", "text": text } });
    serde_json::from_value(value).unwrap()
}

const SETTINGS: Settings = Settings {
    sample_rate_hz: 48_000.0,
    seed: SEED,
};

/// A player on one of the factory's models.
fn ready(model: usize) -> Player {
    let slots = Slots::new(library::Wanted::factory(library::factory_ids()[model]));
    activated(&Exchange::new(), &slots)
}

/// A player on the models of these slots.
fn activated(exchange: &Exchange, slots: &Slots) -> Player {
    activated_with(exchange, slots, SETTINGS)
}

fn activated_with(exchange: &Exchange, slots: &Slots, settings: Settings) -> Player {
    let engine = exchange.activate(slots, settings);
    let mut player = Player::new();
    player.activate(Box::new(engine), settings.sample_rate_hz);
    player
}

/// Mappings of every source; every parameter that can be learnt has one.
fn map_everything(parameters: &Parameters) {
    let table = parameters.table().into_iter().enumerate();
    for (target, _) in table.filter(|(_, entry)| entry.knob.is_movable()) {
        let number = u8::try_from(target % 40).unwrap_or(0);
        let sources = [
            Source::Fine(number % 32),
            Source::Numbered(u16::from(number) * 5 + 3),
            Source::Pressure,
            Source::Control(number + 12),
            Source::KeyPressure,
            Source::Bend,
        ];
        let mut mapping = Mapping::new(sources[target % 6], target);
        mapping.takeover = [Takeover::Jump, Takeover::Soft][target % 2];
        // More than the map has room for are left out.
        parameters.map.add(mapping);
    }
}

/// A minute of notes, controllers, wildcards and floods through parameters, events and engine, with
/// nothing mapped but the latents, and with every parameter mapped while others are learnt.
#[test]
fn a_call_never_allocates() {
    let plugin = Betwixt::default();
    storm(&plugin);
    let map = &plugin.parameters.map;
    map_everything(&plugin.parameters);
    let before = map.rows().len();
    storm(&plugin);
    assert!(map.rows().len() > before, "controllers were learnt");
}

fn storm(plugin: &Betwixt) {
    let map = &plugin.parameters.map;
    let is_learning = map.rows().len() > 8;
    let mut player = ready(0);
    let (mut left, mut right) = (vec![0.0; 2048], vec![0.0; 2048]);
    let (mut state, mut loudest) = (7, 0.0f32);
    for call in 0..1_500 {
        let count = if call % 500 == 499 {
            3_000
        } else {
            [0, 2, 5, 1, 0, 40, 3, 1][call % 8]
        };
        let mut next = events(&mut state, count).into_iter();
        if call % 50 == 49 {
            plugin.parameters.tuning.set(stretched(call));
        }
        if is_learning && call % 50 == 0 {
            map.arm(Some(call / 50 % 30));
        }
        assert_no_alloc(|| {
            player.tune(&plugin.parameters.tuning);
            player.play(
                &plugin.parameters,
                &Transport::default(),
                [&mut left, &mut right],
                || next.next(),
            );
        });
        assert!(left.iter().all(|x| x.abs() <= 1.0), "call {call}");
        loudest = left.iter().fold(loudest, |peak, x| peak.max(x.abs()));
    }
    assert!(loudest > 0.1, "the storm is heard: {loudest}");
}

/// One key of the first channel.
fn key(number: u8) -> NoteEvent<()> {
    NoteEvent::NoteOn {
        timing: 0,
        voice_id: VoiceID::Wildcard,
        channel: Channel::Number(0),
        key: Key::Number(number),
        velocity: 0.8,
    }
}

/// One call of 10 ms that may not allocate; its left channel.
fn call(
    player: &mut Player,
    (plugin, exchange): (&Betwixt, &Exchange),
    events: &[NoteEvent<()>],
) -> Vec<f32> {
    let (mut left, mut right) = (vec![f32::NAN; 480], vec![f32::NAN; 480]);
    let mut next = events.iter().copied();
    assert_no_alloc(|| {
        player.fit(exchange);
        player.play(
            &plugin.parameters,
            &Transport::default(),
            [&mut left, &mut right],
            || next.next(),
        );
    });
    left
}

fn steepest(sound: &[f32]) -> f32 {
    let steps = sound.windows(2).map(|w| (w[1] - w[0]).abs());
    steps.fold(0.0, f32::max)
}

fn loudest(sound: &[f32]) -> f32 {
    sound.iter().fold(0.0, |peak, x| peak.max(x.abs()))
}

/// The model is changed again and again while a chord is held: nothing is allocated or freed on the
/// audio thread, the chord goes on from one model to the other without a jump, and a note that is
/// struck afterwards is that of a fresh instance.
#[test]
fn another_model_takes_over_without_an_allocation() {
    let plugin = Betwixt::default();
    let (exchange, slots) = (Exchange::new(), &plugin.parameters.slots);
    let mut player = activated(&exchange, slots);
    let with = (&plugin, &exchange);
    for turn in 0..8 {
        player.reset();
        let mut sound = call(&mut player, with, &[key(48), key(55), key(64)]);
        (0..20).for_each(|_| sound.extend(call(&mut player, with, &[])));
        let before = sound.len();
        // Partials, partials, frames, partials, and back.
        let model = [1, 4, 2, 0][turn % 4];
        let wanted = library::factory()[model].wanted();
        slots.choose(0, Some(wanted));
        let worked = exchange.work(slots);
        assert!(worked.has_changed && !worked.is_missing, "turn {turn}");
        (0..30).for_each(|_| sound.extend(call(&mut player, with, &[])));
        let usual =
            steepest(&sound[before - 9_600..before]).max(steepest(&sound[before + 9_600..]));
        let jump = steepest(&sound[before..before + 9_600]);
        assert!(jump <= 1.3 * usual, "turn {turn}: {jump} beside {usual}");
        let quietest = sound[before..].chunks(960).map(loudest).fold(1.0, f32::min);
        assert!(quietest > 0.004, "turn {turn}: {quietest}");
        exchange.work(slots);
        player.reset();
        let found = call(&mut player, with, &[key(64)]);
        let mut fresh = ready(model);
        let own = call(&mut fresh, (&plugin, &Exchange::new()), &[key(64)]);
        assert!(found == own, "turn {turn}: the new model as a fresh one");
    }
}

/// What was made ready and not taken is what the next activation plays; with other settings it is
/// made anew. A model that is not wanted any more gives way to the one that is.
#[test]
fn the_last_model_that_was_wanted_is_played() {
    let plugin = Betwixt::default();
    let (exchange, slots) = (Exchange::new(), &plugin.parameters.slots);
    let mut player = activated(&exchange, slots);
    assert_eq!(exchange.work(slots), exchange::Worked::default());
    assert!(!player.fit(&exchange), "nothing is to be done");
    let wanted = |model: usize| Some(library::factory()[model].wanted());
    let slower = Settings {
        sample_rate_hz: 44_100.0,
        ..SETTINGS
    };
    for (model, settings) in [(1, SETTINGS), (2, slower)] {
        slots.choose(0, wanted(model));
        assert!(exchange.work(slots).has_changed);
        let mut other = activated_with(&exchange, slots, settings);
        assert!(!other.fit(&exchange), "nothing is left over");
        let found = call(&mut other, (&plugin, &exchange), &[key(60)]);
        let own = Slots::new(library::factory()[model].wanted());
        let mut fresh = activated_with(&Exchange::new(), &own, settings);
        let expected = call(&mut fresh, (&plugin, &Exchange::new()), &[key(60)]);
        assert!(found == expected, "model {model}: as in a fresh instance");
    }
    // It is not made twice: whatever waits is what is heard.
    slots.choose(0, wanted(1));
    exchange.work(slots);
    exchange.put(0, betwixt_engine::Fitting::Missing);
    let mut waited = activated_with(&exchange, slots, slower);
    let found = call(&mut waited, (&plugin, &exchange), &[key(60)]);
    assert!(loudest(&found) == 0.0, "what had waited");
    let mut last = activated(&exchange, slots);
    for model in [1, 3] {
        slots.choose(0, wanted(model));
        exchange.work(slots);
    }
    let found = call(&mut last, (&plugin, &exchange), &[key(60)]);
    let expected = call(&mut ready(3), (&plugin, &Exchange::new()), &[key(60)]);
    assert!(found == expected, "the last one that was wanted");
    assert!(!last.fit(&exchange), "all is done");
}

/// A model that is missing is silent, whatever it would be replaced by; when its file is there a
/// key that is held all the time sounds by itself.
#[test]
fn a_missing_model_comes_back() {
    let plugin = Betwixt::default();
    let (exchange, slots) = (Exchange::new(), &plugin.parameters.slots);
    let loaded = crate::library::tests::tiny_partials(2);
    slots.choose(0, Some(loaded.wanted()));
    let mut player = activated(&exchange, slots);
    let with = (&plugin, &exchange);
    let found = slots.found();
    assert!(matches!(&found[0], library::Found::Missing(problem) if problem.contains("Tiny")));
    assert!(exchange.work(slots).is_missing);
    let mut sound = call(&mut player, with, &[key(60)]);
    sound.extend(call(&mut player, with, &[]));
    assert!(loudest(&sound) == 0.0, "silence");
    // It comes with a project; the player's folder would do as well.
    let hash = loaded.description.hash.to_string();
    let copies = library::slots::Copies::from([(hash, base64(&loaded.bytes))]);
    plugin.parameters.carried.set(Some(copies));
    assert!(exchange.work(slots).has_changed);
    (0..20).for_each(|_| sound.extend(call(&mut player, with, &[])));
    assert!(loudest(&sound[6_000..]) > 1e-3, "it sounds again");
}

fn base64(bytes: &[u8]) -> String {
    use ::base64::Engine as _;
    ::base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// The worker makes what it is woken for, and ends with its instance.
#[test]
fn the_worker_works_and_ends() {
    let plugin = Betwixt::default();
    let (exchange, screen) = (Arc::new(Exchange::new()), Arc::new(Screen::default()));
    let parameters = Arc::clone(&plugin.parameters);
    let mut player = activated(&exchange, &parameters.slots);
    let worker = Worker::start(Arc::clone(&exchange), screen, parameters);
    let slots = &plugin.parameters.slots;
    slots.choose(1, Some(library::Wanted::factory("struck")));
    let is_there = (0..2_000).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(5));
        player.fit(&exchange)
    });
    assert!(is_there, "the model is ready in time");
    assert!(slots.found()[1].description().is_some());
    drop(worker);
    assert_eq!(Arc::strong_count(&exchange), 1, "the thread has let go");
}

/// With the window closed a parameter learns its controller too: the worker puts it into the map.
#[test]
fn a_controller_is_learnt_without_a_window() {
    let plugin = Betwixt::default();
    let (exchange, screen) = (Arc::new(Exchange::new()), Arc::new(Screen::default()));
    let parameters = Arc::clone(&plugin.parameters);
    let worker = Worker::start(exchange, screen, parameters);
    let mut player = ready(0);
    let map = &plugin.parameters.map;
    let before = map.rows().len();
    map.arm(Some(10));
    let (mut left, mut right) = (vec![0.0; 480], vec![0.0; 480]);
    let turned = |timing| NoteEvent::MidiCC {
        timing,
        channel: 5,
        cc: 70,
        value: 0.25,
    };
    let is_learnt = (0..2_000u32).any(|_| {
        let mut next = [turned(7)].into_iter();
        if player.play(
            &plugin.parameters,
            &Transport::default(),
            [&mut left, &mut right],
            || next.next(),
        ) {
            worker.wake();
        }
        std::thread::sleep(std::time::Duration::from_millis(1));
        map.rows().len() > before
    });
    assert!(is_learnt, "it is learnt in time");
    assert_eq!(map.rows()[before], Mapping::new(Source::Control(70), 10));
    assert_eq!(map.armed(), None);
}

/// A parameter that moves while the host has switched the instrument off takes itself back as well;
/// one that stays where it was leaves the controller what it holds.
#[test]
fn what_moves_while_all_is_off_has_moved() {
    let plugin = Betwixt::default();
    let parameters = &plugin.parameters;
    let mut player = ready(0);
    let (mut left, mut right) = (vec![0.0; 480], vec![0.0; 480]);
    let mut call = |player: &mut Player, events: &[NoteEvent<()>]| {
        let mut next = events.iter().copied();
        player.play(
            parameters,
            &Transport::default(),
            [&mut left, &mut right],
            || next.next(),
        );
    };
    let turned = [20, 21].map(|cc| NoteEvent::MidiCC {
        timing: 7,
        channel: 5,
        cc,
        value: 0.25,
    });
    call(&mut player, &turned);
    player.reset();
    set_latent(parameters, 0.9);
    call(&mut player, &[]);
    let held = [0, 1].map(|latent| parameters.controllers.position(latent));
    assert_eq!(held, [None, Some(0.25)]);
    assert!(player.take_moved() && !player.take_moved());
}

/// Moves latent 1 as a host does.
#[allow(
    unsafe_code,
    reason = "only the framework's pointers can move a parameter"
)]
fn set_latent(parameters: &Parameters, position: f32) {
    let pointer = parameters.latent(0).as_ptr();
    // SAFETY: the parameters outlive the pointer.
    unsafe { pointer._internal_set_normalized_value(position) };
}

fn key_down(key: u8) -> NoteEvent<()> {
    NoteEvent::NoteOn {
        timing: 0,
        voice_id: VoiceID::Wildcard,
        channel: Channel::Number(0),
        key: Key::Number(key),
        velocity: 0.8,
    }
}

/// Panic ends keys that are held and notes that the pedal holds within 20 ms, whatever the release
/// is, without an allocation; what comes in the same call is played, and so is the next key.
#[test]
fn panic_ends_every_sound() {
    let plugin = Betwixt::default();
    let table = plugin.parameters.table();
    let release = table.iter().position(|entry| entry.id == "release");
    plugin.parameters.controllers.take(release.unwrap(), 1.0);
    let pedal = NoteEvent::MidiCC {
        timing: 0,
        channel: 0,
        cc: 64,
        value: 1.0,
    };
    let mut player = ready(0);
    let play = |player: &mut Player, events: &[NoteEvent<()>]| {
        let (mut left, mut right) = ([f32::NAN; 4_800], [f32::NAN; 4_800]);
        let mut events = events.iter().copied();
        let transport = Transport::default();
        let next = || events.next();
        assert_no_alloc(|| {
            player.play(
                &plugin.parameters,
                &transport,
                [&mut left, &mut right],
                next,
            )
        });
        let peak = |part: &[f32]| part.iter().fold(0.0f32, |most, x| most.max(x.abs()));
        (peak(&left[..960]), peak(&left[960..]))
    };
    let (_, before) = play(&mut player, &[pedal, key_down(48), key_down(60)]);
    assert!(before > 0.01, "{before}");
    player.silence();
    let (fading, after) = play(&mut player, &[]);
    assert!(fading > 1e-3, "it ends without a click: {fading}");
    assert_eq!(after, 0.0);
    assert!(!player.is_sounding());
    player.silence();
    let (_, again) = play(&mut player, &[key_down(60)]);
    assert!(again > 0.01, "{again}");
}

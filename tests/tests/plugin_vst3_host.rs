//! The built plugin as a VST3 that a host looks over: what it says of itself, that it says the same as
//! the CLAP, and that it minds no order of calls and no odd call.
//!
//! ```text
//!  factory, buses, parameters, units, controllers, window, states ◄─ built VST3 ─► odd calls
//! ```
//!
//! The questions are those of the format's own validator, as far as an instrument without inputs, bypass
//! and programs can be asked them.

use betwixt_evaluation::measure::level;
use betwixt_host::vst3::{Arrangement, Bus, Call, Flow, Host, Instance, Media};
use betwixt_host::{Blocks, Channels, Event, Expression, NoteAddress, Parameter, Setup, Timed};
use betwixt_tests::{Dice, built};
use std::collections::BTreeSet;

const LONGEST: u32 = 1_024;

fn instance() -> Instance {
    built::vst3(LONGEST)
}

fn clap() -> betwixt_host::Instance {
    built::clap(LONGEST)
}

/// Those that are not a controller's.
fn own(instance: &Instance) -> Vec<Parameter> {
    let all = instance.parameters().iter();
    all.filter(|p| !p.name.starts_with("MIDI"))
        .cloned()
        .collect()
}

fn chord() -> Vec<Timed> {
    let mut events = vec![
        Event::parameter("Width", 1.0).at(0),
        Event::parameter("Drift", 0.5).at(0),
    ];
    events.extend([48, 55, 64].map(|key| Event::note_on(key, 0.75).at(300)));
    for step in 0..64u8 {
        let at = 500 + 151 * u64::from(step);
        events.push(Event::controller(1, step).at(at));
        events.push(Event::parameter("Latent 1", f64::from(step) / 64.0).at(at + 7));
        events.push(Event::bend(f64::from(step) / 64.0 - 0.5).at(at + 40));
        let note = NoteAddress {
            channel: 0,
            key: 55,
            id: None,
        };
        let (kind, value) = (Expression::Pressure, f64::from(step) / 64.0);
        events.push(Event::Expression { note, kind, value }.at(at + 50));
    }
    events.extend([48, 55, 64].map(|key| Event::note_off(key).at(12_000)));
    events
}

fn render_in(instance: &mut Instance, blocks: &Blocks) -> [Vec<f32>; 2] {
    let played = instance.play(&chord(), 16_000, blocks).expect("it plays");
    assert!(level::peak(&played.left) > 0.01);
    [played.left, played.right]
}

fn render(instance: &mut Instance) -> [Vec<f32>; 2] {
    render_in(instance, &Blocks::Of(480))
}

/// A note can be heard, whatever was before.
fn can_be_played(instance: &mut Instance, what: &str) {
    let events = [(0, Event::note_on(60, 1.0))];
    let answer = instance
        .call(&Call::new(LONGEST, &events))
        .expect("known events");
    let is_number = answer.left.iter().all(|value| value.abs() <= 1.0);
    let is_heard = answer.left.iter().any(|value| value.abs() > 1e-3);
    assert!(answer.accepted && is_number && is_heard, "{what}");
    instance
        .call(&Call::new(64, &[(0, Event::note_off(60))]))
        .expect("known events");
}

/// One class, an instrument, of which there may be many.
#[test]
fn the_factory_offers_one_instrument() {
    let host = Host::built().expect("the plugin builds and loads");
    let classes = host.classes();
    let [class] = &classes[..] else {
        panic!("{classes:?}");
    };
    // Projects remember it by this number: frozen.
    assert_eq!(&class.id, b"BetwixtNeuralSyn");
    assert_eq!((&*class.name, &*class.vendor), ("Betwixt", "Betwixt"));
    assert_eq!(class.category, "Audio Module Class");
    assert_eq!(class.subcategories, "Instrument|Synth|Stereo");
    assert_eq!(class.version, env!("CARGO_PKG_VERSION"));
    assert!(
        class.format.starts_with("VST 3.") && class.may_be_many,
        "{class:?}"
    );
}

/// Sound goes out, notes come in, and nothing else does either.
#[test]
fn buses_are_as_they_are_described() {
    let mut instance = instance();
    for (media, flow, channels) in [
        (Media::Audio, Flow::In, None),
        (Media::Audio, Flow::Out, Some(2)),
        (Media::Event, Flow::In, Some(16)),
        (Media::Event, Flow::Out, None),
    ] {
        let what = format!("{media:?} {flow:?}");
        let buses = instance.buses(media, flow);
        let found: Vec<i32> = buses.iter().map(|bus| bus.channels).collect();
        assert_eq!(found, Vec::from_iter(channels), "{what}");
        let is_usual = |bus: &Bus| bus.is_main && bus.is_active && !bus.name.is_empty();
        assert!(buses.iter().all(is_usual), "{what}: {buses:?}");
        for index in [-1, i32::try_from(buses.len()).expect("small"), i32::MAX] {
            assert_eq!(instance.bus(media, flow, index), None, "{what} {index}");
            assert!(
                !instance.activate_bus(media, flow, index, true),
                "{what} {index}"
            );
        }
        for is_used in [false, true].into_iter().filter(|_| channels.is_some()) {
            assert!(instance.activate_bus(media, flow, 0, is_used), "{what}");
        }
    }
    can_be_played(&mut instance, "after its buses were switched");
}

/// One channel or two; other sets are refused and change nothing.
#[test]
fn speakers_are_one_or_two() {
    use Arrangement::{Empty, Mono, Stereo, Surround};
    let mut instance = instance();
    instance.suspend().expect("at rest");
    for set in [Mono, Stereo] {
        let expected = if set == Mono { 1 } else { 2 };
        assert!(instance.arrange(&[], &[set]), "{set:?}");
        for (inputs, outputs) in [
            (&[][..], &[Surround][..]),
            (&[], &[Empty]),
            (&[], &[]),
            (&[], &[Stereo, Stereo]),
            (&[Stereo], &[Stereo]),
        ] {
            assert!(!instance.arrange(inputs, outputs), "{inputs:?} {outputs:?}");
            assert_eq!(instance.speakers(Flow::Out, 0), Some(expected));
            assert_eq!(
                instance.buses(Media::Audio, Flow::Out)[0].channels,
                expected.cast_signed()
            );
        }
        assert_eq!(instance.speakers(Flow::Out, 1), None);
        assert_eq!(instance.speakers(Flow::In, 0), None);
    }
    assert!(instance.takes_samples_of(32) && !instance.takes_samples_of(64));
    instance
        .use_channels(Channels::Mono)
        .expect("a mono layout");
    let [middle, _] = render(&mut instance);
    let [left, right] = render(&mut self::instance());
    let pairs = left.iter().zip(&right);
    let mean = pairs.map(|(left, right)| 0.5 * (left + right));
    assert!(
        middle
            .iter()
            .zip(mean)
            .all(|(found, mean)| (found - mean).abs() < 1e-6)
    );
}

/// The parameters of this format are those that were released, and say the same as the CLAP's.
#[test]
fn parameters_are_the_clap_s() {
    let instance = instance();
    let (own, clap) = (own(&instance), clap());
    assert_eq!(own.len(), clap.parameters().len());
    for (own, clap) in own.iter().zip(clap.parameters()) {
        let near = (own.default - clap.default).abs() < 1e-6;
        assert!(near, "{}: {} and {}", own.name, own.default, clap.default);
        let same = Parameter {
            default: clap.default,
            ..own.clone()
        };
        assert_eq!(&same, clap);
    }
    let all = instance.parameters();
    assert_eq!(all.len(), own.len() + 16 * 130);
    let ids: BTreeSet<u32> = all.iter().map(|p| p.id).collect();
    assert_eq!(ids.len(), all.len(), "identifiers are unique");
    for parameter in all {
        // Those above belong to the host.
        assert!(
            parameter.id < 1 << 31 && !parameter.name.is_empty(),
            "{parameter:?}"
        );
        assert!(
            (0.0..=parameter.maximum).contains(&parameter.default),
            "{parameter:?}"
        );
        assert!(
            !parameter.module.contains('?'),
            "no such unit: {parameter:?}"
        );
        assert!(!parameter.automatable || !parameter.hidden, "{parameter:?}");
    }
    let count = i32::try_from(all.len()).expect("small");
    for index in [-1, i32::MIN, count + 1, i32::MAX] {
        assert!(!instance.describes_parameter(index), "{index}");
    }
}

/// Groups have names, numbers of their own, and parents that exist.
#[test]
fn units_are_a_tree() {
    let units = instance().units();
    let ids: BTreeSet<i32> = units.iter().map(|unit| unit.id).collect();
    assert_eq!(ids.len(), units.len());
    assert!(units.len() > 10, "{}", units.len());
    for unit in &units {
        let has_parent = unit.parent == 0 || ids.contains(&unit.parent);
        let is_sound = unit.id > 0 && unit.parent != unit.id && !unit.name.is_empty();
        assert!(has_parent && is_sound, "{unit:?}");
    }
}

/// Every value can be written, read, taken to the parameter's own scale and back.
#[test]
fn values_survive_their_conversions() {
    let mut instance = instance();
    for parameter in own(&instance) {
        let name = &parameter.name;
        for step in 0..=12 {
            let value = parameter.maximum * f64::from(step) / 12.0;
            let value = if parameter.stepped {
                value.round()
            } else {
                value
            };
            let [plain, back] = instance.there_and_back(name, value).expect("known");
            let tolerance = 1e-5 * parameter.maximum;
            assert!(
                (back - value).abs() < tolerance,
                "{name}: {value}, {plain}, {back}"
            );
            let words = |value| {
                let words = instance.value_text(name, value).expect("known");
                words.filter(|w| !w.is_empty()).expect("words")
            };
            let text = words(value);
            let typed = instance.text_value(name, &text).expect("known");
            let typed = typed.unwrap_or(f64::NAN);
            assert_eq!(words(typed), text, "{name} at {value}: {typed}");
        }
        for nonsense in ["", "☃", "\u{1d11e} much", &"9".repeat(4_000)] {
            let typed = instance.text_value(name, nonsense).expect("known");
            let is_sound = typed.is_none_or(|v| (0.0..=parameter.maximum).contains(&v));
            assert!(is_sound, "{name}: {typed:?}");
        }
        for wild in [f64::NAN, f64::INFINITY, -7.0, 1e300] {
            instance.set_value(name, wild).expect("known");
            instance.value_text(name, wild).expect("known");
            let value = instance.value(name).expect("known");
            assert!(
                (0.0..=parameter.maximum).contains(&value),
                "{name}: {wild} is {value}"
            );
        }
    }
    can_be_played(&mut instance, "after wild values");
}

/// Every controller of every channel has a hidden parameter of its own.
#[test]
fn controllers_have_parameters() {
    let instance = instance();
    let hidden = instance.parameters().iter().filter(|p| p.hidden);
    let hidden: BTreeSet<u32> = hidden.map(|p| p.id).collect();
    let pairs = (0..16).flat_map(|channel| (0..130).map(move |number| (channel, number)));
    let mapped = pairs.map(|(channel, number)| instance.controller(channel, number));
    let mapped: Option<BTreeSet<u32>> = mapped.collect();
    let mapped = mapped.expect("each has one");
    assert_eq!(mapped.len(), 16 * 130);
    assert!(mapped.is_subset(&hidden));
    for (channel, number) in [(16, 0), (-1, 0), (0, 130), (0, -1), (i16::MAX, i16::MAX)] {
        assert_eq!(instance.controller(channel, number), None);
    }
}

/// A window of this system's kind is offered; making and leaving it needs no screen.
#[test]
fn a_window_is_offered() {
    let mut instance = instance();
    for _ in 0..5 {
        assert!(instance.has_window());
    }
    can_be_played(&mut instance, "after windows");
}

/// The same chord in blocks of any size, also where parameters move within them: the same samples.
#[test]
fn blocks_cannot_be_heard() {
    let usual = render(&mut instance());
    for blocks in [
        Blocks::Of(1),
        Blocks::Of(LONGEST),
        Blocks::Cycle(vec![17, 480, 1, 900]),
    ] {
        assert!(render_in(&mut instance(), &blocks) == usual, "{blocks:?}");
    }
}

/// No latency at any rate; a tail without end while something sounds, and none in silence.
#[test]
fn latency_and_tail_are_honest() {
    let mut instance = instance();
    for rate_hz in [22_050.0, 44_100.0, 192_000.0] {
        instance.activate(Setup::new(rate_hz, 512)).expect("active");
        assert_eq!(instance.latency_samples(), 0);
        let release = [Event::parameter("Release", 0.0).at(0)];
        let blocks = Blocks::Of(512);
        instance.play(&release, 512, &blocks).expect("it plays");
        assert_eq!(instance.tail_samples(), Some(0), "{rate_hz}: silence");
        let strike = [Event::note_on(60, 0.7).at(0)];
        instance.play(&strike, 4_096, &blocks).expect("it plays");
        assert_eq!(instance.tail_samples(), None, "{rate_hz}: a held note");
        let end = [Event::note_off(60).at(0)];
        let frames = if rate_hz > 100_000.0 { 192_000 } else { 48_000 };
        let sound = instance.play(&end, frames, &blocks).expect("it plays");
        assert_eq!(instance.tail_samples(), Some(0), "{rate_hz}: it has ended");
        assert_eq!(sound.left.last(), Some(&0.0));
    }
}

/// However often it is stopped, set up anew and begun again, it plays as if fresh.
#[test]
fn it_can_be_stopped_and_started() {
    let usual = render(&mut instance());
    let mut instance = instance();
    let fresh = instance.save_state().expect("saved");
    let setup = instance.setup();
    for round in 0..3 {
        instance.load_state(&fresh).expect("its own");
        instance.suspend().expect("at rest");
        instance.resume().expect("active");
        assert!(render(&mut instance) == usual, "resumed, round {round}");
        instance.load_state(&fresh).expect("its own");
        instance.begin_again().expect("active");
        assert!(render(&mut instance) == usual, "begun again, round {round}");
        for (rate_hz, longest) in [(8_000.0, 1), (384_000.0, 8_192)] {
            let odd = Setup::new(rate_hz, longest);
            instance.activate(odd).expect("active");
            instance
                .play(&[Event::note_on(60, 1.0).at(0)], 64, &Blocks::Of(1))
                .expect("it plays");
        }
        instance.load_state(&fresh).expect("its own");
        instance.activate(setup).expect("active");
        assert!(render(&mut instance) == usual, "set up anew, round {round}");
    }
    instance.load_state(&fresh).expect("its own");
    instance.set_offline(true).expect("active");
    assert!(render(&mut instance) == usual, "offline");
}

/// Several instances, each on a thread of its own, are as many of the same.
#[test]
fn instances_are_alone() {
    let usual = render(&mut instance());
    let mut all: Vec<Instance> = (0..4).map(|_| instance()).collect();
    std::thread::scope(|scope| {
        for (number, instance) in all.iter_mut().enumerate() {
            let usual = &usual;
            scope.spawn(move || assert!(render(instance) == *usual, "instance {number}"));
        }
    });
}

/// A project has every parameter and the sound that it was saved with.
#[test]
fn a_project_comes_back() {
    let mut dice = Dice::new(5);
    let mut instance = instance();
    let own = own(&instance);
    for parameter in &own {
        let value = parameter.maximum * (dice.roll(1_001) as f64 / 1_000.0);
        let value = if parameter.stepped {
            value.round()
        } else {
            value
        };
        instance.set_value(&parameter.name, value).expect("known");
    }
    instance.set_value("Gain", 0.5).expect("known");
    let saved = instance.save_state().expect("saved");
    let mut again = self::instance();
    again.load_state(&saved).expect("its own");
    for parameter in &own {
        let [one, other] = [&instance, &again].map(|i| i.value(&parameter.name).expect("known"));
        assert_eq!(one.to_bits(), other.to_bits(), "{}", parameter.name);
    }
    // What is saved again is the same, and loading the same twice changes nothing.
    assert!(again.save_state().expect("saved") == saved);
    again.load_state(&saved).expect("its own");
    assert!(again.save_state().expect("saved") == saved);
    // A state is set while it plays, as by hosts that change presets.
    let mut playing = self::instance();
    can_be_played(&mut playing, "before a state");
    playing.load_state(&saved).expect("its own");
    assert!(playing.save_state().expect("saved") == saved);
}

/// What is heard is what the CLAP plays, sample for sample.
#[test]
fn both_formats_are_one_instrument() {
    let played = clap()
        .play(&chord(), 16_000, &Blocks::Of(480))
        .expect("it plays");
    assert!(render(&mut instance()) == [played.left, played.right]);
}

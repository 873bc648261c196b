//! Events into a router, positions out: what is mapped moves, where and when it should.

mod damage;
mod learning;
mod takeover;

use super::mapping::{Mapping, Takeover};
use super::source::{Origin, Source};
use super::{Hands, Map, Router, Target};
use crate::parameters::Moves;
use crate::parameters::ROOM;
use crate::state::Controllers;
use nice_plug::midi::{Channel, Key, VoiceID};
use nice_plug::prelude::NoteEvent;

const TARGETS: [&str; 10] = [
    "latent_1", "latent_2", "latent_3", "latent_4", "latent_5", "latent_6", "latent_7", "latent_8",
    "gain", "model",
];
const GAIN: usize = 8;
const RATE_HZ: f32 = 48_000.0;

fn targets() -> Vec<Target> {
    let target = |id: &&'static str| Target {
        id,
        is_movable: *id != "model",
    };
    TARGETS.iter().map(target).collect()
}

/// A router with its surroundings.
struct Desk {
    map: Map,
    controllers: Controllers,
    set: [f32; ROOM],
    router: Router,
}

impl Desk {
    fn new(rows: Vec<Mapping>) -> Self {
        let map = Map::new(targets());
        map.replace(rows);
        let mut router = Router::new();
        router.reset(RATE_HZ);
        router.follow(&map);
        Self {
            controllers: Controllers::new(TARGETS.to_vec(), Moves::default()),
            map,
            set: [0.5; ROOM],
            router,
        }
    }

    fn hear(&mut self, event: &NoteEvent<()>) -> bool {
        let hands = Hands {
            map: &self.map,
            controllers: &self.controllers,
            set: &self.set,
        };
        self.router.hear(event, 0, &hands)
    }

    fn hear_all(&mut self, events: &[NoteEvent<()>]) {
        for event in events {
            self.hear(event);
        }
    }

    fn cc(&mut self, number: u8, value: u8) -> bool {
        self.hear(&cc(0, number, value))
    }

    /// Time passes, sample by sample, and halves that wait are heard at theirs.
    fn wait(&mut self, samples: usize) -> Option<usize> {
        let hands = Hands {
            map: &self.map,
            controllers: &self.controllers,
            set: &self.set,
        };
        let mut moved = None;
        for sample in 0..samples {
            while self.router.due() == Some(0) {
                if self.router.ripen(&hands) {
                    moved = Some(sample);
                }
            }
            self.router.pass(1, &self.map);
        }
        moved
    }

    fn at(&self, target: usize) -> Option<f32> {
        self.controllers.position(target)
    }
}

fn cc(channel: u8, number: u8, value: u8) -> NoteEvent<()> {
    NoteEvent::MidiCC {
        timing: 0,
        channel,
        cc: number,
        value: f32::from(value) / 127.0,
    }
}

fn pressure(channel: u8, pressure: f32) -> NoteEvent<()> {
    NoteEvent::MidiChannelPressure {
        timing: 0,
        channel,
        pressure,
    }
}

fn key_pressure(key: u8, pressure: f32) -> NoteEvent<()> {
    NoteEvent::PolyPressure {
        timing: 0,
        voice_id: VoiceID::Wildcard,
        channel: Channel::Number(0),
        key: Key::Number(key),
        pressure,
    }
}

fn bend(steps: u16) -> NoteEvent<()> {
    NoteEvent::MidiPitchBend {
        timing: 0,
        channel: 0,
        value: f32::from(steps) / 16_383.0,
    }
}

fn soft(source: Source, target: usize) -> Mapping {
    Mapping {
        takeover: Takeover::Soft,
        ..Mapping::new(source, target)
    }
}

/// Controllers 20 … 27 move latents 1 … 8 of a new instance; no other one moves anything.
#[test]
fn a_new_instance_has_its_latents_on_eight_controllers() {
    for number in 0..128 {
        let rows = Map::new(targets()).rows();
        let mut desk = Desk::new(rows);
        let is_latent = (20..28).contains(&number);
        assert_eq!(desk.router.is_mapped(&cc(3, number, 64)), is_latent);
        assert_eq!(
            desk.hear(&cc(3, number, 64)),
            is_latent,
            "controller {number}"
        );
        for target in 0..TARGETS.len() {
            let moved = is_latent && usize::from(number) == target + 20;
            let expected = moved.then_some(64.0 / 127.0);
            assert_eq!(desk.at(target), expected, "controller {number}");
        }
    }
}

/// Curves begin and end where the range does, exactly, whichever way round it is; in the middle a
/// curve of 1 is the fourth power of one half, a curve of −1 its fourth root.
#[test]
fn curves_keep_their_ends() {
    for (from, to) in [(0.0, 1.0), (1.0, 0.0), (0.2, 0.7), (0.9, 0.3), (0.4, 0.4)] {
        for curve in [-1.0, -0.3, 0.0, 0.5, 1.0] {
            let mapping = Mapping {
                from,
                to,
                curve,
                ..Mapping::new(Source::Bend, 0)
            };
            assert_eq!(mapping.position(0.0), from, "{curve}");
            assert_eq!(mapping.position(1.0), to, "{curve}");
            let steps = (0..=127u8).map(|step| mapping.position(f32::from(step) / 127.0));
            let steps: Vec<f32> = steps.collect();
            let is_monotone = |pair: &[f32]| (pair[1] - pair[0]) * (to - from) >= -1e-12;
            assert!(steps.windows(2).all(is_monotone), "{from} {to} {curve}");
        }
    }
    let bent = |curve| {
        let mapping = Mapping {
            curve,
            ..Mapping::new(Source::Bend, 0)
        };
        mapping.position(0.5)
    };
    assert_eq!(bent(0.0), 0.5);
    assert!((bent(1.0) - 0.0625).abs() < 1e-6);
    assert!((bent(-1.0) - 0.840_896).abs() < 1e-5);
}

/// What the audio thread reads of a mapping is that mapping.
#[test]
fn words_are_the_mapping() {
    let sources = [
        Source::Control(127),
        Source::Fine(31),
        Source::Numbered(16_383),
        Source::Pressure,
        Source::KeyPressure,
        Source::Bend,
    ];
    for (index, source) in sources.into_iter().enumerate() {
        for channel in [None, Some(0), Some(15)] {
            let mapping = Mapping {
                origin: Origin { source, channel },
                target: 200 + index,
                from: 0.9,
                to: 0.1,
                curve: -0.25,
                takeover: [Takeover::Jump, Takeover::Soft][index % 2],
            };
            assert_eq!(Mapping::from_words(mapping.to_words()), mapping);
        }
    }
}

/// A source, and what comes from it at both its ends.
type Way = (Source, Vec<NoteEvent<()>>, Vec<NoteEvent<()>>);

/// Every kind of source moves its target over its whole range, and nothing else does.
#[test]
fn every_source_moves_its_target() {
    let ways: [Way; 5] = [
        (Source::Control(7), vec![cc(0, 7, 0)], vec![cc(0, 7, 127)]),
        (
            Source::Pressure,
            vec![pressure(0, 0.0)],
            vec![pressure(0, 1.0)],
        ),
        (
            Source::KeyPressure,
            vec![key_pressure(60, 0.0)],
            vec![key_pressure(61, 1.0)],
        ),
        (Source::Bend, vec![bend(0)], vec![bend(16_383)]),
        (
            Source::Numbered(300),
            vec![cc(0, 99, 2), cc(0, 98, 44), cc(0, 6, 0), cc(0, 38, 0)],
            vec![cc(0, 6, 127), cc(0, 38, 127)],
        ),
    ];
    for (source, low, high) in &ways {
        let mut desk = Desk::new(vec![Mapping::new(*source, GAIN)]);
        for (other, _, far) in ways.iter().filter(|(other, ..)| other != source) {
            desk.hear_all(far);
            assert_eq!(desk.at(GAIN), None, "{other} is not {source}");
        }
        desk.hear_all(low);
        assert_eq!(desk.at(GAIN), Some(0.0), "{source}");
        assert!(high.iter().all(|event| desk.router.is_mapped(event)));
        desk.hear_all(high);
        assert_eq!(desk.at(GAIN), Some(1.0), "{source}");
    }
}

/// The bend wheel rests exactly in the middle of its target.
#[test]
fn the_wheel_at_rest_is_half_way() {
    let mut desk = Desk::new(vec![Mapping::new(Source::Bend, GAIN)]);
    desk.hear(&bend(8_192));
    assert_eq!(desk.at(GAIN), Some(0.5));
}

/// A number counts only while it is selected on its channel: another number, a registered one and
/// the sign for none are not it.
#[test]
fn a_number_counts_while_it_is_selected() {
    let data = [cc(0, 6, 100), cc(0, 38, 0)];
    for select in [
        vec![],
        vec![cc(0, 99, 2), cc(0, 98, 45)],
        vec![cc(0, 99, 2), cc(0, 98, 44), cc(0, 101, 0), cc(0, 100, 0)],
        vec![cc(0, 99, 2), cc(0, 98, 44), cc(0, 99, 127), cc(0, 98, 127)],
        vec![cc(1, 99, 2), cc(1, 98, 44)],
    ] {
        let mut desk = Desk::new(vec![Mapping::new(Source::Numbered(300), GAIN)]);
        for event in select.iter().chain(&data) {
            desk.hear(event);
        }
        assert_eq!(desk.at(GAIN), None, "{select:?}");
    }
}

/// A mapping on a channel hears that one; one without hears all sixteen.
#[test]
fn channels_are_told_apart() {
    for own in [None, Some(0), Some(9), Some(15)] {
        for channel in 0..16 {
            let mut mapping = Mapping::new(Source::Control(7), GAIN);
            mapping.origin.channel = own;
            let mut desk = Desk::new(vec![mapping]);
            let event = cc(channel, 7, 127);
            let is_meant = own.is_none_or(|own| own == channel);
            assert_eq!(desk.router.is_mapped(&event), is_meant);
            desk.hear(&event);
            assert_eq!(desk.at(GAIN).is_some(), is_meant, "{own:?} and {channel}");
        }
    }
}

/// A sweep in 14 bits, in either order of the halves, goes up step by step: no half moves anything
/// by itself.
#[test]
fn a_fine_sweep_has_no_jump() {
    for is_high_first in [true, false] {
        let mut desk = Desk::new(vec![Mapping::new(Source::Fine(3), GAIN)]);
        let mut last = -1.0 / 16_383.0;
        for whole in 0..1u16 << 14 {
            let [high, low] = [whole >> 7, whole & 127].map(|half| u8::try_from(half).unwrap());
            let halves = [cc(0, 3, high), cc(0, 35, low)];
            let order = if is_high_first { [0, 1] } else { [1, 0] };
            assert!(!desk.hear(&halves[order[0]]), "{whole}: half a number");
            desk.hear(&halves[order[1]]);
            let now = desk.at(GAIN).unwrap();
            let step = (now - last) * 16_383.0;
            assert!((step - 1.0).abs() < 0.01, "{whole}: a step of {step}");
            last = now;
        }
    }
}

/// A half that stays alone is heard after two milliseconds, at its sample.
#[test]
fn a_half_alone_is_heard_in_time() {
    let mut desk = Desk::new(vec![Mapping::new(Source::Fine(3), GAIN)]);
    desk.cc(3, 127);
    assert_eq!(desk.router.due(), Some(96));
    assert_eq!(desk.wait(1_000), Some(96));
    assert_eq!(
        desk.at(GAIN),
        Some(1.0),
        "the whole range without a low half"
    );
    assert_eq!(desk.router.due(), None);
}

/// One controller moves several targets, each by its own range; one target follows several
/// controllers, whichever moved last.
#[test]
fn several_follow_and_several_lead() {
    let reversed = Mapping {
        from: 1.0,
        to: 0.0,
        ..Mapping::new(Source::Control(7), 1)
    };
    let rows = vec![
        Mapping::new(Source::Control(7), 0),
        reversed,
        Mapping::new(Source::Control(8), 0),
    ];
    let mut desk = Desk::new(rows);
    desk.cc(7, 127);
    assert_eq!((desk.at(0), desk.at(1)), (Some(1.0), Some(0.0)));
    desk.cc(8, 0);
    assert_eq!((desk.at(0), desk.at(1)), (Some(0.0), Some(0.0)));
    desk.cc(7, 0);
    assert_eq!((desk.at(0), desk.at(1)), (Some(0.0), Some(1.0)));
}

/// Many hands on the map at once: the audio thread never sees half a mapping.
#[test]
fn a_map_is_read_whole() {
    let map = Map::new(targets());
    let rows = |turn: u8| -> Vec<Mapping> {
        let row = |place: u8| Mapping {
            from: f32::from(turn) / 255.0,
            to: f32::from(turn) / 255.0,
            ..Mapping::new(Source::Control(place), 0)
        };
        (0..100).map(row).collect()
    };
    map.replace(rows(0));
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for turn in 0..20_000u32 {
                map.replace(rows(turn.to_le_bytes()[0]));
            }
        });
        let (mut table, mut read) = (super::map::Table::new(), 0);
        while !writer.is_finished() || read == 0 {
            if map.read(&mut table) {
                let own = table.rows();
                read += usize::from(!own.is_empty());
                let is_one = own.iter().all(|row| row.from == own[0].to);
                assert!(is_one, "rows of two maps");
                assert!(own.is_empty() || own.len() == 100);
            }
        }
    });
}

//! The host's events → the engine's, in a list of fixed room.
//!
//! ```text
//!  NoteEvent (notes, touch of single notes, channels, controllers) ──► 0…2 × Event
//! ```
//!
//! | controller | does                                                  |
//! |------------|-------------------------------------------------------|
//! | 1          | modulation wheel: deepens the vibrato, a source       |
//! | 11         | expression: loudness of its channel                   |
//! | 64, 66     | sustain pedal, sostenuto pedal                        |
//! | 74         | slide, with 64 in the middle: a source                |
//! | 120        | all sound off, on its channel                         |
//! | 121        | reset: wheels, pressure, slide to rest, pedals up     |
//! | 123 … 127  | all notes off, on its channel                         |
//!
//! The wheel bends, pressure is a source. Controllers that are mapped to parameters never come here
//! (module `controllers`).
//!
//! *Real time:* the list never grows; whoever fills it asks [`EventList::has_room`] first and
//! plays what is there when it has not.

use crate::parameters::MORPH_MODULATION;
use betwixt_engine::{Event, EventKind, Note, Touch, Whom};
use nice_plug::midi::{Channel, Key, VoiceID};
use nice_plug::prelude::NoteEvent;

/// The modulation wheel.
const MODULATION: u8 = 1;
/// All controllers go back to rest.
const RESET: u8 = 121;
/// The most events that one of the host's can become: the reset's.
const WIDEST: usize = 2;
/// Events held at once.
const CAPACITY: usize = 1_024;
/// The middle of a 7-bit controller.
const MIDDLE: f32 = 64.0 / 127.0;

/// The engine's events of (a part of) one call.
#[derive(Debug)]
pub(crate) struct EventList {
    events: Vec<Event>,
}

impl EventList {
    /// An empty list with all the room that it will ever have.
    pub(crate) fn new() -> Self {
        Self {
            events: Vec::with_capacity(CAPACITY),
        }
    }

    /// Whether any host event still fits.
    pub(crate) fn has_room(&self) -> bool {
        self.events.len() + WIDEST <= CAPACITY
    }

    /// Forgets all events; the room stays.
    pub(crate) fn clear(&mut self) {
        self.events.clear();
    }

    /// The events in the order in which they came.
    pub(crate) fn as_slice(&self) -> &[Event] {
        &self.events
    }

    /// How many of the events come before a sample of the call.
    pub(crate) fn before(&self, sample: usize) -> usize {
        self.events
            .partition_point(|event| event.offset_samples < sample)
    }

    /// Forgets the first `count` events, and begins the call `samples` later.
    pub(crate) fn move_on(&mut self, count: usize, samples: usize) {
        self.events.drain(..count);
        for event in &mut self.events {
            event.offset_samples = event.offset_samples.saturating_sub(samples);
        }
    }

    /// Adds where the modulation wheel stands, at the first sample of the call.
    pub(crate) fn add_wheel(&mut self, value: f32) {
        if self.events.len() < CAPACITY {
            self.events.push(Event {
                offset_samples: 0,
                kind: EventKind::Wheel { value },
            });
        }
    }

    /// Adds the end of every sound, after all that happens at the first sample of the call.
    pub(crate) fn add_silence(&mut self) {
        self.events.truncate(CAPACITY - 1);
        self.events.push(Event {
            offset_samples: 0,
            kind: EventKind::AllSoundOff { channel: None },
        });
    }

    /// Adds what a host's event means to the engine; nothing, if it means nothing.
    pub(crate) fn add(&mut self, event: &NoteEvent<()>, offset_samples: usize) {
        let mut push = |kind| {
            if self.events.len() < CAPACITY {
                let event = Event {
                    offset_samples,
                    kind,
                };
                self.events.push(event);
            }
        };
        if let Some((whom, touch)) = touch(event) {
            return push(EventKind::Touch { whom, touch });
        }
        match *event {
            NoteEvent::NoteOn {
                voice_id,
                channel,
                key: Key::Number(key),
                velocity,
                ..
            } => push(note_on(note(voice_id, channel, key), velocity)),
            NoteEvent::NoteOff {
                voice_id,
                channel,
                key,
                ..
            } => push(EventKind::NoteOff {
                whom: whom(voice_id, channel, key),
            }),
            NoteEvent::Choke {
                voice_id,
                channel,
                key,
                ..
            } => push(EventKind::Choke {
                whom: whom(voice_id, channel, key),
            }),
            NoteEvent::MidiPitchBend { channel, value, .. } => push(EventKind::PitchBend {
                channel: channel & 15,
                value: bend(value),
            }),
            NoteEvent::MidiChannelPressure {
                channel, pressure, ..
            } => push(EventKind::Pressure {
                channel: channel & 15,
                value: share(pressure),
            }),
            NoteEvent::MidiCC {
                channel, cc, value, ..
            } => {
                if let Some(value) = wheel(event) {
                    push(EventKind::Wheel { value });
                }
                if let Some(kind) = controller(channel & 15, cc, share(value)) {
                    push(kind);
                }
            }
            _ => {}
        }
    }
}

/// What a host's event moves of single notes.
fn touch(event: &NoteEvent<()>) -> Option<(Whom, Touch)> {
    /// The notes that an event names, of whichever kind it is.
    macro_rules! of {
        ($id:ident, $channel:ident, $key:ident, $touch:expr) => {
            Some((whom($id, $channel, $key), $touch))
        };
    }
    #[rustfmt::skip]
    let found = match *event {
        NoteEvent::PolyPressure { voice_id: id, channel, key, pressure, .. } =>
            of!(id, channel, key, Touch::Pressure(pressure)),
        NoteEvent::PolyVolume { voice_id: id, channel, key, gain, .. } =>
            of!(id, channel, key, Touch::Gain(gain)),
        NoteEvent::PolyPan { voice_id: id, channel, key, pan, .. } =>
            of!(id, channel, key, Touch::Pan(pan)),
        NoteEvent::PolyTuning { voice_id: id, channel, key, tuning, .. } =>
            of!(id, channel, key, Touch::Tuning(tuning)),
        NoteEvent::PolyVibrato { voice_id: id, channel, key, vibrato, .. } =>
            of!(id, channel, key, Touch::Vibrato(vibrato)),
        NoteEvent::PolyExpression { voice_id: id, channel, key, expression, .. } =>
            of!(id, channel, key, Touch::Expression(expression)),
        NoteEvent::PolyBrightness { voice_id: id, channel, key, brightness, .. } =>
            of!(id, channel, key, Touch::Slide(2.0 * brightness - 1.0)),
        NoteEvent::PolyModulation { voice_id, poly_modulation_id, normalized_offset, .. } => {
            let id = VoiceID::ID(voice_id);
            let (channel, key) = (Channel::Wildcard, Key::Wildcard);
            of!(id, channel, key, modulated(poly_modulation_id, normalized_offset))
        }
        _ => None,
    };
    found
}

/// What a host moves of one note by a parameter's number.
fn modulated(number: u32, away: f32) -> Touch {
    if number == MORPH_MODULATION {
        Touch::Morph(away)
    } else {
        Touch::Latent(usize::try_from(number).unwrap_or(usize::MAX), away)
    }
}

/// Where a host's event moves the modulation wheel.
pub(crate) fn wheel(event: &NoteEvent<()>) -> Option<f32> {
    match *event {
        NoteEvent::MidiCC {
            cc: MODULATION,
            value,
            ..
        } => Some(share(value)),
        NoteEvent::MidiCC { cc: RESET, .. } => Some(0.0),
        _ => None,
    }
}

/// A controller's value, 0…1 whatever came.
fn share(value: f32) -> f32 {
    if value.is_nan() {
        0.0
    } else {
        value.clamp(0.0, 1.0)
    }
}

/// A stroke without any force lets the key go, as in MIDI.
fn note_on(note: Note, velocity: f32) -> EventKind {
    if velocity > 0.0 {
        let velocity = velocity.min(1.0);
        EventKind::NoteOn { note, velocity }
    } else {
        EventKind::NoteOff { whom: note.into() }
    }
}

/// The notes that a host means; what it leaves out may be anything.
fn whom(id: VoiceID, channel: Channel, key: Key) -> Whom {
    Whom {
        id: id.id(),
        channel: channel.number().map(|channel| channel & 15),
        key: key.number().map(|key| key & 127),
    }
}

fn note(id: VoiceID, channel: Channel, key: u8) -> Note {
    Note {
        id: id.id(),
        channel: channel.number().unwrap_or(0) & 15,
        key: key & 127,
    }
}

/// 0…1 → −1…1. The middle of a 14-bit wheel, 8192 of 16383, is a little above one half: both are
/// exactly no bend.
pub(crate) fn bend(value: f32) -> f32 {
    const REST: f32 = 8_192.0 / 16_383.0;
    let value = if value.is_nan() {
        0.5
    } else {
        value.clamp(0.0, 1.0)
    };
    if value > REST {
        (value - REST) / (1.0 - REST)
    } else {
        (2.0 * value - 1.0).min(0.0)
    }
}

/// The place along a key, −1…1, of a 7-bit controller.
fn slide(value: f32) -> f32 {
    if value > MIDDLE {
        (value - MIDDLE) / (1.0 - MIDDLE)
    } else {
        value / MIDDLE - 1.0
    }
}

/// What a controller at 0…1 does beside that.
fn controller(channel: u8, number: u8, value: f32) -> Option<EventKind> {
    let down = value >= 0.5;
    Some(match number {
        11 => EventKind::Expression { channel, value },
        64 => EventKind::Sustain { channel, down },
        66 => EventKind::Sostenuto { channel, down },
        74 => EventKind::Slide {
            channel,
            value: slide(value),
        },
        120 => EventKind::AllSoundOff {
            channel: Some(channel),
        },
        RESET => EventKind::Rest { channel },
        123..=127 => EventKind::AllNotesOff {
            channel: Some(channel),
        },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(event: NoteEvent<()>) -> Vec<EventKind> {
        let mut list = EventList::new();
        list.add(&event, 7);
        assert!(list.as_slice().iter().all(|e| e.offset_samples == 7));
        list.as_slice().iter().map(|e| e.kind).collect()
    }

    fn midi_controller(cc: u8, value: f32) -> NoteEvent<()> {
        NoteEvent::MidiCC {
            timing: 0,
            channel: 3,
            cc,
            value,
        }
    }

    fn note_off(voice_id: VoiceID, channel: Channel, key: Key) -> NoteEvent<()> {
        NoteEvent::NoteOff {
            timing: 0,
            voice_id,
            channel,
            key,
            velocity: 0.0,
        }
    }

    /// The modulation wheel goes where it is pushed, on any channel, and down on a reset.
    #[test]
    fn the_modulation_wheel_moves_and_is_reset() {
        let half = EventKind::Wheel { value: 0.5 };
        assert_eq!(kinds(midi_controller(1, 0.5)), [half]);
        assert_eq!(wheel(&midi_controller(1, 0.5)), Some(0.5));
        let down = EventKind::Wheel { value: 0.0 };
        assert!(kinds(midi_controller(RESET, 0.0)).contains(&down));
        assert_eq!(wheel(&midi_controller(RESET, 0.7)), Some(0.0));
    }

    /// The wheel rests at 8192 in MIDI and at one half in a host's float; its ends are ±1.
    #[test]
    fn the_wheel_rests_in_its_middle() {
        for rest in [8_192.0 / 16_383.0, 0.5, f32::NAN] {
            assert_eq!(bend(rest), 0.0, "{rest}");
        }
        assert_eq!(bend(0.0), -1.0);
        assert_eq!(bend(1.0), 1.0);
        assert_eq!(bend(9.0), 1.0);
        assert!((bend(0.25) + 0.5).abs() < 1e-6);
    }

    /// A half-pressed pedal counts from 64 on, as MIDI has it.
    #[test]
    fn the_pedal_is_down_from_64() {
        for (value, expected) in [(63.0, false), (64.0, true)] {
            let expected = EventKind::Sustain {
                channel: 3,
                down: expected,
            };
            assert_eq!(kinds(midi_controller(64, value / 127.0)), [expected]);
        }
    }

    /// A host may leave out id, channel or key: every note that it can mean is ended.
    #[test]
    fn what_a_host_leaves_out_may_be_anything() {
        let named = note_off(VoiceID::ID(9), Channel::Number(2), Key::Number(60));
        let whom = Whom {
            id: Some(9),
            channel: Some(2),
            key: Some(60),
        };
        assert_eq!(kinds(named), [EventKind::NoteOff { whom }]);
        let all = note_off(VoiceID::Wildcard, Channel::Wildcard, Key::Wildcard);
        let whom = Whom::default();
        assert_eq!(kinds(all), [EventKind::NoteOff { whom }]);
    }

    /// Channel controllers: pressure, slide with 64 in its middle, expression, the third pedal.
    #[test]
    fn channels_are_touched() {
        let channel = 3;
        let pressure = NoteEvent::MidiChannelPressure {
            timing: 0,
            channel,
            pressure: 0.25,
        };
        let value = 0.25;
        assert_eq!(kinds(pressure), [EventKind::Pressure { channel, value }]);
        for (step, value) in [(0.0, -1.0), (64.0, 0.0), (127.0, 1.0), (32.0, -0.5)] {
            let found = kinds(midi_controller(74, step / 127.0));
            let [EventKind::Slide { value: found, .. }] = found[..] else {
                panic!("{found:?}");
            };
            assert!((found - value).abs() < 1e-6, "{step}: {found}");
        }
        let expression = EventKind::Expression {
            channel,
            value: 0.5,
        };
        assert_eq!(kinds(midi_controller(11, 0.5)), [expression]);
        let pedal = EventKind::Sostenuto {
            channel,
            down: true,
        };
        assert_eq!(kinds(midi_controller(66, 1.0)), [pedal]);
    }

    /// What a host moves of one note: brightness rests in its middle, modulation names a latent.
    #[test]
    fn single_notes_are_touched() {
        let (timing, voice_id) = (0, VoiceID::ID(5));
        let (channel, key) = (Channel::Wildcard, Key::Wildcard);
        let brightness = NoteEvent::PolyBrightness {
            timing,
            voice_id,
            channel,
            key,
            brightness: 0.5,
        };
        let modulation = |poly_modulation_id| NoteEvent::PolyModulation {
            timing,
            voice_id: 5,
            poly_modulation_id,
            normalized_offset: -0.25,
        };
        let whom = Whom {
            id: Some(5),
            ..Whom::default()
        };
        for (event, touch) in [
            (brightness, Touch::Slide(0.0)),
            (modulation(3), Touch::Latent(3, -0.25)),
            (modulation(8), Touch::Morph(-0.25)),
        ] {
            assert_eq!(kinds(event), [EventKind::Touch { whom, touch }]);
        }
    }

    /// What has been played goes, what comes later keeps its place in time, in its order.
    #[test]
    fn the_list_moves_on() {
        let mut list = EventList::new();
        for at in [0, 5, 9, 9, 12] {
            list.add(&midi_controller(1, 0.5), at);
        }
        assert_eq!(list.before(9), 2, "those at the sample itself stay");
        list.move_on(2, 9);
        let offsets = list.as_slice().iter().map(|event| event.offset_samples);
        assert_eq!(offsets.collect::<Vec<_>>(), [0, 0, 3]);
    }

    /// Whatever comes, the list keeps the room that it was made with.
    #[test]
    fn the_list_never_grows() {
        let mut list = EventList::new();
        let room = list.events.capacity();
        let widest = midi_controller(RESET, 0.0);
        for turn in 0..1_000 {
            let before = list.as_slice().len();
            let has_room = list.has_room();
            list.add(&widest, 0);
            let is_whole = list.as_slice().len() - before == WIDEST;
            assert_eq!(is_whole, has_room, "turn {turn}");
        }
        assert_eq!(list.events.capacity(), room);
        list.clear();
        assert!(list.has_room() && list.as_slice().is_empty());
    }

    /// A note-on without force is a note-off; one that is not a number must not hang either.
    #[test]
    fn a_stroke_without_force_lets_go() {
        for velocity in [0.0, -1.0, f32::NAN] {
            let on = NoteEvent::NoteOn {
                timing: 0,
                voice_id: VoiceID::Wildcard,
                channel: Channel::Number(0),
                key: Key::Number(60),
                velocity,
            };
            assert!(
                matches!(kinds(on)[..], [EventKind::NoteOff { .. }]),
                "{velocity}"
            );
        }
    }
}

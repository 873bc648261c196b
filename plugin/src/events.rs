//! The host's events → the engine's, in a list of fixed room.
//!
//! ```text
//!  NoteEvent (note on, off, choke; pitch wheel; controllers) ──► 0…128 × Event
//! ```
//!
//! | controller | does                                    |
//! |------------|-----------------------------------------|
//! | 1          | modulation wheel: deepens the vibrato   |
//! | 64         | sustain pedal                           |
//! | 120        | all sound off, on its channel           |
//! | 121        | reset: wheels to rest, pedal up         |
//! | 123 … 127  | all notes off, on its channel           |
//!
//! Controllers that are mapped to parameters never come here (module `controllers`).
//!
//! *Real time:* the list never grows; whoever fills it asks [`EventList::has_room`] first and
//! plays what is there when it has not.

use betwixt_engine::{Event, EventKind, Note};
use nice_plug::midi::{Channel, Key, VoiceID};
use nice_plug::prelude::NoteEvent;

/// The modulation wheel.
const MODULATION: u8 = 1;
/// All controllers go back to rest.
const RESET: u8 = 121;
/// The most events that one of the host's can become: a note-off for every key.
const WIDEST: usize = 128;
/// Events held at once.
const CAPACITY: usize = 1_024;

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
            } => end(voice_id, channel, key, Ending::LetGo, &mut push),
            NoteEvent::Choke {
                voice_id,
                channel,
                key,
                ..
            } => end(voice_id, channel, key, Ending::Choke, &mut push),
            NoteEvent::MidiPitchBend { channel, value, .. } => push(EventKind::PitchBend {
                channel: channel & 15,
                value: bend(value),
            }),
            NoteEvent::MidiCC {
                channel, cc, value, ..
            } => {
                if let Some(value) = wheel(event) {
                    push(EventKind::Wheel { value });
                }
                controller(channel & 15, cc, value, &mut push);
            }
            _ => {}
        }
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

/// How a note ends.
#[derive(Clone, Copy)]
enum Ending {
    LetGo,
    Choke,
}

impl Ending {
    fn of(self, note: Note) -> EventKind {
        match self {
            Self::LetGo => EventKind::NoteOff { whom: note.into() },
            Self::Choke => EventKind::Choke { whom: note.into() },
        }
    }

    fn of_all(self) -> EventKind {
        match self {
            Self::LetGo => EventKind::AllNotesOff { channel: None },
            Self::Choke => EventKind::AllSoundOff { channel: None },
        }
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

/// Ends a note, or, where the host names no key or channel, all notes that it may mean.
fn end(id: VoiceID, channel: Channel, key: Key, ending: Ending, push: &mut impl FnMut(EventKind)) {
    match (id, channel.number(), key.number()) {
        (_, Some(_), Some(key)) => push(ending.of(note(id, channel, key))),
        (VoiceID::ID(_), _, key) => push(ending.of(note(id, channel, key.unwrap_or(0)))),
        (_, None, Some(key)) => (0..16)
            .map(|channel| note(id, Channel::Number(channel), key))
            .for_each(|note| push(ending.of(note))),
        (_, Some(_), None) => (0..128)
            .map(|key| note(id, channel, key))
            .for_each(|note| push(ending.of(note))),
        (_, None, None) => push(ending.of_all()),
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
    const MIDDLE: f32 = 8_192.0 / 16_383.0;
    let value = if value.is_nan() {
        0.5
    } else {
        value.clamp(0.0, 1.0)
    };
    if value > MIDDLE {
        (value - MIDDLE) / (1.0 - MIDDLE)
    } else {
        (2.0 * value - 1.0).min(0.0)
    }
}

/// What a controller does beside that.
fn controller(channel: u8, number: u8, value: f32, push: &mut impl FnMut(EventKind)) {
    let value = share(value);
    match number {
        64 => push(EventKind::Sustain {
            channel,
            down: value >= 0.5,
        }),
        120 => push(EventKind::AllSoundOff {
            channel: Some(channel),
        }),
        RESET => {
            push(EventKind::PitchBend {
                channel,
                value: 0.0,
            });
            push(EventKind::Sustain {
                channel,
                down: false,
            });
        }
        123..=127 => push(EventKind::AllNotesOff {
            channel: Some(channel),
        }),
        _ => {}
    }
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
    fn wildcards_end_every_note_they_can_mean() {
        let (any, key) = (VoiceID::Wildcard, Key::Number(60));
        let channel = Channel::Number(2);
        assert_eq!(kinds(note_off(any, channel, key)).len(), 1);
        assert_eq!(kinds(note_off(any, Channel::Wildcard, key)).len(), 16);
        assert_eq!(kinds(note_off(any, channel, Key::Wildcard)).len(), 128);
        let all = kinds(note_off(any, Channel::Wildcard, Key::Wildcard));
        assert_eq!(all, [EventKind::AllNotesOff { channel: None }]);
        let by_id = kinds(note_off(VoiceID::ID(9), Channel::Wildcard, Key::Wildcard));
        let expected = Note {
            id: Some(9),
            channel: 0,
            key: 0,
        };
        let whom = expected.into();
        assert_eq!(by_id, [EventKind::NoteOff { whom }]);
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
        let widest = note_off(VoiceID::Wildcard, Channel::Number(0), Key::Wildcard);
        for turn in 0..100 {
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

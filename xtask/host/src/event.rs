//! What a player or a DAW does, and what the plugin answers.

use crate::error::HostError;
use crate::parameter::{Parameter, find};
use clack_host::events::event_types::{
    MidiEvent, NoteChokeEvent, NoteExpressionEvent, NoteExpressionType, NoteOffEvent, NoteOnEvent,
    ParamModEvent, ParamValueEvent,
};
use clack_host::events::spaces::CoreEventSpace;
use clack_host::prelude::{ClapId, EventBuffer, Pckn, UnknownEvent};

/// A family of events that is nobody's.
const FOREIGN: u16 = 0x7ffe;

/// Which note is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoteAddress {
    /// 0…15; 255: every one.
    pub channel: u8,
    /// 0…127; 60 is middle C; 255: every one.
    pub key: u8,
    /// The host's own number of this one note; `None` when it gives none.
    pub id: Option<u32>,
}

impl NoteAddress {
    /// A key on the first channel, without an identifier.
    #[must_use]
    pub fn key(key: u8) -> Self {
        Self {
            channel: 0,
            key,
            id: None,
        }
    }

    /// A key on the first channel that the host calls by a number.
    #[must_use]
    pub fn named(id: u32, key: u8) -> Self {
        Self {
            id: Some(id),
            ..Self::key(key)
        }
    }

    fn pckn(self) -> Pckn {
        let id = self.id.map_or(-1, |id| i32::try_from(id).unwrap_or(-1));
        let or_every = |number| match number {
            u8::MAX => -1,
            number => i16::from(number),
        };
        Pckn::from_raw(0, or_every(self.channel), or_every(self.key), id)
    }
}

/// A per-note control; values as the CLAP format defines them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expression {
    /// Above 0 to 4, linear.
    Volume,
    /// 0 left, 1 right.
    Pan,
    /// Semitones, −120…120.
    Tuning,
    /// 0…1.
    Vibrato,
    /// 0…1.
    Expression,
    /// 0…1.
    Brightness,
    /// 0…1.
    Pressure,
}

impl Expression {
    /// Every one.
    pub const ALL: [Self; 7] = [
        Self::Volume,
        Self::Pan,
        Self::Tuning,
        Self::Vibrato,
        Self::Expression,
        Self::Brightness,
        Self::Pressure,
    ];
}

/// Something that happens at a sample.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A key goes down; velocity 0…1.
    NoteOn {
        /// Which note.
        note: NoteAddress,
        /// 0…1.
        velocity: f64,
    },
    /// A key goes up; velocity 0…1.
    NoteOff {
        /// Which note.
        note: NoteAddress,
        /// 0…1.
        velocity: f64,
    },
    /// A note stops at once.
    NoteChoke {
        /// Which note.
        note: NoteAddress,
    },
    /// A per-note control moves.
    Expression {
        /// Which note.
        note: NoteAddress,
        /// Which control.
        kind: Expression,
        /// In the unit of the control.
        value: f64,
    },
    /// A channel message as it comes from a keyboard: controllers, pitch bend, pedals.
    Midi([u8; 3]),
    /// A parameter takes a value, in the range that [`Parameter`] tells.
    Parameter {
        /// The parameter's name.
        name: String,
        /// From `minimum` to `maximum`.
        value: f64,
    },
    /// A parameter is modulated, for one note or (`None`) for all.
    Modulation {
        /// The parameter's name.
        name: String,
        /// Added to the parameter's value.
        amount: f64,
        /// Which note.
        note: Option<NoteAddress>,
    },
    /// A parameter of a number takes a value, whether the plugin has one of it or not.
    Numbered {
        /// The parameter's identifier.
        id: u32,
        /// Its value.
        value: f64,
        /// Whether it is modulated by so much instead.
        is_modulation: bool,
    },
    /// What looks like a parameter taking a value, but is of a family of events that is nobody's.
    Foreign {
        /// The parameter's name.
        name: String,
        /// The value that it must not take.
        value: f64,
    },
}

impl Event {
    /// A key of the first channel goes down; velocity 0…1.
    #[must_use]
    pub fn note_on(key: u8, velocity: f64) -> Self {
        let note = NoteAddress::key(key);
        Self::NoteOn { note, velocity }
    }

    /// A key of the first channel goes up.
    #[must_use]
    pub fn note_off(key: u8) -> Self {
        let note = NoteAddress::key(key);
        let velocity = 0.0;
        Self::NoteOff { note, velocity }
    }

    /// A parameter takes a value.
    #[must_use]
    pub fn parameter(name: &str, value: f64) -> Self {
        let name = name.into();
        Self::Parameter { name, value }
    }

    /// A controller of the first channel moves; both 0…127.
    #[must_use]
    pub fn controller(number: u8, value: u8) -> Self {
        Self::Midi([0xb0, number.min(127), value.min(127)])
    }

    /// The bend wheel of the first channel moves, −1…1 of its range.
    #[must_use]
    pub fn bend(amount: f64) -> Self {
        let steps = (0..=0x3fff_u16).rev();
        let wanted = 8192.0 + 8192.0 * amount;
        let value = steps
            .into_iter()
            .find(|v| f64::from(*v) <= wanted)
            .unwrap_or(0);
        let [low, high] = [value & 0x7f, value >> 7].map(|b| u8::try_from(b).unwrap_or(0));
        Self::Midi([0xe0, low, high])
    }

    /// This event, at a sample.
    #[must_use]
    pub fn at(self, frame: u64) -> Timed {
        Timed { frame, event: self }
    }
}

/// An event and the sample at which it happens.
#[derive(Clone, Debug, PartialEq)]
pub struct Timed {
    /// Samples from the start of the block (for `process`) or of the piece (for `play`).
    pub frame: u64,
    /// What happens.
    pub event: Event,
}

/// What the plugin told the host during a block.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// A note has ended: its voice is free.
    NoteEnd {
        /// Samples from the start of the block.
        frame: u32,
        /// The key that sounded.
        key: i16,
        /// Its identifier, or −1.
        id: i32,
    },
    /// The plugin moved a parameter itself.
    Parameter {
        /// Samples from the start of the block.
        frame: u32,
        /// The parameter's identifier.
        id: u32,
        /// Its new value.
        value: f64,
    },
    /// Any other event, by its number in the CLAP format.
    Other {
        /// Samples from the start of the block.
        frame: u32,
        /// The event's type.
        kind: u16,
    },
}

impl Reply {
    pub(crate) fn read(event: &UnknownEvent) -> Self {
        let frame = event.header().time();
        match event.as_core_event() {
            Some(CoreEventSpace::NoteEnd(end)) => Self::NoteEnd {
                frame,
                key: end.pckn().raw_key(),
                id: end.pckn().raw_note_id(),
            },
            Some(CoreEventSpace::ParamValue(moved)) => Self::Parameter {
                frame,
                id: moved.param_id().map_or(u32::MAX, |id| id.get()),
                value: moved.value(),
            },
            _ => Self::Other {
                frame,
                kind: event.header().type_id(),
            },
        }
    }
}

/// Appends an event, `frame` samples into the block, in the format's own form.
pub(crate) fn push(
    buffer: &mut EventBuffer,
    frame: u32,
    event: &Event,
    parameters: &[Parameter],
) -> Result<(), HostError> {
    match event {
        Event::NoteOn { note, velocity } => {
            buffer.push(&NoteOnEvent::new(frame, note.pckn(), *velocity));
        }
        Event::NoteOff { note, velocity } => {
            buffer.push(&NoteOffEvent::new(frame, note.pckn(), *velocity));
        }
        Event::NoteChoke { note } => buffer.push(&NoteChokeEvent::new(frame, note.pckn())),
        Event::Expression { note, kind, value } => {
            let kind = expression(*kind);
            buffer.push(&NoteExpressionEvent::new(frame, note.pckn(), kind, *value));
        }
        Event::Midi(bytes) => buffer.push(&MidiEvent::new(frame, 0, *bytes)),
        Event::Parameter { name, value } => {
            let id = find(parameters, name)?.clap_id();
            buffer.push(&ParamValueEvent::new(frame, id, Pckn::match_all(), *value));
        }
        Event::Modulation { name, amount, note } => {
            let id = find(parameters, name)?.clap_id();
            let to = note.map_or(Pckn::match_all(), NoteAddress::pckn);
            buffer.push(&ParamModEvent::new(frame, id, to, *amount));
        }
        Event::Numbered {
            id,
            value,
            is_modulation,
        } => {
            let id = ClapId::from_raw(*id).unwrap_or(ClapId::new(0));
            if *is_modulation {
                buffer.push(&ParamModEvent::new(frame, id, Pckn::match_all(), *value));
            } else {
                buffer.push(&ParamValueEvent::new(frame, id, Pckn::match_all(), *value));
            }
        }
        Event::Foreign { name, value } => {
            let id = find(parameters, name)?.clap_id();
            buffer.push(&foreign(ParamValueEvent::new(
                frame,
                id,
                Pckn::match_all(),
                *value,
            )));
        }
    }
    Ok(())
}

/// The same bytes in a family of events that no plugin has asked for.
#[allow(
    unsafe_code,
    reason = "a family of events is part of an event's type, and this one's is changed"
)]
fn foreign(mut event: ParamValueEvent) -> ParamValueEvent {
    // SAFETY: the size stays what it is, and whoever reads an event looks at its family first.
    unsafe { event.as_raw_mut() }.header.space_id = FOREIGN;
    event
}

fn expression(kind: Expression) -> NoteExpressionType {
    match kind {
        Expression::Volume => NoteExpressionType::Volume,
        Expression::Pan => NoteExpressionType::Pan,
        Expression::Tuning => NoteExpressionType::Tuning,
        Expression::Vibrato => NoteExpressionType::Vibrato,
        Expression::Expression => NoteExpressionType::Expression,
        Expression::Brightness => NoteExpressionType::Brightness,
        Expression::Pressure => NoteExpressionType::Pressure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The wheel's centre is 8192 of 16384, its ends the ends.
    #[test]
    fn bend_is_fourteen_bits() {
        assert_eq!(Event::bend(0.0), Event::Midi([0xe0, 0, 64]));
        assert_eq!(Event::bend(1.0), Event::Midi([0xe0, 127, 127]));
        assert_eq!(Event::bend(-1.0), Event::Midi([0xe0, 0, 0]));
        assert_eq!(Event::bend(0.5), Event::Midi([0xe0, 0, 96]));
    }
}

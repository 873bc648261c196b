//! What a player or a DAW does, in this format's own form.
//!
//! ```text
//!  Event ─┬─ note, pressure, expression ─► Event of the format
//!         └─ parameter, controller ──────► a point of a parameter
//! ```

use super::lists::Points;
use super::parameters::Table;
use crate::error::HostError;
use crate::event::{Event as Deed, Expression, NoteAddress};
use crate::parameter::find;
use ::vst3::Steinberg::Vst::Event_::EventTypes_::{
    kNoteExpressionValueEvent, kNoteOffEvent, kNoteOnEvent, kPolyPressureEvent,
};
use ::vst3::Steinberg::Vst::{
    Event, Event__type0, NoteExpressionValueEvent, NoteOffEvent, NoteOnEvent, PolyPressureEvent,
};

/// The pressure of a channel among its controllers.
const PRESSURE: u8 = 128;
/// The wheel among them.
const WHEEL: u8 = 129;

/// What goes along with one call.
#[derive(Default)]
pub(super) struct Luggage {
    pub(super) events: Vec<Event>,
    pub(super) parameters: Vec<Points>,
}

impl Luggage {
    /// Takes an event, `at` samples into the block.
    pub(super) fn take(&mut self, at: i32, deed: &Deed, table: &Table) -> Result<(), HostError> {
        match deed {
            Deed::NoteOn { note, velocity } => self.push(at, note_on(*note, *velocity)),
            Deed::NoteOff { note, velocity } => self.push(at, note_off(*note, *velocity)),
            Deed::Expression { note, kind, value } => {
                self.push(at, expression(*note, *kind, *value))
            }
            Deed::Parameter { name, value } => {
                let parameter = find(&table.parameters, name)?;
                self.point(parameter.id, (at, value / parameter.maximum));
            }
            Deed::Midi(bytes) => self.midi(at, *bytes, table)?,
            Deed::NoteChoke { .. }
            | Deed::Modulation { .. }
            | Deed::Numbered { .. }
            | Deed::Foreign { .. } => return Err(unknown(deed)),
        }
        Ok(())
    }

    fn midi(&mut self, at: i32, bytes: [u8; 3], table: &Table) -> Result<(), HostError> {
        let [status, first, second] = bytes;
        let (channel, share) = (status & 15, |value| f64::from(value) / 127.0);
        let key = first & 127;
        let note = NoteAddress {
            channel,
            key,
            id: None,
        };
        let sound = match status >> 4 {
            8 => Some(note_off(note, share(second))),
            9 => Some(note_on(note, share(second))),
            10 => Some(pressure(note, share(second))),
            _ => None,
        };
        if let Some(sound) = sound {
            self.push(at, sound);
            return Ok(());
        }
        let (number, value) = match status >> 4 {
            11 => (key, share(second)),
            13 => (PRESSURE, share(first)),
            14 => {
                let wheel = u16::from(second) << 7 | u16::from(first);
                (WHEEL, f64::from(wheel) / 16_383.0)
            }
            _ => return Err(unknown(&Deed::Midi(bytes))),
        };
        // A host keeps to itself what the plugin has no parameter for.
        if let Some(id) = table.controller(channel, number) {
            self.point(id, (at, value));
        }
        Ok(())
    }

    fn push(&mut self, at: i32, (kind, content): (u32, Event__type0)) {
        self.events.push(Event {
            busIndex: 0,
            sampleOffset: at,
            ppqPosition: 0.0,
            flags: 0,
            r#type: u16::try_from(kind).unwrap_or(u16::MAX),
            __field0: content,
        });
    }

    fn point(&mut self, id: u32, point: (i32, f64)) {
        match self.parameters.iter_mut().find(|own| own.id == id) {
            Some(own) => own.points.push(point),
            None => self.parameters.push(Points {
                id,
                points: vec![point],
            }),
        }
    }
}

fn unknown(deed: &Deed) -> HostError {
    HostError::Usage {
        what: "event",
        expected: "one that this format has: notes, expressions, parameters, controllers".into(),
        found: format!("{deed:?}"),
    }
}

/// Channel, key and number of a note.
fn address(note: NoteAddress) -> (i16, i16, i32) {
    let id = note.id.and_then(|id| i32::try_from(id).ok()).unwrap_or(-1);
    (i16::from(note.channel), i16::from(note.key), id)
}

fn note_on(note: NoteAddress, velocity: f64) -> (u32, Event__type0) {
    let (channel, pitch, id) = address(note);
    let (velocity, tuning, length) = (narrow(velocity), 0.0, 0);
    let event = NoteOnEvent {
        channel,
        pitch,
        tuning,
        velocity,
        length,
        noteId: id,
    };
    (kNoteOnEvent, Event__type0 { noteOn: event })
}

fn note_off(note: NoteAddress, velocity: f64) -> (u32, Event__type0) {
    let (channel, pitch, id) = address(note);
    let (velocity, tuning) = (narrow(velocity), 0.0);
    let event = NoteOffEvent {
        channel,
        pitch,
        velocity,
        noteId: id,
        tuning,
    };
    (kNoteOffEvent, Event__type0 { noteOff: event })
}

fn pressure(note: NoteAddress, value: f64) -> (u32, Event__type0) {
    let (channel, pitch, id) = address(note);
    let pressure = narrow(value);
    let event = PolyPressureEvent {
        channel,
        pitch,
        pressure,
        noteId: id,
    };
    (
        kPolyPressureEvent,
        Event__type0 {
            polyPressure: event,
        },
    )
}

/// A control of one note on the format's way from 0 to 1: a gain of 1 is a quarter of its way, no
/// tuning the middle of 240 semitones.
fn expression(note: NoteAddress, kind: Expression, value: f64) -> (u32, Event__type0) {
    let (kind, value) = match kind {
        Expression::Pressure => return pressure(note, value),
        Expression::Volume => (0, value / 4.0),
        Expression::Pan => (1, value),
        Expression::Tuning => (2, value / 240.0 + 0.5),
        Expression::Vibrato => (3, value),
        Expression::Expression => (4, value),
        Expression::Brightness => (5, value),
    };
    let (_, _, id) = address(note);
    let event = NoteExpressionValueEvent {
        typeId: kind,
        noteId: id,
        value,
    };
    (
        kNoteExpressionValueEvent,
        Event__type0 {
            noteExpressionValue: event,
        },
    )
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "the format carries strengths with 24 bits"
)]
fn narrow(value: f64) -> f32 {
    value as f32
}

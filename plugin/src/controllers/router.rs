//! The audio thread's side of the map: the host's events in, positions of parameters out.
//!
//! ```text
//!  event ─► source, channel, 0…1 ─┬─► rows of the table ─► takeover ─► Controllers::take
//!           (halves made whole)   └─► ear, while a target is armed
//!  elapsed ─► halves that have waited 2 ms ─► as above, at their own sample
//! ```
//!
//! A controller that moves something loses the meaning that MIDI gives it, on the channels on which
//! it is mapped.
//!
//! *Real time:* [`Router::new`] allocates; nothing else does.

use super::ear::Ear;
use super::halves::{Half, Halves};
use super::map::{MOST, Map, Table};
use super::source::{LOW_HALF, PAIRS, Source};
use crate::parameters::ROOM;
use crate::state::Controllers;
use nice_plug::prelude::NoteEvent;

/// How long one half of a number waits for the other.
const WAIT_S: f32 = 0.002;
/// Halves that wait at once; more settle at once.
const WAITING: usize = 64;
/// MIDI channels.
const CHANNELS: usize = 16;
/// Controllers in pairs.
const PAIR_COUNT: usize = PAIRS as usize;
/// No row of the table.
const NOBODY: usize = usize::MAX;
/// An NRPN's value, and its low half.
const DATA: u8 = 6;
/// The numbers that select what it is the value of: NRPN low and high, RPN low and high.
const SELECT: [u8; 4] = [98, 99, 100, 101];

/// What the audio thread knows of controllers.
pub(crate) struct Router {
    table: Table,
    /// Which row of the table has moved a target last.
    rulers: [usize; ROOM],
    /// Where each row was last; not a number before its first move.
    last: [f32; MOST],
    pairs: [[Halves; PAIR_COUNT]; CHANNELS],
    data: [Data; CHANNELS],
    /// In the order in which they are due.
    waiting: Vec<Waiting>,
    wait_samples: u64,
    /// Samples since the reset, at the start of this call.
    elapsed: u64,
    /// Whether something has moved since that was last asked.
    has_moved: bool,
    ear: Ear,
}

/// The data entry of a channel: which number it is for, and its value.
#[derive(Clone, Copy, Default)]
struct Data {
    number: [u8; 2],
    is_selected: bool,
    value: Halves,
}

/// A number of which one half has come.
#[derive(Clone, Copy)]
struct Waiting {
    due: u64,
    source: Source,
    channel: u8,
}

/// What the router may look at and move.
pub(crate) struct Hands<'a> {
    /// What is armed.
    pub(crate) map: &'a Map,
    /// What controllers hold.
    pub(crate) controllers: &'a Controllers,
    /// Where each parameter is set, 0…1.
    pub(crate) set: &'a [f32; ROOM],
}

impl Data {
    /// The number that is selected; the largest one is the sign for none.
    fn number(&self) -> Option<u16> {
        let [high, low] = self.number.map(u16::from);
        let number = high << 7 | low;
        (self.is_selected && number != 0x3fff).then_some(number)
    }

    /// What a controller carries the value of, if it is a data entry.
    fn addressed(&self, controller: u8) -> Option<Source> {
        let is_data = controller == DATA || controller == DATA + LOW_HALF;
        let number = self.number().filter(|_| is_data)?;
        Some(Source::Numbered(number))
    }

    /// Another number is selected; its value begins anew.
    fn select(&mut self, controller: u8, value: u8) {
        let before = self.number();
        match controller {
            98 => self.number[1] = value,
            99 => self.number[0] = value,
            _ => {}
        }
        self.is_selected = controller < 100;
        if self.number() != before {
            self.value = Halves::default();
        }
    }
}

impl Router {
    /// At rest, with nothing mapped. Allocates.
    pub(crate) fn new() -> Self {
        Self {
            table: Table::new(),
            rulers: [NOBODY; ROOM],
            last: [f32::NAN; MOST],
            pairs: [[Halves::default(); PAIR_COUNT]; CHANNELS],
            data: [Data::default(); CHANNELS],
            waiting: Vec::with_capacity(WAITING),
            wait_samples: 0,
            elapsed: 0,
            has_moved: false,
            ear: Ear::new(),
        }
    }

    /// At rest, at a sample rate. The mappings stay.
    pub(crate) fn reset(&mut self, sample_rate_hz: f32) {
        self.forget();
        self.pairs = [[Halves::default(); PAIR_COUNT]; CHANNELS];
        self.data = [Data::default(); CHANNELS];
        self.waiting.clear();
        self.wait_samples = samples(WAIT_S, sample_rate_hz);
        self.elapsed = 0;
        self.ear.reset(sample_rate_hz);
    }

    /// Nobody has moved anything yet.
    pub(crate) fn forget(&mut self) {
        self.rulers = [NOBODY; ROOM];
        self.last = [f32::NAN; MOST];
    }

    /// Takes the newest mappings; whoever has moved a target has to be found anew.
    pub(crate) fn follow(&mut self, map: &Map) {
        if map.read(&mut self.table) {
            self.forget();
        }
    }

    /// A parameter has moved by itself.
    pub(crate) fn let_go(&mut self, target: usize) {
        self.rulers[target] = NOBODY;
    }

    /// A call is over. True when a target that was armed has got its source.
    pub(crate) fn pass(&mut self, samples: usize, map: &Map) -> bool {
        self.elapsed += u64::try_from(samples).unwrap_or(0);
        self.ear.decide(map, self.elapsed)
    }

    /// Whether something has moved since the last time that this was asked.
    pub(crate) fn take_moved(&mut self) -> bool {
        std::mem::take(&mut self.has_moved)
    }

    /// The sample of this call at which half a number has waited long enough.
    pub(crate) fn due(&self) -> Option<usize> {
        let due = self.waiting.first()?.due.saturating_sub(self.elapsed);
        usize::try_from(due).ok()
    }

    /// It goes on without its other half. True when what controllers hold has changed.
    pub(crate) fn ripen(&mut self, hands: &Hands<'_>) -> bool {
        if self.waiting.is_empty() {
            return false;
        }
        let first = self.waiting.remove(0);
        self.settle(first, hands)
    }

    /// Whether an event is the router's alone: something is mapped to its source.
    pub(crate) fn is_mapped(&self, event: &NoteEvent<()>) -> bool {
        let follows = |source, channel: u8| self.table.follows(source, channel & 15);
        match *event {
            NoteEvent::MidiCC { channel, cc, .. } => {
                let fine = (cc < PAIRS + LOW_HALF).then_some(Source::Fine(cc % LOW_HALF));
                let addressed = self.data[usize::from(channel & 15)].addressed(cc);
                let sources = [Some(Source::Control(cc)), fine, addressed];
                let mut sources = sources.into_iter().flatten();
                sources.any(|source| follows(source, channel))
            }
            NoteEvent::MidiChannelPressure { channel, .. } => follows(Source::Pressure, channel),
            NoteEvent::PolyPressure { channel, .. } => {
                follows(Source::KeyPressure, channel.number().unwrap_or(0))
            }
            NoteEvent::MidiPitchBend { channel, .. } => follows(Source::Bend, channel),
            _ => false,
        }
    }

    /// An event at a sample of this call. True when what controllers hold has changed.
    pub(crate) fn hear(&mut self, event: &NoteEvent<()>, at: usize, hands: &Hands<'_>) -> bool {
        let at = self.elapsed + u64::try_from(at).unwrap_or(0);
        let (source, channel, value) = match *event {
            NoteEvent::MidiCC {
                channel, cc, value, ..
            } => return self.control(channel & 15, cc & 127, share(value), (at, hands)),
            NoteEvent::MidiChannelPressure {
                channel, pressure, ..
            } => (Source::Pressure, channel, share(pressure)),
            NoteEvent::PolyPressure {
                channel, pressure, ..
            } => {
                let channel = channel.number().unwrap_or(0);
                (Source::KeyPressure, channel, share(pressure))
            }
            NoteEvent::MidiPitchBend { channel, value, .. } => {
                let place = 0.5 + 0.5 * crate::events::bend(value);
                (Source::Bend, channel, place)
            }
            _ => return false,
        };
        self.ear.hear(source, value, hands.map);
        self.apply(source, channel & 15, value, hands)
    }

    /// A controller, which may be a number of its own and one half of another.
    fn control(
        &mut self,
        channel: u8,
        number: u8,
        value: f32,
        (at, hands): (u64, &Hands<'_>),
    ) -> bool {
        let step = seven_bits(value);
        let data = &mut self.data[usize::from(channel)];
        if SELECT.contains(&number) {
            data.select(number, step);
            return false;
        }
        let addressed = data.addressed(number);
        self.ear
            .control((channel, number, step), addressed, (at, hands.map));
        let mut has_moved = self.apply(Source::Control(number), channel, value, hands);
        let (fine, half) = match number {
            0..PAIRS => (Some(Source::Fine(number)), Half::High),
            PAIRS..64 => (Some(Source::Fine(number - LOW_HALF)), Half::Low),
            _ => (None, Half::Low),
        };
        for source in [fine, addressed].into_iter().flatten() {
            if self.table.follows(source, channel) {
                has_moved |= self.half(source, channel, (half, step), (at, hands));
            }
        }
        has_moved
    }

    /// One half of a number. It waits for the other one, or is whole with it.
    fn half(
        &mut self,
        source: Source,
        channel: u8,
        (half, step): (Half, u8),
        (at, hands): (u64, &Hands<'_>),
    ) -> bool {
        let Some(halves) = self.halves(source, channel) else {
            return false;
        };
        let was_waiting = halves.is_waiting();
        let whole = halves.take(half, step);
        let own = |waiting: &Waiting| waiting.source == source && waiting.channel == channel;
        if let Some(value) = whole {
            self.waiting.retain(|waiting| !own(waiting));
            return self.apply(source, channel, value, hands);
        }
        if was_waiting {
            return false;
        }
        let waiting = Waiting {
            due: at + self.wait_samples,
            source,
            channel,
        };
        if self.waiting.len() == WAITING {
            return self.settle(waiting, hands);
        }
        self.waiting.push(waiting);
        false
    }

    /// A number goes on without its other half.
    fn settle(&mut self, waiting: Waiting, hands: &Hands<'_>) -> bool {
        let (source, channel) = (waiting.source, waiting.channel);
        let whole = self.halves(source, channel).and_then(Halves::settle);
        whole.is_some_and(|value| self.apply(source, channel, value, hands))
    }

    fn halves(&mut self, source: Source, channel: u8) -> Option<&mut Halves> {
        let channel = usize::from(channel);
        match source {
            Source::Fine(number) => self.pairs[channel].get_mut(usize::from(number)),
            Source::Numbered(_) => Some(&mut self.data[channel].value),
            _ => None,
        }
    }

    /// Moves every target of a source. True when something has changed.
    fn apply(&mut self, source: Source, channel: u8, value: f32, hands: &Hands<'_>) -> bool {
        let mut has_moved = false;
        let rows = self.table.rows().iter().enumerate();
        for (place, row) in rows.filter(|(_, row)| row.origin.hears(source, channel)) {
            let next = row.position(value);
            let last = std::mem::replace(&mut self.last[place], next);
            let held = hands.controllers.position(row.target);
            let now = held.unwrap_or(hands.set[row.target]);
            let rules = self.rulers[row.target] == place && held.is_some();
            if rules || row.takes(last, next, now) {
                self.rulers[row.target] = place;
                has_moved |= held.is_none_or(|held| held.to_bits() != next.to_bits());
                hands.controllers.take(row.target, next);
            }
        }
        self.has_moved |= has_moved;
        has_moved
    }
}

/// A value of 0…1, whatever came.
fn share(value: f32) -> f32 {
    if value.is_nan() {
        0.0
    } else {
        value.clamp(0.0, 1.0)
    }
}

/// The step of a controller, 0…127.
fn seven_bits(value: f32) -> u8 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "0…127, rounded"
    )]
    let step = (127.0 * value).round() as u8;
    step.min(127)
}

/// Seconds as samples.
pub(super) fn samples(seconds: f32, sample_rate_hz: f32) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a short time; a wild one saturates"
    )]
    let samples = (seconds * sample_rate_hz).round() as u64;
    samples
}

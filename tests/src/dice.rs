//! What a host could send, by chance, and the same every time.
//!
//! ```text
//!  seed ─► rolls ─► notes, expressions, MIDI, parameters, modulation
//! ```

use betwixt_host::{Event, Expression, NoteAddress, Timed};

const WILD: [f64; 10] = [
    f64::NAN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    -1.0,
    -0.0,
    0.5,
    1.0,
    2.0,
    1e30,
    -1e300,
];

/// Numbers that look random and are the same every time (splitmix64).
#[derive(Debug)]
pub struct Dice(u64);

impl Dice {
    /// Dice of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// 0 … `sides` − 1.
    pub fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }

    /// Any byte.
    ///
    /// # Panics
    ///
    /// Never.
    pub fn byte(&mut self) -> u8 {
        u8::try_from(self.roll(256)).expect("below 256")
    }

    /// Mostly 0…1, sometimes what no host should ever send.
    ///
    /// # Panics
    ///
    /// Never.
    pub fn number(&mut self) -> f64 {
        match self.roll(20) {
            wild @ 0..10 => WILD[usize::try_from(wild).expect("small")],
            _ => f64::from(self.byte()) / 255.0,
        }
    }

    /// A note, named or not, mostly on the first channel.
    pub fn note(&mut self) -> NoteAddress {
        let is_named = self.roll(2) == 0;
        NoteAddress {
            channel: if self.roll(9) == 0 { self.byte() } else { 0 },
            key: if self.roll(9) == 0 {
                self.byte()
            } else {
                self.byte() & 127
            },
            id: is_named.then(|| u32::from(self.byte())),
        }
    }

    /// Anything that a host can send; parameters are among these names.
    ///
    /// # Panics
    ///
    /// When there are no names.
    pub fn event(&mut self, names: &[String]) -> Event {
        let (note, value) = (self.note(), self.number());
        let which = usize::try_from(self.roll(names.len() as u64)).expect("small");
        let name = names[which].clone();
        match self.roll(12) {
            0..4 => Event::NoteOn {
                note,
                velocity: value,
            },
            4 => Event::NoteOff {
                note,
                velocity: value,
            },
            5 => Event::NoteChoke { note },
            6 => Event::Midi([self.byte(), self.byte(), self.byte()]),
            7 => Event::Midi([0xb0, self.byte() & 127, self.byte() & 127]),
            8 => Event::Expression {
                note,
                kind: self.expression(),
                value,
            },
            9 => Event::Modulation {
                name,
                amount: value,
                note: (self.roll(2) == 0).then_some(note),
            },
            _ => Event::Parameter { name, value },
        }
    }

    fn expression(&mut self) -> Expression {
        let all = Expression::ALL;
        all[usize::from(self.byte()) % all.len()]
    }

    /// At most so many of them, in order, in a block of so many frames.
    pub fn events(&mut self, most: u64, frames: u64, names: &[String]) -> Vec<Timed> {
        let count = self.roll(most + 1);
        let mut events: Vec<Timed> = (0..count)
            .map(|_| {
                let frame = self.roll(frames);
                self.event(names).at(frame)
            })
            .collect();
        events.sort_by_key(|timed| timed.frame);
        events
    }
}

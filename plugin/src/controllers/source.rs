//! What can move a parameter: a source, on one MIDI channel or on any.
//!
//! ```text
//!  CC 20 · CC 20 fine (20 + 52) · NRPN 300 · pressure · key pressure · bend      on 1 … 16 or any
//! ```

use std::fmt;

/// The pedals that hold notes, the numbers that address other parameters, and the channel's own
/// messages (sound off, reset, notes off): MIDI itself gives them their meaning.
const RESERVED: [std::ops::RangeInclusive<u8>; 4] = [64..=64, 66..=66, 98..=101, 120..=127];
/// Controllers that have a second one, [`LOW_HALF`] above, with seven bits more.
pub(crate) const PAIRS: u8 = 32;
/// Distance of the second one.
pub(crate) const LOW_HALF: u8 = 32;
/// Numbers that an NRPN can have.
pub(crate) const NUMBERS: u16 = 1 << 14;

/// What can move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// A controller of 7 bits, 0…127 without the reserved ones.
    Control(u8),
    /// A controller of 14 bits: 0…31, and 32 above it the low half.
    Fine(u8),
    /// A non-registered parameter number, 0…16383.
    Numbered(u16),
    /// The pressure of a channel.
    Pressure,
    /// The pressure of any key.
    KeyPressure,
    /// The bend wheel; it rests in the middle.
    Bend,
}

/// A source and its channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    /// What moves.
    pub(crate) source: Source,
    /// 0…15; any where there is none.
    pub(crate) channel: Option<u8>,
}

impl Source {
    /// Whether a controller of this number keeps the meaning that MIDI gives it.
    pub(crate) fn is_reserved(controller: u8) -> bool {
        RESERVED.iter().any(|range| range.contains(&controller))
    }

    /// Whether there is such a source.
    pub(crate) fn is_sound(self) -> bool {
        match self {
            Self::Control(number) => number < 128 && !Self::is_reserved(number),
            Self::Fine(number) => number < PAIRS,
            Self::Numbered(number) => number < NUMBERS,
            Self::Pressure | Self::KeyPressure | Self::Bend => true,
        }
    }

    /// As one word.
    pub(super) fn to_word(self) -> u32 {
        let (kind, number) = match self {
            Self::Control(number) => (0, u16::from(number)),
            Self::Fine(number) => (1, u16::from(number)),
            Self::Numbered(number) => (2, number),
            Self::Pressure => (3, 0),
            Self::KeyPressure => (4, 0),
            Self::Bend => (5, 0),
        };
        kind << 16 | u32::from(number)
    }

    /// From that word.
    pub(super) fn from_word(word: u32) -> Self {
        let [_, kind, high, low] = word.to_be_bytes();
        match kind {
            0 => Self::Control(low),
            1 => Self::Fine(low),
            2 => Self::Numbered(u16::from_be_bytes([high, low])),
            3 => Self::Pressure,
            4 => Self::KeyPressure,
            _ => Self::Bend,
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Control(number) => write!(out, "CC {number}"),
            Self::Fine(number) => write!(out, "CC {number} (14 bit)"),
            Self::Numbered(number) => write!(out, "NRPN {number}"),
            Self::Pressure => out.write_str("Pressure"),
            Self::KeyPressure => out.write_str("Key pressure"),
            Self::Bend => out.write_str("Pitch bend"),
        }
    }
}

impl Origin {
    /// Whether what moves on a channel is meant.
    pub(super) fn hears(&self, source: Source, channel: u8) -> bool {
        self.source == source && self.channel.is_none_or(|own| own == channel)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.channel {
            Some(channel) => write!(out, "{} on channel {}", self.source, channel + 1),
            None => self.source.fmt(out),
        }
    }
}

//! One line of the map: a source moves a target, along a curve, over a range, from when on.
//!
//! ```text
//!  source 0…1 ─► curve x^(4^bent) ─► from … to ─► position of the target 0…1
//! ```
//!
//! A curve of 0 is straight; above it the start is slow and the end fast, below it the other way
//! round; the ends stay where they are. A range may be reversed.

use super::source::{Origin, Source};

/// How far a curve of ±1 bends: to the fourth power, or the fourth root.
const STEEPEST: f32 = 4.0;
/// A soft controller takes over this near to its target.
const NEAR: f32 = 1.0 / 64.0;

/// A source moves a target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Mapping {
    /// What moves.
    pub(crate) origin: Origin,
    /// Position of the parameter in the table.
    pub(crate) target: usize,
    /// Where the target stands at the source's lowest value, 0…1.
    pub(crate) from: f32,
    /// Where it stands at the highest, 0…1.
    pub(crate) to: f32,
    /// How the way between them is bent, −1…1.
    pub(crate) curve: f32,
    /// From when on.
    pub(crate) takeover: Takeover,
}

/// When a controller that has moved takes its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Takeover {
    /// At once.
    Jump,
    /// Once it has come to where the target stands, or passed it.
    Soft,
}

impl Mapping {
    /// The whole range, straight, at once, on any channel.
    pub(crate) fn new(source: Source, target: usize) -> Self {
        Self {
            origin: Origin {
                source,
                channel: None,
            },
            target,
            from: 0.0,
            to: 1.0,
            curve: 0.0,
            takeover: Takeover::Jump,
        }
    }

    /// Whether another one is of the same source to the same target.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.origin == other.origin && self.target == other.target
    }

    /// Where the target goes when the source is at `value`, both 0…1; exact at both ends.
    pub(crate) fn position(&self, value: f32) -> f32 {
        let bent = if self.curve == 0.0 {
            value
        } else {
            value.powf(STEEPEST.powf(self.curve))
        };
        (self.from * (1.0 - bent) + self.to * bent).clamp(0.0, 1.0)
    }

    /// Whether a source that does not rule its target yet takes it, by moving it from `last` (not a
    /// number for a first move) to `next` while it stands at `now`.
    pub(super) fn takes(&self, last: f32, next: f32, now: f32) -> bool {
        match self.takeover {
            Takeover::Jump => true,
            Takeover::Soft => {
                let is_near = (next - now).abs() <= NEAR;
                is_near || (last - now) * (next - now) <= 0.0
            }
        }
    }

    /// As words for the audio thread.
    pub(super) fn to_words(self) -> [u32; 5] {
        let channel = self.origin.channel.map_or(0, |channel| channel + 1);
        let target = u16::try_from(self.target).unwrap_or(u16::MAX);
        let takeover = u8::from(self.takeover == Takeover::Soft);
        let [high, low] = target.to_be_bytes();
        [
            self.origin.source.to_word(),
            u32::from_be_bytes([high, low, takeover, channel]),
            self.from.to_bits(),
            self.to.to_bits(),
            self.curve.to_bits(),
        ]
    }

    /// From those words.
    pub(super) fn from_words([source, rest, from, to, curve]: [u32; 5]) -> Self {
        let [high, low, takeover, channel] = rest.to_be_bytes();
        Self {
            origin: Origin {
                source: Source::from_word(source),
                channel: channel.checked_sub(1),
            },
            target: usize::from(u16::from_be_bytes([high, low])),
            from: f32::from_bits(from),
            to: f32::from_bits(to),
            curve: f32::from_bits(curve),
            takeover: if takeover == 0 {
                Takeover::Jump
            } else {
                Takeover::Soft
            },
        }
    }
}

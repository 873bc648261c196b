//! Two messages of 7 bits that are one number of 14, in either order, without a jump between them.
//!
//! ```text
//!  high ─► waits ─► low  ─► whole        high ─► waits … nothing for 2 ms ─► whole, its low half 0
//!  low  ─► waits ─► high ─► whole        low  ─► waits … nothing for 2 ms ─► whole, the old high half
//! ```
//!
//! A half alone would jump: from 15|127 to 16|0 by way of 16|127 or 15|0. So either waits for the
//! other one, about as long as two messages take on a MIDI cable. That a high half which comes alone
//! counts from zero is the rule of the MIDI specification. Where a low half has never come, the
//! high one is all there is, and its 127 is the end.

/// The largest number of 14 bits.
const LARGEST: f32 = 16_383.0;
/// The largest of 7.
const LARGEST_HALF: f32 = 127.0;

/// Which half.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Half {
    /// The first seven bits.
    High,
    /// The last seven bits.
    Low,
}

/// A number of 14 bits, as far as it has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Halves {
    high: u8,
    /// None while a low half has never come.
    low: Option<u8>,
    waiting: Option<Half>,
}

impl Halves {
    /// A half has come; the whole, 0…1, if it is complete now. Otherwise it waits.
    pub(super) fn take(&mut self, half: Half, value: u8) -> Option<f32> {
        match half {
            Half::High => self.high = value & 127,
            Half::Low => self.low = Some(value & 127),
        }
        match self.waiting {
            Some(other) if other != half => {
                self.waiting = None;
                Some(self.whole())
            }
            _ => {
                self.waiting = Some(half);
                None
            }
        }
    }

    /// The other half has not come in time: the whole without it.
    pub(super) fn settle(&mut self) -> Option<f32> {
        if self.waiting.take()? == Half::High {
            self.low = self.low.map(|_| 0);
        }
        Some(self.whole())
    }

    /// Whether one half waits for the other.
    pub(super) fn is_waiting(&self) -> bool {
        self.waiting.is_some()
    }

    fn whole(&self) -> f32 {
        let high = f32::from(self.high);
        match self.low {
            Some(low) => (128.0 * high + f32::from(low)) / LARGEST,
            None => high / LARGEST_HALF,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(whole: u16) -> [u8; 2] {
        [whole >> 7, whole & 127].map(|half| u8::try_from(half).unwrap())
    }

    /// Every number of 14 bits, in both orders: each pair gives itself, and nothing between.
    #[test]
    fn every_number_comes_through_in_either_order() {
        for order in [[Half::High, Half::Low], [Half::Low, Half::High]] {
            let mut halves = Halves::default();
            for whole in 0..1u16 << 14 {
                let [high, low] = number(whole);
                let value = |half| if half == Half::High { high } else { low };
                assert_eq!(halves.take(order[0], value(order[0])), None, "{whole}");
                let found = halves.take(order[1], value(order[1]));
                assert_eq!(found, Some(f32::from(whole) / 16_383.0), "{whole}");
                assert!(!halves.is_waiting());
            }
        }
    }

    /// Alone in time: a high half counts from zero, a low one goes with the high one before it, and
    /// without any low half ever the high one spans the whole range.
    #[test]
    fn a_half_alone_is_a_number_in_the_end() {
        let mut halves = Halves::default();
        assert_eq!(halves.take(Half::High, 127), None);
        assert_eq!(halves.settle(), Some(1.0));
        assert_eq!(halves.settle(), None, "once");
        halves.take(Half::High, 16);
        halves.take(Half::Low, 40);
        assert_eq!(halves.take(Half::Low, 41), None);
        assert_eq!(halves.settle(), Some((16.0 * 128.0 + 41.0) / 16_383.0));
        assert_eq!(halves.take(Half::High, 17), None);
        assert_eq!(halves.settle(), Some(17.0 * 128.0 / 16_383.0));
    }

    /// The same half twice is a sender that leaves out the other: it goes on waiting, and the
    /// newest counts.
    #[test]
    fn the_newest_of_one_half_counts() {
        let mut halves = Halves::default();
        halves.take(Half::High, 3);
        assert_eq!(halves.take(Half::High, 4), None);
        let whole = halves.take(Half::Low, 1);
        assert_eq!(whole, Some((4.0 * 128.0 + 1.0) / 16_383.0));
    }
}

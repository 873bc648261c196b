//! How an instance is activated, and in which blocks it is played.
//!
//! ```text
//!  [Timed] ─┐
//!           ├─► cut ─► block by block: where it lies, what happens within it
//!  Blocks ──┘
//! ```

use crate::error::HostError;
use crate::event::Timed;
use std::ops::Range;

/// How an instance is activated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setup {
    /// The host's sample rate.
    pub rate_hz: f64,
    /// The longest block that will be asked for, samples.
    pub longest_block: u32,
}

impl Setup {
    /// A setup of a sample rate and a longest block.
    #[must_use]
    pub fn new(rate_hz: f64, longest_block: u32) -> Self {
        Self {
            rate_hz,
            longest_block,
        }
    }
}

/// One block of a piece.
pub(crate) struct Block<'a> {
    /// Where it lies in the piece, frames.
    pub(crate) place: Range<usize>,
    /// What happens within it.
    pub(crate) events: &'a [Timed],
}

/// The sizes of successive blocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Blocks {
    /// All alike.
    Of(u32),
    /// One after the other, and again from the first.
    Cycle(Vec<u32>),
}

impl Blocks {
    /// Cuts a piece of so many frames into blocks; its last one may be shorter than its turn.
    pub(crate) fn cut<'a>(
        &'a self,
        events: &'a [Timed],
        frames: usize,
    ) -> impl Iterator<Item = Block<'a>> {
        let (mut start, mut later) = (0, events);
        let lengths = (0..).map(|index| self.size(index) as usize);
        lengths.map_while(move |length| {
            let place = start..(start + length).min(frames);
            let due = later.partition_point(|event| event.frame < place.end as u64);
            let (events, rest) = later.split_at(due);
            (start, later) = (place.end, rest);
            (!place.is_empty()).then_some(Block { place, events })
        })
    }

    /// Whether a piece can be played in these blocks.
    pub(crate) fn check_piece(&self, events: &[Timed], longest: u32) -> Result<(), HostError> {
        self.check(longest)?;
        if events.is_sorted_by_key(|event| event.frame) {
            return Ok(());
        }
        Err(HostError::Usage {
            what: "events",
            expected: "rising frames".into(),
            found: "a step back".into(),
        })
    }

    fn size(&self, index: usize) -> u32 {
        match self {
            Self::Of(size) => *size,
            Self::Cycle(sizes) => sizes[index % sizes.len()],
        }
    }

    fn check(&self, longest: u32) -> Result<(), HostError> {
        let sizes = match self {
            Self::Of(size) => std::slice::from_ref(size),
            Self::Cycle(sizes) => sizes,
        };
        let fits = !sizes.is_empty() && sizes.iter().all(|s| (1..=longest).contains(s));
        let error = || HostError::Usage {
            what: "block sizes",
            expected: format!("at least one, each from 1 to the setup's {longest}"),
            found: format!("{sizes:?}"),
        };
        fits.then_some(()).ok_or_else(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Event;

    /// Ten frames in turns of four and three: the last block has what is left. An event at the first
    /// frame of a block is of that one, and what lies beyond the piece is of none.
    #[test]
    fn a_piece_is_cut_into_blocks() {
        let events = [0, 3, 4, 6, 9, 10].map(|frame| Event::note_off(60).at(frame));
        let blocks = Blocks::Cycle(vec![4, 3]);
        let cut = blocks.cut(&events, 10).map(|block| {
            let frames = block.events.iter().map(|event| event.frame);
            (block.place, frames.collect::<Vec<u64>>())
        });
        let expected = [(0..4, vec![0, 3]), (4..7, vec![4, 6]), (7..10, vec![9])];
        assert_eq!(cut.collect::<Vec<_>>(), expected);
        assert_eq!(blocks.cut(&events, 0).count(), 0);
    }
}

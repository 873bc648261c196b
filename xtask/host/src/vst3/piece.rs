//! Whole pieces, played on a thread of their own.

use super::call::{Call, Desk};
use super::instance::Instance;
use crate::error::HostError;
use crate::event::{Event, Timed};
use crate::rendering::{BlockTime, Rendering};
use crate::setup::Blocks;
use std::time::Instant;

impl Instance {
    /// Plays a piece on a thread of its own, block after block, as fast as it goes.
    ///
    /// `events` are in order, their frames counted from the start of the piece; the piece is
    /// `frames` long, so its last block may be shorter than its turn in `blocks`.
    ///
    /// # Errors
    ///
    /// [`HostError::Usage`] when a block is longer than the setup's longest or an event not in order
    /// or unknown to the format; [`HostError::Parameter`] for a name that does not exist;
    /// [`HostError::Refused`] when the plugin fails.
    pub fn play(
        &mut self,
        events: &[Timed],
        frames: u64,
        blocks: &Blocks,
    ) -> Result<Rendering, HostError> {
        blocks.check(self.setup().longest_block)?;
        if events.windows(2).any(|w| w[0].frame > w[1].frame) {
            return Err(HostError::Usage {
                what: "events",
                expected: "rising frames".into(),
                found: "a step back".into(),
            });
        }
        let rate_hz = self.setup().rate_hz;
        let desk = self.desk();
        let thread = |desk: Desk<'_>| desk.piece(events, frames, blocks, rate_hz);
        let played = std::thread::scope(|scope| scope.spawn(|| thread(desk)).join());
        let panicked = || Err(refused("the audio thread panicked"));
        played.unwrap_or_else(|_| panicked())
    }
}

impl Desk<'_> {
    fn piece(
        &self,
        events: &[Timed],
        frames: u64,
        blocks: &Blocks,
        rate_hz: f64,
    ) -> Result<Rendering, HostError> {
        let (mut left, mut right, mut times) = (Vec::new(), Vec::new(), Vec::new());
        let (mut start, mut later) = (0, events);
        while start < frames {
            let end = (start + u64::from(blocks.size(times.len()))).min(frames);
            let (due, rest) = later.split_at(later.partition_point(|event| event.frame < end));
            later = rest;
            let here = |timed: &Timed| i32::try_from(timed.frame - start).unwrap_or(i32::MAX);
            let due: Vec<(i32, Event)> = due.iter().map(|t| (here(t), t.event.clone())).collect();
            let length = u32::try_from(end - start).unwrap_or(u32::MAX);
            let before = Instant::now();
            let answer = self.call(&Call::new(length, &due))?;
            times.push(BlockTime {
                frames: length,
                seconds: before.elapsed().as_secs_f64(),
            });
            if !answer.accepted {
                return Err(refused("it says that the block failed"));
            }
            left.extend(answer.left);
            right.extend(answer.right);
            start = end;
        }
        Ok(Rendering::new(rate_hz, left, right, times))
    }
}

fn refused(reason: &str) -> HostError {
    HostError::Refused {
        attempt: "play",
        reason: reason.into(),
        log: Vec::new(),
    }
}
